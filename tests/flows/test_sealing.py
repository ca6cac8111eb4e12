"""Kill writer and sealer at every step, have many of them at once: the chain is whole."""

import signal
import time
from collections.abc import Iterator

import pytest

from store import schema
from store.chained import verify_store
from store.db import Store
from store.queries import chain
from store.sealing import Sealing
from store.signing import Signer, publics
from tests.dying import NEVER, Fate
from tests.recording import entries
from tests.sealers import PATIENCE, crowd, dies, life, utc

KEY = Signer.new_key()
PUBLIC = publics(Signer([KEY]).public_keys)
PLACES = 30
"""More than there are to be killed at."""


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    made = Store(database)
    schema.upgrade(made)
    yield made
    made.close()


def url_of(store: Store) -> str:
    return store.url.render_as_string(hide_password=False)


def seals(store: Store) -> None:
    """As soon as the server has noticed that the one before is dead."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        Sealing(store).seal()
        with store.look() as tx:
            if not chain.is_open(tx):
                return
        time.sleep(0.02)
    raise AssertionError("never sealed")


def is_whole(store: Store) -> int:
    """Whatever is on record is sealed, numbered without a gap, and verifies; how much that is."""
    seals(store)
    verdict, waiting = verify_store(store, PUBLIC, at=utc())
    assert verdict.is_whole, verdict
    assert waiting == 0
    kept = [entry.number or 0 for entry in entries(store)]
    assert kept[-1:] == [verdict.number][: len(kept)]
    assert kept == [*range(kept[0], kept[-1] + 1)] if kept else verdict.number == 0
    return len(kept)


@pytest.mark.parametrize("fatal", range(1, PLACES + 1, 2))
def test_whenever_writer_or_sealer_is_killed_the_chain_is_whole(store: Store, fatal: int) -> None:
    fatal += store.is_sqlite  # the other half of the places there
    code, _ = dies(url_of(store), KEY, fatal)
    assert code in (-signal.SIGKILL, 0), "it died of something else"
    before = is_whole(store)
    life(store, Signer([KEY]), Fate(NEVER))
    assert is_whole(store) > 0
    assert before % 5 in (0, 1), "a transaction is there as a whole, or not at all"


def test_no_place_is_left_out(store: Store) -> None:
    code, passed = dies(url_of(store), KEY)
    assert code == 0
    assert PLACES * 2 // 3 < passed <= PLACES


@pytest.mark.parametrize(
    ("database", "kills"), [("postgres", 0), ("postgres", 2)], indirect=["database"]
)
def test_many_writers_and_three_sealers_at_once_leave_no_gap(store: Store, kills: int) -> None:
    known = crowd(url_of(store), KEY, kills=kills)
    found = is_whole(store)
    assert known <= found <= known + 6 * kills, "a killed writer may have committed unheard"
    assert known > 50
