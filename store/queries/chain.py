"""Questions about the chain of the record: what is sealed, what is not yet, what is signed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sql
from sqlalchemy import Table, bindparam, delete, literal, text, update
from sqlmodel import Session, col, func, select

from store.ledger import FORM
from store.queries.retention import gone
from store.signing import Sort
from store.tables import AuditEntry, Signed

ENTRIES: Table = AuditEntry.__table__  # type: ignore[attr-defined]  # SQLModel
FACTS = sorted([*(column.name for column in ENTRIES.c if column.name != "hash"), "form"])
"""What an entry's hash is over, in this order."""
SEAL = update(ENTRIES).where(ENTRIES.c.seq == bindparam("of"))
MANY = text(
    "UPDATE app_audit_entry SET number = new.number, hash = new.hash"
    " FROM unnest(CAST(:seqs AS integer[]), CAST(:numbers AS integer[]), CAST(:hashes AS text[]))"
    " AS new (seq, number, hash) WHERE app_audit_entry.seq = new.seq"
)
"""The same on PostgreSQL, where one statement for many is several times as fast."""

Link = tuple[int, int, str]
"""Which entry, its number, its hash."""


def is_open(tx: Session) -> bool:
    """Whether anything waits to be sealed."""
    asked = select(AuditEntry.seq).where(col(AuditEntry.number).is_(None)).limit(1)
    return tx.exec(asked).first() is not None


def count_open(tx: Session) -> int:
    """How much of it."""
    asked = select(func.count()).select_from(AuditEntry).where(col(AuditEntry.number).is_(None))
    return tx.exec(asked).one()


def open_entries(tx: Session, most: int) -> Sequence[Mapping[str, Any]]:
    """What is on record and not sealed, in the order in which it came there."""
    asked = ENTRIES.select().where(ENTRIES.c.number.is_(None)).order_by(ENTRIES.c.seq)
    return [dict(row) for row in tx.execute(asked.limit(most)).mappings()]


def head(tx: Session) -> tuple[int, str]:
    """Number and hash of the newest sealed entry; nought and nothing if there is none."""
    asked = select(AuditEntry.number, AuditEntry.hash).where(col(AuditEntry.number) > 0)
    found = tx.exec(asked.order_by(col(AuditEntry.number).desc()).limit(1)).first()
    return (found[0] or 0, found[1] or "") if found else (0, "")


def seal(tx: Session, links: Sequence[Link]) -> None:
    """Give entries their numbers and hashes."""
    if tx.get_bind().dialect.name == "postgresql":
        seqs, numbers, hashes = (list(each) for each in zip(*links, strict=True))
        tx.execute(MANY, {"seqs": seqs, "numbers": numbers, "hashes": hashes})
        return
    rows = [{"of": seq, "number": number, "hash": hash} for seq, number, hash in links]
    tx.connection().execute(SEAL, rows)


def sealed(tx: Session, first: int, last: int, part: int) -> Iterator[Sequence[Any]]:
    """The chain from one number to another, read bit by bit: number, hash, then all `FACTS`."""
    at, form = first, literal(FORM)
    facts = (form if name == "form" else ENTRIES.c[name] for name in FACTS)
    asked = sql.select(ENTRIES.c.number, ENTRIES.c.hash, *facts)
    while at <= last:
        here = ENTRIES.c.number.between(at, last)
        rows = tx.execute(asked.where(here).order_by(ENTRIES.c.number).limit(part)).all()
        yield from rows
        if len(rows) < part:
            return
        at = rows[-1][0] + 1


def first(tx: Session) -> int | None:
    """The lowest number that is kept."""
    asked = select(AuditEntry.number).where(col(AuditEntry.number) > 0)
    return tx.exec(asked.order_by(col(AuditEntry.number)).limit(1)).first()


def entry(tx: Session, number: int) -> AuditEntry | None:
    """The sealed entry of that number."""
    return tx.exec(select(AuditEntry).where(AuditEntry.number == number)).first()


def signed(tx: Session, kind: Sort, since: int = 0) -> Sequence[Signed]:
    """Checkpoints or stubs from that number on, in order."""
    asked = select(Signed).where(Signed.kind == kind, Signed.number >= since)
    return tx.exec(asked.order_by(col(Signed.number))).all()


def newest(tx: Session, kind: Sort) -> Signed | None:
    """The last checkpoint or stub."""
    asked = select(Signed).where(Signed.kind == kind).order_by(col(Signed.number).desc())
    return tx.exec(asked.limit(1)).first()


def untold(tx: Session) -> Sequence[Signed]:
    """What the audit channel does not know yet, in order."""
    asked = select(Signed).where(col(Signed.told_at).is_(None))
    return tx.exec(asked.order_by(col(Signed.id))).all()


def told(tx: Session, until: int, now: datetime) -> None:
    """All that was signed by then is in the channel, or covered by what is."""
    new = (col(Signed.told_at).is_(None), col(Signed.id) <= until)
    tx.execute(update(Signed).where(*new).values(told_at=now))


def signed_after(tx: Session, id: int) -> Sequence[Signed]:
    """What was signed later than that."""
    return tx.exec(select(Signed).where(col(Signed.id) > id).order_by(col(Signed.id))).all()


def signed_as(tx: Session, words: str) -> Signed | None:
    """The one of exactly these words."""
    return tx.exec(select(Signed).where(Signed.words == words)).first()


def too_old(tx: Session, before: datetime, last: int) -> int:
    """Up to which number, before `last`, every entry is older than that; nought if none is."""
    asked = select(AuditEntry.number).where(
        col(AuditEntry.number) > 0, col(AuditEntry.at) >= before, col(AuditEntry.number) < last
    )
    young = tx.exec(asked.order_by(col(AuditEntry.number)).limit(1)).first()
    return (young or last) - 1


def forget_entries(tx: Session, until: int, most: int) -> int:
    """Remove some of the entries up to that number; how many."""
    asked = select(AuditEntry.seq).where(col(AuditEntry.number) <= until)
    some = asked.order_by(col(AuditEntry.number)).limit(most)
    return gone(tx, delete(AuditEntry).where(col(AuditEntry.seq).in_(some)))
