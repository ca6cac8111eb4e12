"""Loyalty cards and their holders by number: what only v4 of the API can do."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, Field, StringConstraints, model_validator

from actions.action import Action, Done, Example, Reads, Risk, Step, once, plain
from actions.card import Card, Preview, Table
from actions.fields import (
    CardNumber,
    Inputs,
    Numbered,
    Option,
    wrong,
)
from actions.holders import Person, on_card
from actions.loose import Loose
from actions.replies import Listed, Said
from actions.undo import Undo
from coupontools import endpoints
from coupontools.endpoint import Endpoint


class Nothing(Inputs):
    """There is nothing to ask for."""


def _listed_card(found: Listed) -> Card:
    if not found.rows:
        return Card("No loyalty cards here yet.")
    rows = [(card.name or card.id, card.type, card.id) for card in found.rows]
    count = len(rows)
    return Card(
        f"{count:,} loyalty card{'s' if count != 1 else ''}",
        table=Table(("Name", "Type", "Number"), rows[:20], total=count),
    )


NUMBERS = Action(
    name="loyalty.numbers",
    title="Loyalty card numbers",
    summary="All loyalty cards, with the numbers that v4 of the API has for them",
    risk=Risk.READ,
    inputs=Nothing,
    output=Listed,
    steps=once(endpoints.V4_LOYALTY_LIST),
    present=_listed_card,
    options=lambda found: [Option(c.id, c.name or c.id, c.type) for c in found.rows if c.id],
    example=Example(
        inputs={},
        reply=[
            {"id": 600001, "code": "kf82ns", "name": "Coffee card", "type": "stamp"},
            {"id": 600002, "code": "p0w3rt", "name": "Members", "type": "membership"},
        ],
    ),
)


class OfCard(Inputs):
    card: CardNumber = Field(title="Loyalty card")


def _for_card(asked: OfCard, _: Done) -> Mapping[str, Any]:
    rest = dict(plain(asked, _))
    return {"id": rest.pop("card"), **rest}


class CopyCard(OfCard):
    name: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = Field(
        None, title="Name of the copy"
    )


class Copied(Loose):
    id: Said = ""
    name: Said = ""
    code: Said = ""


def _copied_card(made: Copied) -> Card:
    facts = (("Number", made.id), ("Code", made.code))
    return Card(
        f"Loyalty card “{made.name or made.id}” is made",
        facts=tuple(fact for fact in facts if fact[1]),
    )


COPY = Action(
    name="loyalty.copy",
    title="Copy a loyalty card",
    summary="Make a loyalty card like another one, without its holders",
    risk=Risk.CHANGE,
    inputs=CopyCard,
    output=Copied,
    steps=(Step("v4_loyalty_copy", endpoints.V4_LOYALTY_COPY, _for_card),),
    preview=lambda asked, api: on_card(asked.card, api, "A copy of"),
    present=_copied_card,
    undo=Undo("No call removes a loyalty card"),
    example=Example(
        inputs={"card": 600001, "name": "New name"},
        reply={
            "id": 600003,
            "code": "zz91ab",
            "name": "New name",
            "domain": "save2wallet.link",
            "type": "membership",
        },
    ),
)


class EnrolHolder(Person, OfCard):
    @model_validator(mode="after")
    def _somebody(self) -> "EnrolHolder":
        if not (self.first_name or self.last_name or self.email or self.phone):
            raise wrong("first_name", "Give a name, an e-mail address or a phone number.")
        return self


class Enrolled(Loose):
    id: Said = Field("", validation_alias=AliasChoices("id", "ID"))
    points: Said = ""


def _number(found: Enrolled) -> tuple[tuple[str, str], ...]:
    return (("User number", found.id),) if found.id else ()


def _enrolled_card(made: Enrolled) -> Card:
    return Card("The user holds the card now", facts=_number(made))


ENROL = Action(
    name="loyalty.enrol",
    title="New loyalty user",
    summary="Give somebody new a loyalty card",
    risk=Risk.CHANGE,
    inputs=EnrolHolder,
    output=Enrolled,
    steps=(Step("v4_loyalty_user_create", endpoints.V4_LOYALTY_USER_CREATE, _for_card),),
    preview=lambda asked, api: on_card(asked.card, api, "Somebody new on"),
    present=_enrolled_card,
    undo=Undo("No call takes anybody off a card; “Change a loyalty user” can void it"),
    example=Example(
        inputs={
            "card": 600001,
            "first_name": "Ada",
            "last_name": "Stone",
            "email": "ada@example.test",
            "phone": "+32470123456",
            "address": "1 Mill Lane",
            "zip": "9000",
            "city": "Ghent",
            **{f"custom_{place}": f"Note {place}" for place in range(1, 9)},
        },
        reply={"id": 620001, "email": "ada@example.test", "points": 0},
    ),
)


class OfHolder(OfCard):
    user: Numbered = Field(
        title="User number", description="As in the list of users by number, such as 620001."
    )


class StampHolder(OfHolder):
    stamps: int = Field(ge=1, le=1_000, title="Stamps to add")


def _of_holder(endpoint: Endpoint) -> tuple[Step[Any], ...]:
    """One call whose path names the card and the holder."""

    def named(asked: Inputs, _: Done) -> Mapping[str, Any]:
        rest = dict(plain(asked, _))
        return {"loyaltyCardId": rest.pop("card"), "userId": rest.pop("user"), **rest}

    return (Step(endpoint.id, endpoint, named),)


def _stamps(asked: StampHolder, api: Reads) -> Preview:
    return on_card(asked.card, api, f"{asked.stamps:,} stamps on")


def _stamped_card(found: Enrolled) -> Card:
    now = f": {found.points} now" if found.points else ""
    return Card(f"The stamps are added{now}")


STAMP = Action(
    name="loyalty.stamp",
    title="Add stamps",
    summary="Add stamps to somebody's card, by number",
    risk=Risk.CHANGE,
    inputs=StampHolder,
    output=Enrolled,
    steps=_of_holder(endpoints.V4_LOYALTY_ADD_STAMP),
    preview=_stamps,
    present=_stamped_card,
    undo=Undo("No call takes stamps off a card"),
    example=Example(
        inputs={"card": 600001, "user": 620001, "stamps": 2}, reply={"id": 620001, "points": 6}
    ),
)


ACTIONS = (NUMBERS, COPY, ENROL, STAMP)
