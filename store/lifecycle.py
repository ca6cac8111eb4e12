"""The only place that changes a state or writes the audit log."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, Update, bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session

from store.ending import put_down
from store.kinds import Kind
from store.tables import AuditEntry, Consent, Notice, Operation, Progress, Request

Row = Request | Operation

SAYS = "says"
"""Under this name a transaction's `info` keeps what each of its lines on record says."""

CAMPAIGN = "campaign"
"""The input that names one."""

MOVED = "moved"
"""Under this one it keeps what was moved, for those who count it once it is committed."""


@dataclass(frozen=True)
class Moved:
    """A change of state that is on record."""

    request: str
    operation: str | None
    action: str
    was: str
    became: str
    late: float
    """Seconds between the moment from which lateness counts and now; of runs only."""


MOVES: dict[Consent | Progress, frozenset[Consent | Progress]] = {
    Consent.ASKED: frozenset(
        {Consent.ASKED, Consent.WAITING, Consent.GRANTED, Consent.VOID, Consent.WITHDRAWN}
    ),
    Consent.WAITING: frozenset(
        {Consent.ASKED, Consent.GRANTED, Consent.REFUSED, Consent.WITHDRAWN, Consent.EXPIRED}
    ),
    Consent.GRANTED: frozenset({Consent.ASKED, Consent.WITHDRAWN, Consent.SPENT, Consent.PAUSED}),
    Consent.PAUSED: frozenset({Consent.ASKED, Consent.GRANTED, Consent.WITHDRAWN}),
    Consent.SPENT: frozenset({Consent.ASKED}),
    Progress.READY: frozenset({Progress.RUNNING, Progress.HELD, Progress.DROPPED}),
    Progress.HELD: frozenset({Progress.READY, Progress.DROPPED}),
    Progress.RUNNING: frozenset({Progress.DONE, Progress.FAILED, Progress.UNCLEAR, Progress.READY}),
    Progress.FAILED: frozenset({Progress.READY}),
    Progress.UNCLEAR: frozenset({Progress.DONE, Progress.FAILED, Progress.READY}),
}


class TooLate(Exception):
    """Somebody or something was faster: it stands otherwise by now."""

    on_record = False
    """Whether a line of the record says so already."""

    def __init__(self, state: str = "") -> None:
        self.state = state
        super().__init__(self.__doc__)


def says(tx: Session, **columns: Any) -> None:
    """From now on each line of this transaction says so too: the surface, a role, a call …"""
    tx.info[SAYS] = {**tx.info.get(SAYS, {}), **columns}


def enter(tx: Session, *rows: Row, actor: str, at: datetime, because: str = "") -> None:
    """Put new rows on record, note who and why (else what their problem is), queue the news."""
    tx.add_all(rows)
    tx.flush()  # what is about a row comes after it
    for row in rows:
        _record(tx, row, was="", actor=actor, at=at, because=because or row.problem)


def move(
    tx: Session,
    row: Row,
    to: Consent | Progress,
    *,
    actor: str,
    at: datetime,
    because: str = "",
    **also: Any,
) -> None:
    """Change a row's state, note who and why, and queue the news: all or nothing."""
    was = row.state
    if to not in MOVES.get(was, ()):
        raise TooLate(was)
    new = {"state": to} | also
    put = {f"new_{name}": value for name, value in new.items()}
    won = tx.connection().execute(_change(type(row), *new), put | {"this": row.id, "was": was})
    if won.rowcount != 1:
        raise TooLate(was)
    for name, value in new.items():
        set_committed_value(row, name, value)
    _record(tx, row, was=was, actor=actor, at=at, because=because)


@cache
def _change(table: type[Row], *columns: str) -> Update:
    """Of a row that stands as we think it does: `TooLate` when there is none."""
    rows: Table = table.__table__  # type: ignore[union-attr]  # SQLModel
    stands = (rows.c.id == bindparam("this"), rows.c.state == bindparam("was"))
    return update(rows).where(*stands).values({name: bindparam(f"new_{name}") for name in columns})


def note(
    tx: Session,
    kind: Kind,
    *,
    actor: str,
    at: datetime,
    about: Row | None = None,
    because: str = "",
    tell: bool = False,
    **line: Any,
) -> None:
    """Put on record what changes no state: a read, a first approval, a refused click.

    `line` is what else there is to say: account, action and surface when it is about no row.
    """
    place = _place(tx, about) | line
    put_down(tx, AuditEntry, at=at, actor=actor, kind=kind, because=because, **place)
    if tell and about:
        _tell(tx, about, at, kind, actor, because)


def _record(tx: Session, row: Row, *, was: str, actor: str, at: datetime, because: str) -> None:
    put_down(
        tx,
        AuditEntry,
        at=at,
        actor=actor,
        kind=Kind(row.state),
        was=was,
        became=row.state,
        because=because,
        **_place(tx, row),
    )
    _tell(tx, row, at, row.state, actor, because)
    tx.info.setdefault(MOVED, []).append(_moved(row, was, at))


def _moved(row: Row, was: str, at: datetime) -> Moved:
    if isinstance(row, Operation):
        late = (at - row.run_at).total_seconds()
        return Moved(row.request, row.id, row.action, was, row.state, late)
    return Moved(row.id, None, row.action, was, row.state, 0.0)


def _place(tx: Session, row: Row | None) -> dict[str, Any]:
    """What it is about, and from where: of a decision the surface, else where it was asked."""
    said: dict[str, Any] = tx.info.get(SAYS, {})
    match row:
        case Operation():
            about: dict[str, Any] = {"request": row.request, "operation": row.id}
            campaign = row.inputs.get(CAMPAIGN)
        case Request():
            about = {"request": row.id, "team": row.team, "surface": row.surface}
            about |= {"digest": row.digest, "rule": ", ".join(row.terms.get("rules", ()))}
            campaign = _campaign_of(row)
        case None:
            return {**said}
    about["campaign"] = campaign if isinstance(campaign, str) else ""
    return about | {"account": row.account, "action": row.action} | said


def _campaign_of(request: Request) -> Any:
    """Of a sheet, only if its rows agree; nothing while they are not loaded."""
    named = [row.get(CAMPAIGN) for row in request.__dict__.get("inputs") or ()]
    return named[0] if named and named.count(named[0]) == len(named) else ""


def _tell(tx: Session, row: Row, at: datetime, became: str, actor: str, words: str) -> None:
    operation = row.id if isinstance(row, Operation) else None
    request = row.request if isinstance(row, Operation) else row.id
    about = {"request": request, "operation": operation, "became": became}
    put_down(tx, Notice, at=at, actor=actor, words=words, **about)
