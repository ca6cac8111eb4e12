"""Directories, what is in them and who registered there; categories."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field, StringConstraints

from actions.action import Action, Example, Risk, Rows, once
from actions.card import Attachment, Card, Offer, Table
from actions.fields import Choice, DirectoryId, Inputs, Option, Reply, Text
from actions.loose import Listing, Loose
from actions.replies import Campaigns, Said
from actions.undo import Undo
from coupontools import endpoints

RegisteredId = Annotated[str, StringConstraints(pattern=r"^reg_[0-9]+$", max_length=40), Text()]


class Nothing(Inputs):
    """There is nothing to ask for."""


class Named(Reply):
    id: Said = Field("", validation_alias=AliasChoices("ID", "id"))
    name: Said = ""


class Names(Listing):
    rows: list[Named] = []


def _options(found: Names) -> list[Option]:
    return [Option(each.id, each.name or each.id) for each in found.rows if each.id]


def _names_card(found: Names, one: str, many: str) -> Card:
    if not found.rows:
        return Card(f"No {many} here yet.")
    rows = [(each.name or each.id, each.id) for each in found.rows]
    count = len(rows)
    return Card(
        f"{count:,} {one if count == 1 else many}",
        table=Table(("Name", "Id"), rows[:20], total=count),
    )


LIST = Action(
    name="directory.list",
    title="List directories",
    summary="All directories of the account",
    risk=Risk.READ,
    inputs=Nothing,
    output=Names,
    steps=once(endpoints.DIRECTORY_LIST),
    present=lambda found: _names_card(found, "directory", "directories"),
    options=_options,
    example=Example(
        inputs={},
        reply={"amount_of_directories": 1, "directory": [{"ID": "dir_700", "name": "City deals"}]},
    ),
)


class OfDirectory(Inputs):
    directory: DirectoryId = Field(title="Directory")


class OneDirectory(Reply):
    directory: Named


def _directory_card(found: OneDirectory) -> Card:
    directory = found.directory
    return Card(directory.name or directory.id, facts=(("Id", directory.id),))


INFO = Action(
    name="directory.info",
    title="Show a directory",
    summary="What Coupontools knows of one directory",
    risk=Risk.READ,
    inputs=OfDirectory,
    output=OneDirectory,
    steps=once(endpoints.DIRECTORY_INFO),
    present=_directory_card,
    example=Example(
        inputs={"directory": "dir_700"},
        reply={"directory": {"ID": "dir_700", "name": "City deals"}},
    ),
)


def _campaigns_card(found: Campaigns) -> Card:
    if not found.coupon_info:
        return Card("No campaigns in this directory.")
    rows = [(each.name or each.id, each.status, each.id) for each in found.coupon_info]
    count = len(rows)
    return Card(
        f"{count:,} campaign{'s' if count != 1 else ''} in the directory",
        table=Table(("Name", "Status", "Id"), rows[:20], total=count),
    )


CAMPAIGNS = Action(
    name="directory.campaigns",
    title="Campaigns of a directory",
    summary="The campaigns that stand in a directory",
    risk=Risk.READ,
    inputs=OfDirectory,
    output=Campaigns,
    steps=once(endpoints.DIRECTORY_CAMPAIGNS),
    present=_campaigns_card,
    example=Example(
        inputs={"directory": "dir_700"},
        reply={
            "directory": "dir_700",
            "coupon_info": [{"ID": "cam_400123", "code": "aB3xY9", "name": "Spring voucher"}],
        },
    ),
)


class ListUsers(OfDirectory):
    page: int | None = Field(
        None, ge=1, le=100_000, title="Page", description="100 users a page, the newest first."
    )


class User(Reply):
    id: Said = Field("", validation_alias=AliasChoices("ID", "id"))
    email: Said = ""
    first_name: Said = ""
    last_name: Said = ""
    payment_status: Said = ""
    blocked: Said = ""

    def row(self) -> tuple[str, ...]:
        name = f"{self.first_name} {self.last_name}".strip()
        state = "blocked" if self.blocked in ("1", "true", "True") else ""
        return (self.id, name, self.email, self.payment_status, state)


class Users(Listing):
    rows: list[User] = []


COLUMNS = ("User", "Name", "E-mail", "Payment", "State")


def _users_card(found: Users) -> Card:
    if not found.rows:
        return Card("Nobody registered, or no more on this page.")
    rows = [user.row() for user in found.rows]
    count = len(rows)
    file = Attachment(f"directory-users-{count}.csv", COLUMNS, lambda: rows)
    return Card(
        f"{count:,} user{'s' if count != 1 else ''} on this page",
        table=Table(COLUMNS, rows[:20], total=count),
        attachment=file if count > 20 else None,
    )


USERS = Action(
    name="directory.users",
    title="Users of a directory",
    summary="Who registered in a directory, the newest first",
    risk=Risk.READ,
    inputs=ListUsers,
    output=Users,
    steps=once(endpoints.DIRECTORY_USERS_LIST),
    present=_users_card,
    rows=Rows(COLUMNS, lambda page: (user.row() for user in page.rows), paged=True),
    example=Example(
        inputs={"directory": "dir_700", "page": 1},
        reply={
            "directory": "dir_700",
            "amount_of_users": 1,
            "users": [
                {
                    "ID": "reg_810",
                    "email": "ada@example.test",
                    "first_name": "Ada",
                    "last_name": "Stone",
                }
            ],
        },
    ),
)


class SetPayment(OfDirectory):
    user: RegisteredId = Field(title="User", description="The user's id, such as reg_810.")
    payment_status: Annotated[
        Literal["paid", "unpaid"], Choice((("paid", "Paid"), ("unpaid", "Not paid")))
    ] = Field(title="Payment")


class Touched(Loose):
    user: Said = ""


def _paid_card(found: Touched) -> Card:
    facts = (("User", found.user),) if found.user else ()
    return Card("The payment status is set", facts=facts)


def _other_way(asked: SetPayment, _: Touched) -> Offer:
    label, status = ("Not paid", "unpaid") if asked.payment_status == "paid" else ("Paid", "paid")
    which = (("directory", asked.directory), ("user", asked.user))
    return Offer(f"Set to “{label}”", "directory.payment", (*which, ("payment_status", status)))


PAYMENT = Action(
    name="directory.payment",
    title="Payment of a user",
    summary="Say whether a user of a directory has paid",
    risk=Risk.CHANGE,
    inputs=SetPayment,
    output=Touched,
    steps=once(endpoints.DIRECTORY_USERS_UPDATE),
    present=_paid_card,
    undo=Undo(
        "It can be set the other way again",
        offer=_other_way,
    ),
    example=Example(
        inputs={"directory": "dir_700", "user": "reg_810", "payment_status": "paid"},
        reply={"directory": "dir_700", "user": "reg_810"},
    ),
)

CATEGORIES = Action(
    name="directory.categories",
    title="List categories",
    summary="All categories of the account",
    risk=Risk.READ,
    inputs=Nothing,
    output=Names,
    steps=once(endpoints.CATEGORY_LIST),
    present=lambda found: _names_card(found, "category", "categories"),
    options=_options,
    example=Example(
        inputs={},
        reply={"amount_of_categories": 1, "category": [{"ID": "cat_12", "name": "Food"}]},
    ),
)

MAIN_CATEGORIES = Action(
    name="directory.main_categories",
    title="List main categories",
    summary="The third-level categories, of accounts that use them",
    risk=Risk.READ,
    inputs=Nothing,
    output=Names,
    steps=once(endpoints.CATEGORY_MAIN_LIST),
    present=lambda found: _names_card(found, "main category", "main categories"),
    example=Example(
        inputs={},
        reply={"amount_of_categories": 1, "category": [{"ID": "cat_3", "name": "Restaurants"}]},
    ),
)

ACTIONS = (LIST, INFO, CAMPAIGNS, USERS, PAYMENT, CATEGORIES, MAIN_CATEGORIES)
