"""What the account keeps about loyalty: cards, the people who hold them, all that was done."""

from dataclasses import dataclass, field
from typing import Any

FIRST_CARD, FIRST_CARD_NUMBER = 500, 600_001
FIRST_HOLDER, FIRST_HOLDER_NUMBER = 9, 620_001


@dataclass(slots=True, eq=False)
class Holder:
    """Somebody who may hold cards. v3 says `id`, v4 says `number`."""

    id: str
    number: int
    created: int
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    gender: str = ""
    birthday: str = ""
    address: str = ""
    zip: str = ""
    city: str = ""
    custom: dict[str, str] = field(default_factory=dict)

    def matches(self, wanted: str) -> bool:
        """Whether a name, the address, the telephone or the id contains this."""
        texts = (self.first_name, self.last_name, self.email, self.phone, self.id)
        return any(wanted.lower() in text.lower() for text in texts)


@dataclass(slots=True, eq=False)
class Holding:
    """One person's copy of one card. `points` are stamps where the card has stamps."""

    holder: Holder
    since: int
    points: int = 0
    voided: bool = False
    saved: bool = False


@dataclass(slots=True, eq=False)
class Card:
    id: str
    number: int
    code: str
    name: str
    type: str
    domain: str
    created: int
    status: str = "active"
    holdings: dict[str, Holding] = field(default_factory=dict)

    def holding(self, number: int) -> Holding | None:
        every = self.holdings.values()
        return next((one for one in every if one.holder.number == number), None)


class Loyalty:
    def __init__(self) -> None:
        self.cards: dict[str, Card] = {}
        self.holders: dict[str, Holder] = {}
        self.created: list[dict[str, Any]] = []
        self.copied: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.pushes: list[dict[str, Any]] = []

    def add_card(self, code: str, name: str, type: str, domain: str, created: int) -> Card:
        place = len(self.cards)
        id, number = f"loy_{FIRST_CARD + place}", FIRST_CARD_NUMBER + place
        self.cards[id] = Card(id, number, code, name, type, domain, created)
        return self.cards[id]

    def add_holder(self, created: int, **about: Any) -> Holder:
        place = len(self.holders)
        id, number = f"usr_{FIRST_HOLDER + place}", FIRST_HOLDER_NUMBER + place
        self.holders[id] = Holder(id, number, created, **about)
        return self.holders[id]

    def knows(self, email: str) -> bool:
        return any(one.email.lower() == email.lower() for one in self.holders.values())
