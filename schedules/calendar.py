"""What comes, in the order of its moments; what waits for people, and what is late.

A series stands at each of its moments. Long calendars are read page by page: a `Place` says after
which line a page begins, so a page costs the same however many come before it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from heapq import heapify, heappop, heappush, merge

from sqlmodel import Session

from schedules.series import AllSeries
from store import queries
from store.queries import calendar as asked
from store.queries.calendar import Key, Planned
from store.tables import Consent

FAR = timedelta(days=400)
"""How far ahead a next run is looked for."""
MOMENT = timedelta(microseconds=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Show(StrEnum):
    """Of what a calendar is."""

    ALL = "all"
    WAITING = "waiting"
    LATE = "late"


class Kind(IntEnum):
    """Why a line is there; where several kinds are listed, in this order."""

    HELD = 0
    """A run that is due and held."""
    OVERDUE = 1
    """Its moment has passed, and not enough people agreed to it, or somebody stopped it."""
    UNDATED = 2
    """It begins as soon as people agree."""
    COMING = 3


@dataclass(frozen=True)
class Entry:
    """A line: which request, and when; of held runs also which, and how many as one."""

    kind: Kind
    at: datetime
    request: str
    run: str = ""
    rows: int = 0

    @property
    def place(self) -> "Place":
        return Place(self.kind, (self.at, self.request))


@dataclass(frozen=True)
class Place:
    """The line after which a page begins."""

    kind: Kind
    key: Key

    def __str__(self) -> str:
        micros = (self.key[0] - BEGINNING) // MOMENT
        return f"{self.kind:d}.{micros}.{self.key[1]}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """What `str` has made of it; None for anything else."""
        kind, _, rest = text.partition(".")
        micros, _, id = rest.partition(".")
        try:
            return cls(Kind(int(kind)), (BEGINNING + int(micros) * MOMENT, id))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True)
class Wanted:
    """What somebody looks at."""

    show: Show = Show.ALL
    account: str = ""
    """Only this one; empty: every account."""

    @property
    def states(self) -> Sequence[Consent]:
        """Of the requests that come."""
        return (Consent.WAITING,) if self.show is Show.WAITING else queries.OPEN

    @property
    def overdue(self) -> Sequence[Consent]:
        """Of those whose moment may pass: what is granted is launched then, so it is not late."""
        return [state for state in self.states if state is not Consent.GRANTED]


@dataclass(frozen=True)
class Page:
    """Lines in order; whether more follow in the same span, and when something comes beyond it."""

    entries: Sequence[Entry]
    is_cut: bool = False
    beyond: datetime | None = None


Standing = tuple[datetime, str, Planned]
"""Where a request stands among others, and when it runs."""
Source = Callable[[Session, Key, int], Sequence[Entry]]


class Calendar:
    """Reads; changes nothing."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def page(
        self,
        tx: Session,
        wanted: Wanted,
        since: datetime,
        until: datetime,
        after: Place | None = None,
        most: int = 20,
    ) -> Page:
        """So many lines of the span beyond that place, whatever the calendar is of."""
        found: list[Entry] = []
        for kind, source in self._sources(wanted, since):
            if after and kind < after.kind:
                continue
            begin = after.key if after and after.kind == kind else (BEGINNING, "")
            found += source(tx, begin, most + 1 - len(found))
            if len(found) > most:
                break
        shown = [each for each in found[:most] if each.kind is not Kind.COMING or each.at < until]
        following = found[len(shown) : len(shown) + 1]
        is_cut = any(each.kind is not Kind.COMING or each.at < until for each in following)
        beyond = following[0].at if following and not is_cut else None
        return Page(shown, is_cut, beyond)

    def top(self, tx: Session, wanted: Wanted, most: int) -> tuple[Page, int]:
        """What is late or held, at the head of a calendar of all; and how many that are."""
        late = Wanted(Show.LATE, wanted.account)
        page = self.page(tx, late, self._now(), self._now(), most=most)
        overdue = asked.count_overdue(tx, late.overdue, self._now(), wanted.account)
        return page, asked.count_held(tx, wanted.account) + overdue

    def undated(self, tx: Session, wanted: Wanted, most: int) -> tuple[Page, int]:
        """What begins as soon as people agree; and how many that are."""
        found = self._undated(wanted)(tx, (BEGINNING, ""), most)
        return Page(found), asked.count_undated(tx, wanted.account)

    def coming(
        self, tx: Session, wanted: Wanted, after: Key, until: datetime, most: int
    ) -> list[Entry]:
        """The runs between two moments, series run by run; those of one moment by their ids."""
        account, states = wanted.account, wanted.states
        series = AllSeries(self._now(), after[0] - MOMENT, until)
        heap = [*_begun(asked.series_begun(tx, states, after, account), series, after)]
        heapify(heap)
        fresh = merge(*(_planned(tx, state, after, account, most) for state in states), key=_key)
        plan, found = next(fresh, None), list[Entry]()
        while len(found) < most:
            while plan and (not heap or _key(plan) <= heap[0][:2]):
                if at := series.first(plan):
                    heappush(heap, (at, plan.id, plan))
                plan = next(fresh, None)
            if not heap or heap[0][0] >= until:
                break
            found.append(_passed(heap, series))
        return found

    def _sources(self, wanted: Wanted, since: datetime) -> Sequence[tuple[Kind, Source]]:
        """Where the lines come from, in the order in which they are listed."""

        def coming(tx: Session, after: Key, most: int) -> Sequence[Entry]:
            begin = max(after, (since, ""))
            return self.coming(tx, wanted, begin, since + FAR, most)

        match wanted.show:
            case Show.LATE:
                return ((Kind.HELD, _held(wanted)), (Kind.OVERDUE, self._overdue(wanted)))
            case Show.WAITING:
                return (
                    (Kind.OVERDUE, self._overdue(wanted)),
                    (Kind.UNDATED, self._undated(wanted)),
                    (Kind.COMING, coming),
                )
            case _:
                return ((Kind.COMING, coming),)

    def _overdue(self, wanted: Wanted) -> Source:
        def read(tx: Session, after: Key, most: int) -> Sequence[Entry]:
            found = asked.overdue(tx, wanted.overdue, self._now(), after, wanted.account, most)
            return [Entry(Kind.OVERDUE, *key) for key in found]

        return read

    def _undated(self, wanted: Wanted) -> Source:
        def read(tx: Session, after: Key, most: int) -> Sequence[Entry]:
            found = asked.undated(tx, after, wanted.account, most)
            return [Entry(Kind.UNDATED, *key) for key in found]

        return read


def _key(plan: Planned) -> Key:
    return plan.next_at, plan.id


def _planned(tx: Session, state: Consent, after: Key, account: str, most: int) -> Iterator[Planned]:
    """All that comes beyond that place, in order, as far as somebody reads on."""
    while part := asked.planned(tx, state, after, account, most):
        yield from part
        after = _key(part[-1])


def _passed(heap: list[Standing], series: AllSeries) -> Entry:
    """The first line of them; a series goes on to its next run."""
    at, id, plan = heappop(heap)
    if following := series.after(plan, at):
        heappush(heap, (following, id, plan))
    return Entry(Kind.COMING, at, id)


def _begun(plans: Iterable[Planned], series: AllSeries, after: Key) -> Iterator[Standing]:
    """Each at its first run beyond that place."""
    for plan in plans:
        at = series.after(plan, after[0] - MOMENT)
        if at and (at, plan.id) <= after:
            at = series.after(plan, at)
        if at:
            yield at, plan.id, plan


def _held(wanted: Wanted) -> Source:
    def read(tx: Session, after: Key, most: int) -> Sequence[Entry]:
        found = asked.held(tx, after, wanted.account, most)
        return [Entry(Kind.HELD, *each) for each in found]

    return read
