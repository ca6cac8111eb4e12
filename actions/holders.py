"""Loyalty cards and who holds them, as v3 of the API names and lists them."""

from typing import Annotated

from pydantic import AliasChoices, Field, StringConstraints

from actions.fields import CardId, Inputs, Reply, Text
from actions.loose import Listing, Loose
from actions.replies import Said

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
