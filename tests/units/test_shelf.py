"""Lines are kept sealed, in their order, and none can be missing or moved unnoticed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from store import schema
from store.db import Store
from store.secrets import Vault
from store.shelf import LINES, CutFile, Shelf
from store.tables import (
    Account,
    Chunk,
    Consent,
    Effect,
    Operation,
    Progress,
    Request,
    StepRun,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RUN = StepRun(
    operation="req_1.1",
    position=0,
    round=0,
    step="part 1 of 1",
    endpoint="x",
    effect=Effect.SENT,
    sent_at=NOON,
)
ROWS = [[f"https://digicpn.com/p/x/{number}", number] for number in range(LINES * 2 + 5)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/vouchdesk.db")
    schema.upgrade(store)
    with store.begin() as tx:
        tx.add(Account(name="main", client_id="", client_secret=""))
        tx.add(
            Request(
                id="req_1",
                account="main",
                action="x",
                inputs=[],
                actor="U0ANA",
                asked_at=NOON,
                state=Consent.SPENT,
            )
        )
        tx.flush()
        tx.add(
            Operation(
                id=RUN.operation,
                request="req_1",
                due=NOON,
                run_at=NOON,
                account="main",
                action="x",
                inputs={},
                state=Progress.RUNNING,
            )
        )
    yield store
    store.close()


@pytest.fixture
def shelf(store: Store) -> Shelf:
    return Shelf(store, Vault([Vault.new_key()]), lambda: NOON)


@pytest.fixture
def chunks(shelf: Shelf) -> int:
    keeping = shelf.keep(RUN)
    for row in ROWS:
        keeping.add(row)
    keeping.end()
    return keeping.chunks


def test_what_is_kept_comes_back_as_it_was(shelf: Shelf, chunks: int) -> None:
    assert chunks == 3
    assert list(shelf.lines(RUN, chunks)) == ROWS


def test_nothing_of_it_can_be_read_in_the_file(
    store: Store, shelf: Shelf, chunks: int, tmp_path: Path
) -> None:
    store.close()
    for file in tmp_path.iterdir():
        assert b"digicpn" not in file.read_bytes()


def test_a_missing_end_is_noticed(store: Store, shelf: Shelf, chunks: int) -> None:
    with store.begin() as tx:
        tx.delete(tx.get(Chunk, (RUN.operation, 0, 0, 2)))
    with pytest.raises(CutFile):
        list(shelf.lines(RUN, chunks))


def test_chunks_that_changed_places_are_noticed(store: Store, shelf: Shelf, chunks: int) -> None:
    with store.begin() as tx:
        for number, place in ((0, 7), (1, 0), (7, 1)):
            tx.execute(update(Chunk).where(Chunk.number == number).values(number=place))  # type: ignore[arg-type]
    with pytest.raises(CutFile):
        list(shelf.lines(RUN, chunks))
