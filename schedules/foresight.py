"""What people should know of a plan before they agree to it: its next moments, and what is odd."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from actions.action import Catalog
from actions.desk import When
from actions.policy import Person, blackout_until
from actions.terms import Terms
from actions.weighing import Weighing, terms_of
from schedules.recurrence import Oddity, moments, oddity
from schedules.upcoming import is_left_out, last_blackout_day, planned, upcoming
from store.db import Store
from store.queries import OPEN, consent
from store.tables import Account, Progress, Request

NEXT = 5
NEAR = timedelta(hours=24)
"""Two pushes to the same people within that are one too many, perhaps."""
MOST = 5


@dataclass(frozen=True)
class Coming:
    """One moment, and what the clock does to it."""

    at: datetime
    odd: Oddity = Oddity()


@dataclass(frozen=True)
class LeftOut:
    """From which moment of a series to which day it does not run, as those are blackout days."""

    since: datetime
    until: date


@dataclass(frozen=True)
class Clash:
    """Another push to the same people within a day: which, and when it goes or went out."""

    request: str
    at: datetime
    is_out: bool = False


@dataclass(frozen=True)
class Outlook:
    """What comes of a plan, as far as it can be known."""

    zone: str = "UTC"
    coming: Sequence[Coming] = ()
    repeats: bool = False
    held_until: datetime | None = None
    """It is asked for on a blackout day: that is over then."""
    left_out: Sequence[LeftOut] = ()
    clashes: Sequence[Clash] = ()


class Foresight:
    """Looks ahead, for forms and the command line; puts nothing on record."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        weighing: Weighing,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._catalog, self._weighing, self._now = store, catalog, weighing, now

    def __call__(
        self,
        name: str,
        raw: Mapping[str, Any],
        when: When,
        account: Account,
        person: Person,
        but: str = "",
    ) -> Outlook:
        """What comes of asking for that; `raw` may be half filled in, `but` is what it changes."""
        action, now = self._catalog[name], self._now()
        terms = self._weighing.of_plan(action, account, person, when.at or now)
        audience = self._weighing.audience_said(action, raw)
        coming = planned(when, terms, now, NEXT)
        with self._store.look() as tx:
            near = clashes(tx, account.name, audience, coming or _now(when, now), now, but)
        return outlook(when, terms, now, coming, near)


def outlook(
    when: When,
    terms: Terms,
    now: datetime,
    coming: Sequence[datetime],
    near: Sequence[Clash] = (),
) -> Outlook:
    """What comes of a plan under these terms, its next moments being these."""
    shown = [Coming(at, oddity(when.crontab, when.timezone, at)) for at in coming]
    if not when.crontab:
        over = blackout_until(terms.blackout, terms.clock, when.at or now)
        return Outlook(when.timezone, shown, held_until=over, clashes=near)
    left_out = _left_out(when, terms, now, coming[-1] if coming else None)
    return Outlook(when.timezone, shown, repeats=True, left_out=left_out, clashes=near)


def of_request(tx: Session, request: Request, now: datetime) -> Outlook:
    """The same of what is on record and has not run its last time."""
    if request.state not in OPEN:
        return Outlook(request.timezone)
    at, coming = request.next_at or request.planned_at, upcoming(request, now, NEXT)
    when = When(at, request.crontab, request.timezone, request.until)
    then = coming or _now(when, now)
    near = clashes(tx, request.account, request.audience, then, now, request.id)
    return outlook(when, terms_of(request), now, coming, near)


def clashes(
    tx: Session,
    account: str,
    audience: str,
    coming: Sequence[datetime],
    now: datetime,
    but: str = "",
) -> list[Clash]:
    """Other pushes to the same people within a day of one of these moments, soonest first."""
    if not audience:
        return []
    found = [
        Clash(run.request, run.due, is_out=run.state is not Progress.HELD)
        for run in consent.pushed_to(tx, account, audience, now - NEAR)
        if run.request != but and any(abs(run.due - at) < NEAR for at in coming)
    ]
    for other in consent.pushes_to(tx, account, audience):
        if other.id != but and (at := _meeting(other, coming, now)):
            found.append(Clash(other.id, at))
    return sorted(found, key=lambda clash: clash.at)[:MOST]


def _meeting(other: Request, coming: Sequence[datetime], now: datetime) -> datetime | None:
    """The first moment at which the other comes within a day of one of these."""
    for at in coming:
        theirs = upcoming(other, max(now, at - NEAR), 1) or [at for _ in [0] if _at_once(other)]
        if theirs and abs(theirs[0] - at) < NEAR:
            return theirs[0]
    return None


def _now(when: When, now: datetime) -> Sequence[datetime]:
    """When it runs that has no moment: as soon as it is agreed to."""
    return [] if when.crontab else [now]


def _at_once(request: Request) -> bool:
    """Whether it goes out as soon as it is agreed to."""
    return not request.crontab and request.planned_at is None


def _left_out(when: When, terms: Terms, now: datetime, last: datetime | None) -> list[LeftOut]:
    """The blackout days on which it would run, up to the last moment that is shown."""
    found: list[LeftOut] = []
    after = now
    while len(found) < MOST:
        every = moments(when.crontab, when.timezone, after, when.until)
        shown = takewhile(lambda at: last is None or at <= last, every)
        first = next((at for at in shown if is_left_out(at, terms)), None)
        if first is None:
            return found
        until = last_blackout_day(first, terms) or first.date()
        found.append(LeftOut(first, until))
        end = datetime.combine(until + timedelta(days=1), datetime.min.time())
        after = end.replace(tzinfo=ZoneInfo(terms.clock)) - timedelta(microseconds=1)
    return found
