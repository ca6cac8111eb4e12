"""Writes of many threads at one moment: none is lost, and an odd one harms no other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlmodel import Session

from store import queries, schema
from store.db import Store
from store.joint import Joint
from store.lifecycle import note


@pytest.fixture
def store(tmp_path: object) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/vouchdesk.db")
    schema.upgrade(store)
    yield store
    store.close()


def read(tx: Session, *, by: str) -> None:
    note(tx, "read", actor=by, at=datetime.now(UTC))


def readers(store: Store) -> list[str]:
    with store.look() as tx:
        return sorted(entry.actor for entry in queries.audit(tx, most=500))


def test_what_many_threads_write_is_all_there_when_they_go_on(store: Store) -> None:
    joint = Joint(store.begin, store.committed)
    names = [f"U{number:03}" for number in range(60)]

    def write(name: str) -> bool:
        joint.write(partial(read, by=name))
        return name in readers(store)

    with ThreadPoolExecutor(20) as threads:
        assert all(threads.map(write, names))
    assert readers(store) == names


def test_an_odd_one_is_told_so_and_harms_no_other(store: Store) -> None:
    joint = Joint(store.begin, store.committed)

    def odd(_: Session) -> None:
        raise LookupError("odd")

    def write(number: int) -> str:
        try:
            joint.write(odd if number % 7 == 0 else partial(read, by=f"U{number:03}"))
        except LookupError as error:
            return str(error)
        return "kept"

    with ThreadPoolExecutor(20) as threads:
        told = list(threads.map(write, range(42)))
    assert [number for number, said in enumerate(told) if said == "odd"] == [*range(0, 42, 7)]
    assert readers(store) == [f"U{number:03}" for number in range(42) if number % 7]


def test_a_write_that_stumbles_at_the_end_is_told_so(store: Store) -> None:
    joint = Joint(store.begin, store.committed)

    def nobody(tx: Session) -> None:
        note(tx, "read", actor=None, at=datetime.now(UTC))  # type: ignore[arg-type]  # on purpose

    with pytest.raises(Exception, match="NOT NULL"):
        joint.write(nobody)
    joint.write(partial(read, by="U001"))
    assert readers(store) == ["U001"]
