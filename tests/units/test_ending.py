"""What is put down in a transaction is written at its end: in its order, or not at all."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from store import schema
from store.db import Store
from store.ending import ending, put_down
from store.tables import AuditEntry

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/vouchdesk.db")
    schema.upgrade(store)
    yield store
    store.close()


def line(actor: str) -> dict[str, object]:
    return {"at": NOW, "actor": actor, "kind": "read"}


def actors(store: Store) -> list[str]:
    with store.look() as tx:
        return list(tx.exec(select(AuditEntry.actor).order_by(AuditEntry.seq)))  # type: ignore[arg-type]  # SQLModel


def test_in_their_order_whatever_is_said_of_each(store: Store) -> None:
    with store.begin() as tx:
        put_down(tx, AuditEntry, **line("U1"), because="first")
        put_down(tx, AuditEntry, **line("U2"))
        put_down(tx, AuditEntry, **line("U3"), status=502)
    assert actors(store) == ["U1", "U2", "U3"]
    with store.look() as tx:
        found = {row.actor: row for row in tx.exec(select(AuditEntry))}
    assert (found["U1"].because, found["U2"].because, found["U3"].status) == ("first", "", 502)
    assert found["U2"].status is None


def test_nothing_of_what_broke_off(store: Store) -> None:
    with suppress(LookupError), store.begin() as tx:
        put_down(tx, AuditEntry, **line("U1"))
        raise LookupError
    assert actors(store) == []


def test_a_part_that_broke_off_takes_its_own_with_it_alone(store: Store) -> None:
    with store.begin() as tx:
        put_down(tx, AuditEntry, **line("U1"))
        with suppress(LookupError), tx.begin_nested(), ending(tx):
            put_down(tx, AuditEntry, **line("U2"))
            raise LookupError
        with tx.begin_nested(), ending(tx):
            put_down(tx, AuditEntry, **line("U3"))
    assert actors(store) == ["U1", "U3"]
