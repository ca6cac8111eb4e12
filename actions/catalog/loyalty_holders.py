"""Who holds a loyalty card, by number, as v4 of the API knows them."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, Field, StringConstraints

from actions.action import Action, Done, Example, Prefill, Reads, Risk, Step, Today
from actions.card import Attachment, Card, Offer, Table
from actions.changing import Change, Names, changed, comparing, several
from actions.fields import CardNumber, Inputs, Numbered, Private, Text
from actions.holders import YES, Person, card_of
from actions.loose import Listing, Loose
from actions.replies import Said
from actions.undo import Undo
from coupontools import endpoints

COLUMNS = ("Number", "Name", "E-mail", "Points", "State")
MOST_OFFERS = 5
SearchedFor = Annotated[str, StringConstraints(min_length=3, max_length=100), Text(), Private()]


class ListHolders(Inputs):
    card: CardNumber = Field(title="Loyalty card")
    search: SearchedFor | None = Field(
        None,
        title="Search for",
        description="Part of a name. How v4 wants to be asked for that is inferred.",
    )
    include_voided: bool | None = Field(None, title="Voided ones too")


def _wishes(asked: ListHolders, _: Done) -> Mapping[str, Any]:
    wishes: dict[str, Any] = {"loyaltyCardId": asked.card}
    if asked.search:
        wishes["filter"] = {"search": asked.search}
    if asked.include_voided is not None:
        wishes["include_voided"] = asked.include_voided
    return wishes


class Holder(Loose):
    id: Said = Field("", validation_alias=AliasChoices("id", "ID"))
    first_name: Said = ""
    last_name: Said = ""
    email: Said = ""
    phone: Said = ""
    address: Said = ""
    zip: Said = ""
    city: Said = ""
    custom_1: Said = ""
    custom_2: Said = ""
    custom_3: Said = ""
    custom_4: Said = ""
    custom_5: Said = ""
    custom_6: Said = ""
    custom_7: Said = ""
    custom_8: Said = ""
    points: Said = ""
    voided: Said = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def state(self) -> str:
        return "voided" if self.voided in YES else ""

    @property
    def row(self) -> tuple[str, ...]:
        return (self.id, self.name, self.email, self.points, self.state)


class Holders(Listing):
    rows: list[Holder] = []


def _holders_card(found: Holders) -> Card:
    if not found.rows:
        return Card("Nobody holds this card, or nobody matches.")
    rows = [holder.row for holder in found.rows]
    count = len(rows)
    file = Attachment(f"loyalty-holders-{count}.csv", COLUMNS, lambda: rows)
    return Card(
        f"{count:,} loyalty user{'s' if count != 1 else ''}",
        table=Table(COLUMNS, rows[:20], total=count),
        attachment=file if count > 20 else None,
        offers=tuple(
            Offer(f"Stamps for {holder.name or holder.id}", "loyalty.stamp", (("user", holder.id),))
            for holder in found.rows[:MOST_OFFERS]
            if holder.id and count <= MOST_OFFERS
        ),
    )


HOLDERS = Action(
    name="loyalty.holders",
    title="Loyalty users by number",
    summary="Who holds a loyalty card, with the numbers that v4 of the API has for them",
    risk=Risk.READ,
    inputs=ListHolders,
    output=Holders,
    steps=(Step("v4_loyalty_users_list", endpoints.V4_LOYALTY_USERS_LIST, _wishes),),
    present=_holders_card,
    example=Example(
        inputs={"card": 600001, "search": "Stone", "include_voided": True},
        reply=[
            {"id": 620009, "first_name": "Ada", "last_name": "Stone", "points": 4, "voided": False}
        ],
    ),
)


class OneHolder(Inputs):
    card: CardNumber = Field(title="Loyalty card")
    user: Numbered = Field(
        title="User number", description="As in the list of users by number, such as 620001."
    )


def _path(asked: OneHolder, _: Done) -> Mapping[str, Any]:
    return {"loyaltyCardId": asked.card, "userId": asked.user}


def _holder_card(found: Holder) -> Card:
    facts = (
        ("User number", found.id),
        ("E-mail", found.email),
        ("Phone", found.phone),
        ("City", found.city),
        ("Points", found.points),
        ("State", found.state),
    )
    known = (("user", found.id),)
    return Card(
        found.name or f"User {found.id}".strip(),
        facts=tuple((title, value) for title, value in facts if value),
        offers=(
            Offer("Add stamps", "loyalty.stamp", known),
            Offer("Change the data", "loyalty.update_holder", known),
        )
        if found.id
        else (),
    )


HOLDER = Action(
    name="loyalty.holder",
    title="Show a loyalty user",
    summary="One holder of a loyalty card: contact data and points, by number",
    risk=Risk.READ,
    inputs=OneHolder,
    output=Holder,
    steps=(Step("v4_loyalty_user_get", endpoints.V4_LOYALTY_USER_GET, _path),),
    present=_holder_card,
    example=Example(
        inputs={"card": 600001, "user": 620009},
        reply={"id": 620009, "first_name": "Ada", "email": "ada@example.test", "points": 4},
    ),
)


class UpdateHolder(Change, Person, OneHolder):
    clear: Annotated[Names, several(Person, *Person.model_fields)] = Field(
        None,
        title="Empty these",
        description="An empty box changes nothing; this does. That Coupontools takes an empty "
        "value is inferred.",
    )


def _today(found: Holder, _: Mapping[str, Any]) -> Today:
    told = [name for name in Person.model_fields if name in found.model_fields_set]
    return Today({name: getattr(found, name) for name in told}, (("Points", found.points),))


AS_IT_IS = Prefill(
    read=HOLDER, names=("card", "user"), asks={"card": "card", "user": "user"}, today=_today
)


def _change(asked: UpdateHolder, done: Done) -> Mapping[str, Any]:
    rest = dict(changed(asked, done))
    return {"loyaltyCardId": rest.pop("card"), "userId": rest.pop("user"), **rest}


def _changes(asked: UpdateHolder, _: Holder | None, api: Reads) -> str:
    return f"Other data of user {asked.user} of “{card_of(asked.card, api)}”"


UPDATE = Action(
    name="loyalty.update_holder",
    title="Data of a loyalty user",
    summary="Change name, contact data or custom fields of a loyalty user, by number",
    risk=Risk.CHANGE,
    inputs=UpdateHolder,
    output=Holder,
    steps=(Step("v4_loyalty_user_update", endpoints.V4_LOYALTY_USER_UPDATE, _change),),
    prefill=AS_IT_IS,
    preview=comparing(AS_IT_IS, _changes),
    present=lambda found: Card(
        "The loyalty user is changed", facts=(("User number", found.id),) if found.id else ()
    ),
    undo=Undo("It can be changed back, as far as the card shows what was there"),
    example=Example(
        inputs={
            "card": 600001,
            "user": 620001,
            "phone": "+32470123456",
            "city": "Ghent",
            "clear": ["custom_8"],
        },
        reply={"id": 620001, "email": "ada@example.test"},
    ),
)

ACTIONS = (HOLDERS, HOLDER, UPDATE)
