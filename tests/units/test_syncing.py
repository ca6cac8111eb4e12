"""A sync of the log is shared, but none that began before a commit counts for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Event

import pytest

from store import schema
from store.db import Store
from store.lifecycle import note
from store.syncing import Syncing, sync_log


def test_who_comes_while_one_is_under_way_waits_for_the_next() -> None:
    begun, go_on, syncs = Event(), Event(), list[int]()

    def slow() -> None:
        syncs.append(len(syncs))
        begun.set()
        assert go_on.wait(10)

    syncing = Syncing(slow)
    with ThreadPoolExecutor(6) as threads:
        first = threads.submit(syncing.wait)
        assert begun.wait(10)
        others = [threads.submit(syncing.wait) for _ in range(5)]
        assert not any(other.done() for other in others)
        go_on.set()
        for each in (first, *others):
            each.result(10)
    assert len(syncs) == 2, "the five share one"


def test_one_that_fails_is_told_so_and_the_next_tries_itself() -> None:
    tries = list[int]()

    def full() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no space left on device")

    syncing = Syncing(full)
    with pytest.raises(OSError, match="no space"):
        syncing.wait()
    syncing.wait()
    assert len(tries) == 2


def test_nobody_waits_for_ever_when_it_fails_for_one_of_many() -> None:
    start, tries = Barrier(8), list[int]()

    def odd() -> None:
        tries.append(1)
        if len(tries) % 2:
            raise OSError("odd")

    syncing = Syncing(odd)

    def wait(_: int) -> str:
        start.wait(10)
        try:
            syncing.wait()
        except OSError:
            return "told"
        return "safe"

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(wait, range(8)))
    assert set(found) <= {"told", "safe"}
    assert found.count("told") == (len(tries) + 1) // 2


@pytest.fixture
def synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Store, list[bytes]]:
    """A store, and what its log held at each sync."""
    held = list[bytes]()

    def watched(database: str) -> None:
        sync_log(database)
        held.append(Path(f"{database}-wal").read_bytes())

    monkeypatch.setattr("store.db.sync_log", watched)
    store = Store(f"sqlite:///{tmp_path}/vouchdesk.db")
    schema.upgrade(store)
    return store, held


def test_a_commit_is_safe_before_anybody_goes_on(
    synced: tuple[Store, list[bytes]], tmp_path: Path
) -> None:
    store, held = synced
    told: list[Callable[[], bool]] = []
    store.on_commit.append(lambda _: told.append(lambda: b"U0SYNC" in held[-1]))
    with store.begin() as tx:
        note(tx, "read", actor="U0SYNC", at=datetime.now(UTC))
        assert not any(b"U0SYNC" in each for each in held)
    assert b"U0SYNC" in held[-1]
    assert told[-1]()
    store.close()
    sync_log(str(tmp_path / "nowhere.db"))  # without a log nothing waits to be synced
