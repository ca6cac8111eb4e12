"""Loyalty cards and who holds them, as v3 of the API lists them."""

from pydantic import AliasChoices, Field

from actions.fields import Reply
from actions.loose import Listing
from actions.replies import Said

YES = ("1", "true", "True")


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
