"""Loyalty cards and who holds them: what several areas ask, and read of answers."""

from typing import Annotated

from pydantic import AliasChoices, Field, StringConstraints

from actions.action import Reads
from actions.card import Preview
from actions.fields import CardId, Email, Inputs, Name, Phone, Private, Reply, Text
from actions.loose import Listing, Loose
from actions.replies import Listed, Said
from coupontools import endpoints

About = Annotated[str, StringConstraints(min_length=1, max_length=255), Text(), Private()]
"""Something about a person."""

YES = ("1", "true", "True")
HolderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=40), Text()]


class OfCard(Inputs):
    loyaltycard: CardId = Field(title="Loyalty card")


class OfHolder(OfCard):
    user: HolderId = Field(title="User", description="The user's id, as in the list of users.")


class LoyaltyCard(Reply):
    id: Said = Field("", validation_alias=AliasChoices("ID", "id"))
    name: Said = ""
    status: Said = ""
    type: Said = ""
    code: Said = ""


class LoyaltyCards(Listing):
    rows: list[LoyaltyCard] = []


class OneCard(Reply):
    loyaltycard: LoyaltyCard


def card_as_it_is(card: LoyaltyCard) -> tuple[tuple[str, str], ...]:
    """What people are shown of a card: should it differ, they are asked again."""
    return (("Loyalty card", f"{card.name} · {card.id}"), ("State", card.status))


class Holder(Reply):
    id: Said = Field("", validation_alias=AliasChoices("ID", "id"))
    first_name: Said = ""
    last_name: Said = ""
    email: Said = ""
    points: Said = ""
    voided: Said = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def row(self) -> tuple[str, ...]:
        state = "voided" if self.voided in YES else ""
        return (self.id, self.name, self.email, self.points, state)


class Holders(Listing):
    rows: list[Holder] = []
    amount_of_users: Said = ""

    def of(self, id: str) -> Holder | None:
        """The one of that id."""
        return next((holder for holder in self.rows if holder.id == id), None)


class Touched(Loose):
    """What is read of the answer to a change."""

    user: Said = ""


class Person(Inputs):
    """What a card knows of whoever holds it."""

    first_name: Name | None = Field(None, title="First name")
    last_name: Name | None = Field(None, title="Last name")
    email: Email | None = Field(None, title="E-mail")
    phone: Phone | None = Field(None, title="Phone", description="With country: +32470123456.")
    address: About | None = Field(None, title="Address")
    zip: About | None = Field(None, title="Postal code")
    city: About | None = Field(None, title="City")
    custom_1: About | None = Field(None, title="Custom 1")
    custom_2: About | None = Field(None, title="Custom 2")
    custom_3: About | None = Field(None, title="Custom 3")
    custom_4: About | None = Field(None, title="Custom 4")
    custom_5: About | None = Field(None, title="Custom 5")
    custom_6: About | None = Field(None, title="Custom 6")
    custom_7: About | None = Field(None, title="Custom 7")
    custom_8: About | None = Field(None, title="Custom 8")


def on_card(number: int, api: Reads, words: str) -> Preview:
    """A preview that names the card, so that nobody has to know numbers by heart."""
    name = card_of(number, api)
    return Preview(f"{words} “{name}”", facts=(("Loyalty card", f"{name} · {number}"),))


def card_of(number: int, api: Reads) -> str:
    """The name of a card."""
    known = Listed.model_validate(api.call(endpoints.V4_LOYALTY_LIST, {}))
    return known.name_of(number) or f"card {number}"
