"""The calendar as one person sees it: each line with its story, and what they may do about it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from sqlmodel import Session

from actions import rights
from actions.policy import Person, may_approve
from actions.voices import Voice
from bot.stories import Stories
from bot.views.calendar import AT_HOME, EACH, FEW
from bot.views.lines import Line, May, day_of
from bot.views.spread import SPAN, Few, Shown, Spread
from bot.views.story import Story
from bot.views.times import zone_of
from schedules.calendar import Calendar, Entry, Page, Place, Show
from store import queries
from store.db import Store
from store.queries import calendar as asked
from store.tables import Consent

COUNTED = 100
"""Lines that are counted for the home tab; of more than these it says no number."""


class Agenda:
    """Only reads."""

    def __init__(self, store: Store, stories: Stories, now: Callable[[], datetime]) -> None:
        self._store, self._stories, self._now = store, stories, now
        self._calendar = Calendar(now)

    @property
    def now(self) -> datetime:
        return self._now()

    def spread(self, voices: Sequence[Voice], shown: Shown) -> Spread:
        """One page of the calendar."""
        now, zone = self._now(), voices[0].of.zone
        begins, since, until = _span(shown, zone, now)
        with self._store.look() as tx:
            place = Place.read(shown.place)
            page = self._calendar.page(tx, shown.wanted, since, until, place, EACH)
            late = undated = Few()
            if shown.is_first and shown.show is Show.ALL:
                late = self._few(tx, voices, *self._calendar.top(tx, shown.wanted, FEW))
                undated = self._few(tx, voices, *self._calendar.undated(tx, shown.wanted, FEW))
            return Spread(
                replace(shown, next=_next(page, zone)),
                zone,
                now,
                begins,
                self._lines(tx, voices, page.entries),
                late,
                undated,
                [account.name for account in queries.accounts(tx)],
                page.beyond,
            )

    def at_home(self, voices: Sequence[Voice]) -> Spread:
        """What comes next, in short."""
        now, zone, shown = self._now(), voices[0].of.zone, Shown()
        begins, since, until = _span(shown, zone, now)
        with self._store.look() as tx:
            page = self._calendar.page(tx, shown.wanted, since, until, most=AT_HOME + COUNTED)
            lines = self._lines(tx, voices, page.entries[:AT_HOME])
            late = self._few(tx, voices, *self._calendar.top(tx, shown.wanted, FEW))
        rest = len(page.entries) - len(lines)
        return Spread(
            shown, zone, now, begins, lines, late, beyond=page.beyond, rest=rest, is_cut=page.is_cut
        )

    def _few(self, tx: Session, voices: Sequence[Voice], page: Page, count: int) -> Few:
        return Few(self._lines(tx, voices, page.entries), count)

    def _lines(self, tx: Session, voices: Sequence[Voice], entries: Iterable[Entry]) -> list[Line]:
        """Each request is read once, however often it occurs."""
        entries = [*entries]
        found = asked.requests(tx, dict.fromkeys(entry.request for entry in entries))
        stories = {request.id: self._stories.readable(tx, request) for request in found}
        may = {
            id: self._may(tx, voices, story) if story else frozenset[May]()
            for id, story in stories.items()
        }
        several = len(queries.accounts(tx)) > 1
        accounts = {request.id: request.account for request in found if several}
        return [
            Line(
                entry,
                stories.get(entry.request),
                queries.operation_seen(tx, entry.run) if entry.run else None,
                may.get(entry.request, frozenset()),
                accounts.get(entry.request, ""),
            )
            for entry in entries
        ]

    def _may(self, tx: Session, voices: Sequence[Voice], story: Story) -> frozenset[May]:
        """What would be let through, now; the click is checked again."""
        person, request = voices[0].of, story.request
        is_own = person.id == request.actor
        allowed = {
            May.DECIDE: self._stories.is_wanted(tx, voices, request),
            May.STEER: _may_steer(person, story),
            May.CHANGE: is_own,
            May.SETTLE: is_own or rights.is_approver(person),
        }
        return frozenset(may for may, is_so in allowed.items() if is_so)


def _may_steer(person: Person, story: Story) -> bool:
    """Anybody stops what brakes, else who asked or has a say; going on is for somebody else."""
    request = story.request
    has_a_say = may_approve(person, story.terms) or rights.is_approver(person)
    is_own = person.id == request.actor
    match request.state:
        case Consent.PAUSED:
            return has_a_say and not is_own
        case Consent.GRANTED:
            return has_a_say or is_own or bool(story.terms.brake)
        case _:
            return False


def _span(shown: Shown, zone: str, now: datetime) -> tuple[date, datetime, datetime]:
    """The first day, and the two moments between which the page is; never what has been."""
    today, where = day_of(now, zone), zone_of(zone)
    begins = max(date.fromisoformat(shown.day), today) if shown.day else today
    midnight = datetime.combine(begins, time(), where)
    return begins, max(midnight, now), datetime.combine(begins + SPAN, time(), where)


def _next(page: Page, zone: str) -> str:
    """Where the next page begins: after the last line, or on the day on which more comes."""
    if page.is_cut:
        return str(page.entries[-1].place)
    return day_of(page.beyond, zone).isoformat() if page.beyond else ""
