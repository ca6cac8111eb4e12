"""Processes that write the record, seal it and sign it, and can be killed at any moment."""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from store.checkpoints import Checkpoints, Trimming
from store.db import Store
from store.entries import AuditEntry
from store.lifecycle import note
from store.sealing import Sealing
from store.signing import Signer
from tests.dying import NEVER, Fate, doomed

CONTEXT = multiprocessing.get_context("forkserver")
ENTRIES, ROUNDS = 5, 3
OLD = timedelta(days=31)
PATIENCE = 60.0


def utc() -> datetime:
    return datetime.now(UTC)


def write(store: Store, at: datetime, entries: int = ENTRIES) -> None:
    """One transaction of so many entries."""
    with store.begin(patience=PATIENCE) as tx:
        for _ in range(entries):
            note(tx, "read", actor="U0ANA", at=at)


def life(store: Store, signer: Signer, fate: Fate) -> int:
    """Entries come, are sealed and signed, and grow old; how many places it passed."""
    fate.armed = True
    for _ in range(ROUNDS):
        write(store, utc() - OLD)
        Sealing(store).seal()
        Checkpoints(store, signer, utc).sign_now()
    write(store, utc())
    Sealing(store).seal()
    Trimming(store, signer, OLD.days - 1, utc).trim()
    Sealing(store).seal()
    Checkpoints(store, signer, utc).sign_now()
    fate.armed = False
    return fate.passed


def _life(url: str, key: str, fatal: int, told: Any) -> None:
    fate = Fate(fatal)
    doomed(fate)
    store = Store(url)
    told.send(life(store, Signer([key]), fate))
    store.close()


def dies(url: str, key: str, fatal: int = NEVER) -> tuple[int | None, int]:
    """A life in a process of its own: its exit code, and the places it passed (or 0)."""
    CONTEXT.set_forkserver_preload(["tests.sealers", "tests.dying"])
    listening, telling = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_life, args=(url, key, fatal, telling))
    process.start()
    telling.close()
    process.join(120)
    passed = listening.recv() if process.exitcode == 0 else 0
    listening.close()
    code = process.exitcode
    process.close()
    return code, passed


class GivenUp(Exception):
    """A transaction that ends without a commit."""


def _writes(url: str, seed: int, stop: Any, wrote: Any) -> None:
    """Transactions of some entries, some slow to commit and some given up."""
    store, dice = Store(url), random.Random(seed)
    while not stop.is_set():
        entries, is_given_up = dice.randrange(1, 6), dice.random() < 0.2
        with suppress(GivenUp), store.begin(patience=PATIENCE) as tx:
            for _ in range(entries):
                tx.add(AuditEntry(at=utc(), actor=f"U{seed}", kind="read"))
            tx.flush()
            time.sleep(dice.random() * 0.01)
            if is_given_up:
                raise GivenUp
        if not is_given_up:
            with wrote.get_lock():
                wrote.value += entries
    store.close()


def _seals(url: str, key: str, stop: Any) -> None:
    store, signer = Store(url), Signer([key])
    while not stop.is_set():
        Sealing(store).seal()
        Checkpoints(store, signer, utc).sign_now()
        time.sleep(0.005)
    store.close()


def crowd(url: str, key: str, *, kills: int, seconds: float = 3.0) -> int:
    """Four writers and three sealers at once, of which some are killed; how many entries the
    writers knew to be committed."""
    CONTEXT.set_forkserver_preload(["tests.sealers", "tests.dying"])
    stop, wrote = CONTEXT.Event(), CONTEXT.Value("i", 0)
    sealers = [CONTEXT.Process(target=_seals, args=(url, key, stop)) for _ in range(3)]
    writers = [CONTEXT.Process(target=_writes, args=(url, n, stop, wrote)) for n in range(4)]
    for process in sealers + writers:
        process.start()
    time.sleep(seconds / 2)
    for _ in range(kills):
        for crew in (sealers, writers):
            doomed_one = crew.pop()
            os.kill(doomed_one.pid or 0, signal.SIGKILL)
            doomed_one.join()
        time.sleep(seconds / 4)
    time.sleep(seconds / 2)
    stop.set()
    return _ended(sealers + writers, wrote)


def _ended(processes: Sequence[Any], wrote: Any) -> int:
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0, "it died of something else"
    return int(wrote.value)
