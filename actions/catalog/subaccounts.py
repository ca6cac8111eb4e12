"""Subaccounts: accounts below this one, with keys of their own."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, StringConstraints

from actions.action import Action, Example, Prefill, Reads, Risk, Today, once
from actions.card import Attachment, Card, Offer, Table
from actions.changing import Change, Names, change, comparing, several
from actions.fields import (
    Choice,
    Date,
    Email,
    Inputs,
    Name,
    Option,
    Reply,
    ShortText,
    SubaccountId,
    Text,
)
from actions.replies import OneSubaccount, Subaccount
from actions.undo import Undo
from coupontools import endpoints

PackageId = Annotated[str, StringConstraints(pattern=r"^pac_[A-Za-z0-9]+$", max_length=40), Text()]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$", max_length=2), Text()]
Status = Annotated[
    Literal["trial", "customer"], Choice((("trial", "Trial"), ("customer", "Customer")))
]


class Subaccounts(Reply):
    """No page shows the name of the list: the one of its siblings, or that in the plural."""

    subaccount: list[Subaccount] = Field(
        [], validation_alias=AliasChoices("subaccount", "subaccounts")
    )


class ListSubaccounts(Inputs):
    """Nothing is asked."""


def _subaccounts_card(found: Subaccounts) -> Card:
    rows = [(each.label, each.person, each.email, each.id) for each in found.subaccount]
    if not rows:
        return Card("No subaccounts here yet.")
    count, columns = len(rows), ("Name", "Person", "E-mail", "Id")
    return Card(
        f"{count:,} subaccount{'s' if count != 1 else ''}",
        table=Table(columns, rows[:20], total=count),
        attachment=Attachment("subaccounts.csv", columns, lambda: rows) if count > 20 else None,
    )


def _subaccount_options(found: Subaccounts) -> list[Option]:
    return [Option(each.id, each.label, each.email) for each in found.subaccount if each.id]


LIST = Action(
    name="subaccount.list",
    title="List subaccounts",
    summary="All accounts below this one",
    risk=Risk.READ,
    inputs=ListSubaccounts,
    output=Subaccounts,
    steps=once(endpoints.SUBACCOUNT_LIST),
    present=_subaccounts_card,
    options=_subaccount_options,
    example=Example(
        inputs={},
        reply={
            "amount_of_subaccounts": 1,
            "subaccount": [{"ID": "sub_2001", "email": "shop@example.test"}],
        },
    ),
)


class OfSubaccount(Inputs):
    subaccount: SubaccountId = Field(title="Subaccount")


def _subaccount_card(found: OneSubaccount) -> Card:
    one = found.subaccount
    active = sum(each.status == "active" for each in one.campaigns)
    facts = (
        ("Id", one.id),
        ("E-mail", one.email),
        ("Person", one.person),
        ("Last login", one.lastlogin),
        ("Expires", one.expiry_date),
        ("Campaigns", f"{len(one.campaigns):,}, {active:,} of them active"),
        ("Campaigns left", one.available_campaigns),
        ("Campaigns at most", one.max_campaigns),
    )
    return Card(one.label, facts=tuple((title, value) for title, value in facts if value))


INFO = Action(
    name="subaccount.info",
    title="Show a subaccount",
    summary="What Coupontools knows of one subaccount",
    risk=Risk.READ,
    inputs=OfSubaccount,
    output=OneSubaccount,
    steps=once(endpoints.SUBACCOUNT_INFO),
    present=_subaccount_card,
    example=Example(
        inputs={"subaccount": "sub_2001"},
        reply={
            "subaccount": {
                "ID": "sub_2001",
                "email": "shop@example.test",
                "lastlogin": "2024-02-03 08:15:00",
                "max_campaigns": "10",
                "expiry_date": "2026-12-31",
                "api_key": "(key)",
                "api_secret": "(secret)",
                "campaigns": [
                    {"ID": "cam_300001", "code": "qwe123", "status": "active"},
                    {"ID": "cam_300002", "code": "rty456", "status": "example"},
                ],
                "first_name": "Ada",
                "last_name": "Stone",
                "company_name": "Stone Bakery",
                "available_campaigns": "5",
            }
        },
    ),
)


class About(Inputs):
    """What can be said of a subaccount, and changed."""

    company_name: ShortText | None = Field(None, title="Company")
    first_name: Name | None = Field(None, title="First name")
    last_name: Name | None = Field(None, title="Last name")
    country: Country | None = Field(None, title="Country", description="Two letters, such as BE.")
    package: PackageId | None = Field(
        None, title="Package", description="What it may do; the dashboard shows its id: pac_7."
    )
    status: Status | None = Field(None, title="Status")
    expiry_date: Date | None = Field(None, title="Expires")


class Invited(Inputs):
    email: Email = Field(
        title="E-mail", description="An e-mail goes there, in which they choose their password."
    )


class CreateSubaccount(About, Invited):
    """Without its password: so the subaccount receives an e-mail to choose one."""


ABOUT = {
    "company_name": "Stone Bakery",
    "first_name": "Ada",
    "last_name": "Stone",
    "country": "BE",
    "package": "pac_7",
    "status": "trial",
    "expiry_date": "2027-12-31",
}

CREATE = Action(
    name="subaccount.create",
    title="New subaccount",
    summary="Create an account below this one",
    risk=Risk.LAUNCH,
    inputs=CreateSubaccount,
    output=OneSubaccount,
    steps=once(endpoints.SUBACCOUNT_CREATE),
    present=lambda made: Card(
        "The subaccount is made; an e-mail to choose a password is on its way",
        facts=(("Id", made.subaccount.id),),
    ),
    undo=Undo("No call removes a subaccount; “Change a subaccount” can let it expire"),
    example=Example(
        inputs={"email": "ada@example.test", **ABOUT}, reply={"subaccount": {"ID": "sub_2002"}}
    ),
)


Emptied = Annotated[Names, several(About, "company_name", "first_name", "last_name", "country")]


class UpdateSubaccount(Change, About, OfSubaccount):
    clear: Emptied = Field(
        None,
        title="Empty these",
        description="An empty box changes nothing; this does. No page of Coupontools says that it "
        "takes an empty value: that is inferred.",
    )


def _today(found: OneSubaccount, _: Mapping[str, Any]) -> Today:
    one = found.subaccount
    known = ("company_name", "first_name", "last_name", "expiry_date")
    told = {name: getattr(one, name) for name in known if name in one.model_fields_set}
    return Today(told, facts=(("E-mail", one.email),))


AS_IT_IS = Prefill(
    read=INFO, names=("subaccount",), asks={"subaccount": "subaccount"}, today=_today
)


def _changes(asked: UpdateSubaccount, found: OneSubaccount | None, _: Reads) -> str:
    name = f"“{found.subaccount.label}” " if found else ""
    return f"A change to {name}({asked.subaccount})"


def _change_back(asked: UpdateSubaccount, _: OneSubaccount) -> Offer:
    return Offer("Change it back", "subaccount.update", (("subaccount", asked.subaccount),))


UPDATE = Action(
    name="subaccount.update",
    title="Change a subaccount",
    summary="Change what is filled in; the rest stays as it is",
    risk=Risk.CHANGE,
    inputs=UpdateSubaccount,
    output=OneSubaccount,
    steps=change(endpoints.SUBACCOUNT_UPDATE),
    prefill=AS_IT_IS,
    preview=comparing(AS_IT_IS, _changes),
    present=lambda made: Card("The subaccount is changed", facts=(("Id", made.subaccount.id),)),
    undo=Undo(
        "It can be changed back, as far as the card shows what was there",
        offer=_change_back,
    ),
    example=Example(
        inputs={
            "subaccount": "sub_2002",
            **{name: value for name, value in ABOUT.items() if name != "country"},
            "clear": ["country"],
        },
        reply={"subaccount": {"ID": "sub_2002"}},
    ),
)


ACTIONS = (LIST, INFO, CREATE, UPDATE)
