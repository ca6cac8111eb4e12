"""What an open calendar shows, and how it is turned: values between the agenda and its drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.views.lines import Line, day_of
from schedules.calendar import Place, Show, Wanted

SPAN = timedelta(days=14)
"""How many days are looked at in one go."""
DEEP = 40
"""Pages that can be turned back one by one: a view remembers 3,000 characters."""


@dataclass(frozen=True)
class Shown:
    """What an open calendar shows, and how to come back; it is kept in the view."""

    day: str = ""
    """The day with which it begins; empty: today."""
    show: Show = Show.ALL
    account: str = ""
    place: str = ""
    """After which line the page begins; empty: at the beginning."""
    back: tuple[str, ...] = ()
    """Where the pages before it begin."""
    next: str = ""
    """Where the next page begins; or the day, when nothing more comes before that."""

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.show, self.account)

    @property
    def is_first(self) -> bool:
        """Whether it begins now."""
        return not (self.day or self.place)

    def packed(self) -> dict[str, Any]:
        """As JSON keeps it; what is empty is left out."""
        return {name: value for name, value in vars(self).items() if value}

    @classmethod
    def read(cls, packed: Mapping[str, Any]) -> "Shown":
        """What `packed` has made of it."""
        back = tuple(packed.get("back", ()))
        show = Show(packed.get("show", Show.ALL))
        return cls(**{**packed, "show": show, "back": back})

    def later(self) -> "Shown":
        """The next page."""
        if Place.read(self.next):
            back = (*self.back, self.place)[-DEEP:]
            return replace(self, place=self.next, back=back, next="")
        return replace(self, day=self.next, place="", back=(), next="")

    def earlier(self, today: date) -> "Shown":
        """The page before it; at its beginning, the two weeks before it."""
        if self.back:
            return replace(self, place=self.back[-1], back=self.back[:-1], next="")
        if self.place:  # so far in that the way back is forgotten
            return replace(self, place="", next="")
        first = date.fromisoformat(self.day) - SPAN if self.day else today
        return replace(self, day=first.isoformat() if first > today else "", next="")


@dataclass(frozen=True)
class Few:
    """Some lines of many."""

    lines: Sequence[Line] = ()
    count: int = 0


@dataclass(frozen=True)
class Spread:
    """Everything that one page of the calendar shows, to one person."""

    shown: Shown
    zone: str
    now: datetime
    begins: date
    lines: Sequence[Line]
    late: Few = field(default_factory=Few)
    undated: Few = field(default_factory=Few)
    accounts: Sequence[str] = ()
    beyond: datetime | None = None
    """When something comes, if nothing more does in these two weeks."""
    rest: int = 0
    """How many more there are in these two weeks; counted for the home tab only."""
    is_cut: bool = False
    """Whether there are more than were counted."""

    @property
    def today(self) -> date:
        return day_of(self.now, self.zone)
