"""Lines are found by all that is wanted at once, page by page, and never without bound."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from store import schema
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.queries import record
from store.queries.record import Page, Wanted

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    made = Store(database)
    schema.upgrade(made)
    yield made
    made.close()


def written(store: Store, count: int, **line: str) -> None:
    """So many lines, a minute apart, the last of them now."""
    with store.begin() as tx:
        first = record.newest(tx)
        for number in range(count):
            at = NOW - timedelta(minutes=count - 1 - number)
            words = f"line {first + number + 1}"
            note(tx, Kind.READ, at=at, **{"actor": "U0BO", "because": words, **line})


def found(store: Store, most: int = 50, **wanted: object) -> Page:
    with store.look() as tx:
        return record.page(tx, Wanted(**wanted), most)  # type: ignore[arg-type]  # by name


def words(page: Page) -> list[str]:
    return [line.because for line in page.lines]


def test_moments_bound_what_is_found_on_both_sides(store: Store) -> None:
    written(store, 60)
    day = {"person": "U0BO", "since": NOW - timedelta(minutes=20)}
    assert len(found(store, **day).lines) == 21
    page = found(store, **day, until=NOW - timedelta(minutes=18))
    assert len(page.lines) == 2
    assert len(found(store, until=NOW - timedelta(minutes=58), person="U0BO").lines) == 1


def test_pages_end_where_there_are_no_more(store: Store) -> None:
    written(store, 5)
    first = found(store, 3, person="U0BO")
    second = found(store, 3, person="U0BO", below=first.older)
    assert [len(first.lines), len(second.lines), second.older] == [3, 2, None]
    assert found(store, 5, person="U0BO").older is None


def test_words_are_found_whatever_their_case_and_taken_as_they_are(store: Store) -> None:
    written(store, 1, because="100% of it: Far_Too early")
    written(store, 1, because="1000 of it: Far too early")
    assert len(found(store, text="far_too EARLY").lines) == 1
    assert len(found(store, text="100%").lines) == 1
    assert len(found(store, text="too early").lines) == 2
    assert found(store, text="nonsense").lines == []


def test_words_are_looked_for_so_far_back_and_the_page_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "MOST_READ", 10)
    written(store, 25)
    page = found(store, text="line 3", person="U0BO")
    assert words(page) == []
    assert page.read_back_to == NOW - timedelta(minutes=9)
    page = found(store, text="LINE", person="U0BO", most=4)
    assert (len(page.lines), page.read_back_to) == (4, None)
    seen, below = list[str](), None
    for _ in range(5):
        page = found(store, text="e 3", person="U0BO", below=below)
        seen, below = seen + words(page), page.older
        if below is None:
            break
    assert len(seen) == 1
