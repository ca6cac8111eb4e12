"""Lines on their way out: each at least once, none left behind."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.streaming import Stream, without_holes
from store import schema
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.queries.record import PART
from store.tables import AuditEntry

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def line(seq: int, age: float = 0.0) -> AuditEntry:
    return AuditEntry(seq=seq, at=NOW - timedelta(seconds=age), actor="U0BO", kind="read")


def seqs(lines: Sequence[AuditEntry]) -> list[int | None]:
    return [each.seq for each in lines]


def test_nothing_behind_a_hole_is_taken_until_nobody_can_fill_it() -> None:
    fresh = [line(1), line(2), line(4), line(5)]
    assert seqs(without_holes(fresh, 0, NOW)) == [1, 2]
    assert seqs(without_holes(fresh, 0, NOW + timedelta(seconds=91))) == [1, 2, 4, 5]
    assert seqs(without_holes([line(4)], 2, NOW)) == []
    assert seqs(without_holes([line(3)], 2, NOW)) == [3]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path}/vouchdesk.db")
    schema.upgrade(made)
    return made


def test_what_was_not_taken_comes_again_and_what_was_does_not(store: Store) -> None:
    with store.begin() as tx:
        for _ in range(PART + 3):
            note(tx, Kind.READ, actor="U0BO", at=NOW)
    taken: list[int | None] = []

    def breaks(lines: Sequence[AuditEntry]) -> None:
        raise OSError

    def takes(lines: Sequence[AuditEntry]) -> None:
        taken.extend(seqs(lines))

    stream = Stream(store, "siem", lambda: NOW)
    with pytest.raises(OSError):
        stream.take(breaks)
    assert stream.after == 0
    assert [stream.take(takes), stream.take(takes), stream.take(takes)] == [PART, 3, 0]
    assert taken == [*range(1, PART + 4)]
    again = Stream(store, "siem", lambda: NOW)
    assert again.after == PART + 3
    assert again.take(takes) == 0
    assert Stream(store, "another", lambda: NOW).after == 0
    store.close()
