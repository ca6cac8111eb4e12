"""Writes of many threads at one moment: none is lost, and an odd one harms no other."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Event

import pytest
from sqlmodel import Session

from store import queries, schema
from store.db import Store
from store.joint import Joint
from store.lifecycle import note
from store.tables import Account


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


def test_each_is_told_of_its_own_and_gets_what_it_gives(store: Store) -> None:
    begun, told, loaded = Event(), list[str](), list[list[str]]()
    joint = Joint(
        store.begin,
        lambda info: told.append(info.get("mine", "nothing")),
        lambda _, about: loaded.append([*about]),
    )

    def first(tx: Session) -> str:
        begun.set()
        time.sleep(0.2)  # the others come meanwhile
        return given(tx, "a")

    def given(tx: Session, name: str) -> str:
        said = tx.info.get("mine", "")
        tx.info["mine"] = name
        read(tx, by=name)
        return f"{name} after “{said}”"

    with ThreadPoolExecutor(4) as threads:
        results = [threads.submit(joint.write, first, "a")]
        assert begun.wait(10)
        for name in "bcd":
            results.append(threads.submit(joint.write, partial(given, name=name), name))
        said = [result.result(10) for result in results]
    assert said == [f"{name} after “”" for name in "abcd"]
    assert sorted(told) == [*"abcd"]
    assert [about for about in loaded if "a" in about] == [["a"]]
    assert sorted(sum(loaded, [])) == [*"abcd"]
    assert readers(store) == [*"abcd"]


def test_what_was_changed_for_many_is_written_by_itself_when_one_of_them_is_odd(
    store: Store,
) -> None:
    with store.begin() as tx:
        tx.add(Account(name="main", client_id="", client_secret=""))
    with store.look() as tx:
        account = tx.get(Account, "main")
    assert account is not None
    joint, begun, waits = Joint(store.begin, store.committed), Event(), list[object]()

    def slow(_: Session) -> None:
        begun.set()
        while len(joint._waiting) < 2:
            time.sleep(0.01)

    def rename(tx: Session) -> str:
        waits.append(tx)
        tx.add(account)
        account.stopped_by = "U0ANA"
        return account.name

    def odd(_: Session) -> None:
        raise LookupError("odd")

    with ThreadPoolExecutor(3) as threads:
        threads.submit(joint.write, slow)
        assert begun.wait(10)
        renamed, refused = threads.submit(joint.write, rename), threads.submit(joint.write, odd)
        assert renamed.result(10) == "main"
        assert isinstance(refused.exception(10), LookupError)
    assert len(waits) == 2, "once together, and once by itself"
    with store.look() as tx:
        kept = tx.get(Account, "main")
    assert kept is not None
    assert kept.stopped_by == "U0ANA"


def test_those_who_come_before_the_next_one_go_together(store: Store) -> None:
    groups: list[list[str]] = []
    joint = Joint(store.begin, store.committed, lambda _, about: groups.append([*about]), apart=2)
    joint.write(partial(read, by="U0"), "U0")
    names = [f"U{number}" for number in range(1, 9)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda name: joint.write(partial(read, by=name), name), names))
    assert [sorted(group) for group in groups] == [["U0"], names]
    assert readers(store) == ["U0", *names]
