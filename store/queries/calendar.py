"""Questions of the calendar: what comes, what waits, what is late; each along its index."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, case, cast
from sqlmodel import Session, and_, col, func, or_, select

from store.tables import Consent, Operation, Progress, Request

Key = tuple[datetime, str]
"""A moment and an id: where one row stands among others."""


class Planned(NamedTuple):
    """When a request runs next, and how it goes on; no more of it, for there may be many."""

    id: str
    next_at: datetime
    crontab: str
    timezone: str
    until: date | None
    runs: int | None
    made: int
    terms: str
    """Of a series, as they are kept: many have the same."""


class HeldRuns(NamedTuple):
    """The runs of a request that are held for one moment, and the id of one of them."""

    due: datetime
    request: str
    run: str
    rows: int


PLANNED: Any = (
    *(Request.id, Request.next_at, Request.crontab, Request.timezone),
    *(Request.until, Request.runs, Request.made),
    case((col(Request.crontab) != "", cast(Request.terms, Text)), else_=""),
)


def planned(tx: Session, state: Consent, after: Key, account: str, most: int) -> Sequence[Planned]:
    """What runs next after that moment, soonest first. One state: so the index gives the order."""
    asked = select(*PLANNED).where(
        Request.state == state, *_beyond(Request.next_at, Request.id, after), *_of(account)
    )
    rows = tx.exec(asked.order_by(col(Request.next_at), col(Request.id)).limit(most))
    return [Planned(*row) for row in rows]


def series_begun(
    tx: Session, states: Iterable[Consent], until: Key, account: str
) -> Sequence[Planned]:
    """Series whose next run is at that moment or before it: they go on beyond."""
    moment, id = until
    asked = select(*PLANNED).where(
        col(Request.state).in_([*states]),
        col(Request.next_at) <= moment,
        or_(col(Request.next_at) < moment, col(Request.id) <= id),
        Request.crontab != "",
        *_of(account),
    )
    return [Planned(*row) for row in tx.exec(asked)]


def overdue(
    tx: Session, states: Iterable[Consent], now: datetime, after: Key, account: str, most: int
) -> Sequence[Key]:
    """What runs once, and whose moment has passed, the longest past first."""
    asked = select(*PLANNED).where(
        *_overdue(states, now, account), *_beyond(Request.next_at, Request.id, after)
    )
    rows = tx.exec(asked.order_by(col(Request.next_at), col(Request.id)).limit(most))
    return [(plan.next_at, plan.id) for plan in (Planned(*row) for row in rows)]


def count_overdue(tx: Session, states: Iterable[Consent], now: datetime, account: str) -> int:
    """How many of those there are."""
    asked = select(func.count()).select_from(Request).where(*_overdue(states, now, account))
    return tx.exec(asked).one()


def undated(tx: Session, after: Key, account: str, most: int) -> Sequence[Key]:
    """What waits for people and begins as soon as they agree, the oldest first."""
    asked = (
        select(Request.asked_at, Request.id)
        .where(*_undated(account), *_beyond(Request.asked_at, Request.id, after))
        .order_by(col(Request.asked_at), col(Request.id))
    )
    return [(at, id) for at, id in tx.exec(asked.limit(most))]


def count_undated(tx: Session, account: str) -> int:
    """How many of those there are."""
    return tx.exec(select(func.count()).select_from(Request).where(*_undated(account))).one()


def held(tx: Session, after: Key, account: str, most: int) -> Sequence[HeldRuns]:
    """Runs that are held, the oldest first; rows of a sheet for one moment are one."""
    asked = (
        select(Operation.due, Operation.request, func.min(Operation.id), func.count())
        .where(*_held(account), *_beyond(Operation.due, Operation.request, after))
        .group_by(col(Operation.due), col(Operation.request))
        .order_by(col(Operation.due), col(Operation.request))
    )
    return [HeldRuns(*row) for row in tx.exec(asked.limit(most))]


def count_held(tx: Session, account: str) -> int:
    """How many of those there are."""
    each = select(Operation.due, Operation.request).where(*_held(account)).distinct().subquery()
    return tx.exec(select(func.count()).select_from(each)).one()


def requests(tx: Session, ids: Iterable[str]) -> Sequence[Request]:
    """The requests of these ids, as they stand."""
    return tx.exec(select(Request).where(col(Request.id).in_([*ids]))).all()


def _beyond(moment: Any, id: Any, after: Key) -> tuple[ColumnElement[bool], ...]:
    """Past that place; the first half is what an index can use."""
    return (
        col(moment) >= after[0],
        or_(col(moment) > after[0], and_(col(moment) == after[0], col(id) > after[1])),
    )


def _of(account: str) -> tuple[ColumnElement[bool], ...]:
    return (col(Request.account) == account,) if account else ()


def _overdue(
    states: Iterable[Consent], now: datetime, account: str
) -> tuple[ColumnElement[bool], ...]:
    of = (col(Request.state).in_([*states]), col(Request.next_at) <= now)
    return (*of, col(Request.crontab) == "", *_of(account))


def _undated(account: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Request.state) == Consent.WAITING,
        col(Request.next_at).is_(None),
        *_of(account),
    )


def _held(account: str) -> tuple[ColumnElement[bool], ...]:
    of = (col(Operation.account) == account,) if account else ()
    return (col(Operation.state) == Progress.HELD, *of)
