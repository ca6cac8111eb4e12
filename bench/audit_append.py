"""Lines of the record a second, one in a transaction and a thousand in one."""

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlmodel import Session

from bench.row import Row
from bench.stage import POSTGRES, SQLITE, database_of
from bot.office import utc_now
from store import schema
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.tables import AuditEntry

LINE: dict[str, Any] = {"actor": "U0BO", "because": "approve: Too late, it is granted"}
PLACE: dict[str, Any] = {"account": "main", "action": "campaign.push_all", "surface": "slack"}
LEAST = 0.5


def run(singly: int = 1_000, together: int = 20_000, part: int = 1_000) -> Iterator[Row]:
    """Two rows for each kind of database."""
    for kind in (SQLITE, POSTGRES):
        with database_of(kind) as url, database_of(kind) as other:
            store, plain = Store(url), bare(other)
            schema.upgrade(store)
            for how, count, size in (("singly", singly, 1), ("together", together, part)):
                ours, theirs = rates(store, plain, count, size)
                yield Row(
                    f"audit_append_{kind}_{how}",
                    ours,
                    "lines a second",
                    {f"at least {LEAST:g} of the baseline": ours >= LEAST * theirs},
                    theirs,
                    {
                        "lines": count,
                        "in_a_transaction": size,
                        "baseline": "the same rows added to a plain SQLModel session",
                    },
                )
            store.close()
            plain.dispose()


def bare(url: str) -> Engine:
    """A database with that one table, and an engine as it comes."""
    engine = create_engine(Store(url).url)
    AuditEntry.metadata.create_all(engine, tables=[AuditEntry.metadata.tables["app_audit_entry"]])
    return engine


def rates(store: Store, plain: Engine, count: int, size: int) -> tuple[float, float]:
    """Ours, and the baseline's: in turns, so that both have the same machine."""
    took = [0.0, 0.0]
    for number in range(count // size + 1):
        began = time.perf_counter()
        noted(store, size)
        between = time.perf_counter()
        added(plain, size)
        if number:  # the first one warms up
            took[0] += between - began
            took[1] += time.perf_counter() - between
    return count / took[0], count / took[1]


def noted(store: Store, count: int) -> None:
    with store.begin(patience=60) as tx:
        for _ in range(count):
            note(tx, Kind.DECLINED, at=utc_now(), **LINE, **PLACE)


def added(engine: Engine, count: int) -> None:
    with Session(engine) as session:
        session.add_all(
            AuditEntry(kind="declined", at=utc_now(), **LINE, **PLACE) for _ in range(count)
        )
        session.commit()
