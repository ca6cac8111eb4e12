"""Whole lists: pages are fetched when their rows are written, and let go of after that."""

import gc
import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import RawIOBase
from pathlib import Path
from typing import Any

import pytest

from actions.catalog import CATALOG
from actions.desk import Desk
from actions.errors import BrokenOff, Declined
from actions.exporting import Exporting
from actions.policy import Person
from actions.rulebook import builtin
from actions.weighing import Weighing
from coupontools import paging
from coupontools.endpoint import Endpoint
from coupontools.errors import Missing, Unanswered
from store import queries, schema
from store.db import Store
from store.secrets import Vault
from store.tables import Account
from tests.world import KEY

PAGE = 5_000
USAGE = {"campaign": "cam_1"}


class Paged:
    """An API of so many sessions that makes each page when it is asked for it."""

    def __init__(self, sessions: int, page: int = PAGE) -> None:
        self.sessions, self.page, self.asked = sessions, page, list[int]()
        self.trouble: dict[int, list[Exception]] = {}
        self.moved = 0

    def call(self, _: Endpoint, payload: Mapping[str, Any]) -> Any:
        page = payload["page"]
        self.asked.append(page)
        if self.trouble.get(page):
            raise self.trouble[page].pop(0)
        first = (page - 1) * self.page - (self.moved if page > 1 else 0)
        numbers = range(first, min(first + self.page, self.sessions))
        return {"campaign": "cam_1", "data": [session(number) for number in numbers]}

    def pages(self, endpoint: Endpoint, payload: Mapping[str, Any]) -> Iterator[Any]:
        return paging.pages(self.call, endpoint, payload)


def session(number: int) -> dict[str, Any]:
    status = {f"field_{place}": f"{number}-{place}" for place in range(20)}
    return {"session": f"s{number:020}", "sequenceid": str(number), "status": status}


class Nowhere(RawIOBase):
    """A file that keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        return len(content)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/vouchdesk.db")
    schema.upgrade(store)
    with store.begin() as tx:
        tx.add(Account(name="main", client_id="", client_secret="", timezone="UTC"))
    yield store
    store.close()


def exporting(store: Store, api: Paged, *, member: bool = True) -> Exporting:
    def people(id: str) -> Person:
        return Person(id, id, member=member)

    def now() -> datetime:
        return datetime(2026, 11, 23, 9, tzinfo=UTC)

    nobody: Any = None
    vault = Vault([KEY])
    weighing = Weighing(CATALOG, vault, builtin, now)
    desk = Desk(store, CATALOG, vault, people, nobody, now, weighing)
    return Exporting(desk, store, vault, lambda _: api, now)


def record(store: Store) -> list[tuple[str, str]]:
    with store.look() as tx:
        return [(entry.kind, entry.because) for entry in queries.audit(tx)]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAUSE", 0.0)


def test_a_page_is_asked_for_when_its_first_row_is_wanted(store: Store) -> None:
    api = Paged(12_000)
    file = exporting(store, api)("campaign.usage", USAGE, actor="U0ANA")
    assert file.name == "campaign-usage-20261123-0900.csv"
    assert api.asked == []
    rows = iter(file.rows())
    for _ in range(PAGE):
        next(rows)
    assert api.asked == [1]
    next(rows)
    assert api.asked == [1, 2]
    assert len({row[0] for row in rows}) == 12_000 - PAGE - 1
    assert api.asked == [1, 2, 3]
    assert record(store) == [("exported", "campaign.usage: 12,000 rows")]


def test_it_takes_no_more_memory_for_more_rows(store: Store) -> None:
    """Six thousand rows would take over 12 MB at once; a page of a hundred takes a tenth."""
    file = exporting(store, Paged(6_000, page=100))("campaign.usage", USAGE, actor="U0ANA")
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        assert file.write(Nowhere()) == 6_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (peak - before) / 2**20 < 4


def test_a_page_that_fails_is_asked_for_again(store: Store) -> None:
    api = Paged(12_000)
    api.trouble[2] = [Unanswered(), Unanswered(), Unanswered()]
    file = exporting(store, api)("campaign.usage", USAGE, actor="U0ANA")
    assert file.write(Nowhere()) == 12_000
    assert api.asked == [1, 2, 2, 2, 2, 3]


@pytest.mark.parametrize("error", [Unanswered(), Missing((502,))])
def test_a_page_that_does_not_come_ends_it_and_is_on_record(store: Store, error: Exception) -> None:
    api = Paged(12_000)
    api.trouble[2] = [error] * 9
    file = exporting(store, api)("campaign.usage", USAGE, actor="U0ANA")
    with pytest.raises(BrokenOff, match="after 5,000 rows") as broken:
        file.write(Nowhere())
    assert broken.value.rows == PAGE
    assert api.asked.count(2) == (4 if isinstance(error, Unanswered) else 1)
    [(kind, because)] = record(store)
    assert kind == "broken_off"
    assert "5,000 rows" in because


def test_what_moved_to_the_next_page_meanwhile_is_there_once(store: Store) -> None:
    api = Paged(7_000)
    api.moved = 3
    file = exporting(store, api)("campaign.usage", USAGE, actor="U0ANA")
    codes = [row[0] for row in file.rows()]
    assert len(codes) == len(set(codes)) == 7_000


def test_who_may_not_read_may_not_have_it_whole(store: Store) -> None:
    whole = exporting(store, Paged(1), member=False)
    with pytest.raises(Declined, match="Guests"):
        whole("campaign.usage", USAGE, actor="U0GUEST")
    [(kind, because)] = record(store)
    assert kind == "declined"
    assert "Guests" in because


def test_what_is_no_list_is_not_read(store: Store) -> None:
    api = Paged(1)
    for name in ("campaign.info", "campaign.push_all"):
        with pytest.raises(Declined, match="is not a list"):
            exporting(store, api)(name, USAGE, actor="U0ANA")
    assert api.asked == []
