"""Questions to the record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, func, select

from store.tables import AuditEntry, Bookmark

SLACK = timedelta(minutes=5)
"""Lines come on record in the order of their moments, give or take so much."""
MOST_READ = 5_000
"""Lines through which words are looked for in one go."""
PART = 1_000


@dataclass(frozen=True)
class Wanted:
    """Which lines; nothing named means all of them."""

    person: str = ""
    action: str = ""
    campaign: str = ""
    account: str = ""
    request: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    """Words that are in what was said with it, whatever the case."""
    below: int | None = None
    """Only lines before that one: the next page."""


@dataclass(frozen=True)
class Page:
    """Some lines, newest first."""

    lines: Sequence[AuditEntry]
    older: int | None = None
    """What `below` is for the next page; None when there is none."""
    read_back_to: datetime | None = None
    """Words were looked for only so far back, and there are elder lines."""


def page(tx: Session, wanted: Wanted, most: int = 50) -> Page:
    """The newest lines that match all that is wanted."""
    newest = col(AuditEntry.seq).desc()
    matching = (*_where(tx, wanted),)
    if not wanted.text:
        asked = select(AuditEntry).where(*matching).order_by(newest)
        found = tx.exec(asked.limit(most + 1)).all()
        return Page(found[:most], found[most - 1].seq if len(found) > most else None)
    seqs, read, last = _said(tx, wanted.text, matching, most + 1)
    asked = select(AuditEntry).where(col(AuditEntry.seq).in_(seqs[:most])).order_by(newest)
    lines = tx.exec(asked).all()
    if len(seqs) > most:
        return Page(lines, seqs[most - 1])
    if read < MOST_READ:
        return Page(lines)
    eldest = tx.get(AuditEntry, last)
    return Page(lines, last, eldest.at if eldest else None)


def _said(
    tx: Session, words: str, matching: Sequence[ColumnElement[bool]], most: int
) -> tuple[list[int], int, int]:
    """Of the newest lines those with the words; how many were read, and the last one of them."""
    some = select(AuditEntry.seq, AuditEntry.because).where(*matching)
    read = some.order_by(col(AuditEntry.seq).desc()).limit(MOST_READ).cte("read")
    said = func.lower(read.c.because).contains(words.lower(), autoescape=True)
    hits = select(read.c.seq).where(said).order_by(read.c.seq.desc()).limit(most).subquery()
    ends = select(func.count().label("count"), func.coalesce(func.min(read.c.seq), 0).label("last"))
    end = ends.select_from(read).subquery()
    both = select(end.c.count, end.c.last, hits.c.seq).select_from(end)
    rows = tx.execute(both.outerjoin(hits, true())).all()
    found = sorted((seq for _, _, seq in rows if seq is not None), reverse=True)
    return found, rows[0][0], rows[0][1]


def _where(tx: Session, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    exact: dict[Any, str] = {
        AuditEntry.actor: wanted.person,
        AuditEntry.action: wanted.action,
        AuditEntry.campaign: wanted.campaign,
        AuditEntry.account: wanted.account,
        AuditEntry.request: wanted.request,
        AuditEntry.kind: wanted.kind,
    }
    yield from (col(column) == value for column, value in exact.items() if value)
    seq, at = col(AuditEntry.seq), col(AuditEntry.at)
    if wanted.below is not None:
        yield seq < wanted.below
    if wanted.since:
        yield at >= wanted.since
        yield seq > (_edge(tx, at < wanted.since - SLACK, newest=True) or 0)
    if wanted.until:
        yield at < wanted.until
        last = _edge(tx, at > wanted.until + SLACK, newest=False)
        if last is not None:
            yield seq < last


def _edge(tx: Session, beyond: ColumnElement[bool], *, newest: bool) -> int | None:
    """The number of a line near a moment, so that no line of another time has to be looked at."""
    at = col(AuditEntry.at)
    asked = select(AuditEntry.seq).where(beyond).order_by(at.desc() if newest else at)
    return tx.exec(asked.limit(1)).first()


def line(tx: Session, seq: int) -> AuditEntry | None:
    return tx.get(AuditEntry, seq)


def newest(tx: Session) -> int:
    """The number of the last line; 0 when there is none."""
    return tx.exec(select(func.max(AuditEntry.seq))).one() or 0


def each(tx: Session, wanted: Wanted, after: int, until: int) -> Sequence[AuditEntry]:
    """The next part of what is wanted, in order, between these numbers."""
    seq = col(AuditEntry.seq)
    asked = select(AuditEntry).where(*_where(tx, replace(wanted, text="")), seq > after)
    return tx.exec(asked.where(seq <= until).order_by(seq).limit(PART)).all()


def remember(tx: Session, name: str, words: str, at: datetime) -> str | None:
    """From now on a setting says that; what it said before, None if nobody knows."""
    known = tx.get(Bookmark, name)
    was = known.words if known else None
    if was != words:
        tx.merge(Bookmark(name=name, words=words, at=at))
    return was
