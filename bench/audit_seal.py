"""Three replicas seal the record while others write it: how fast, and how long an entry waits."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from bench.audit_append import LINE, PLACE
from bench.audit_search import fill
from bench.row import Row
from bench.stage import POSTGRES, database_of
from bench.sums import percentile
from bot.app import BEAT
from bot.office import utc_now
from store import schema
from store.chained import verify_store
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.sealing import Sealing
from store.tables import AuditEntry

SEALERS, WRITERS = 3, 2
TOGETHER = 5
"""Entries of one transaction: as many as an operation writes in all."""
LONGEST = 1.0
CONTEXT = multiprocessing.get_context("spawn")


def run(behind: int = 50_000, steady: float = 15.0) -> Iterator[Row]:
    """One row; the baseline is what is appended meanwhile."""
    with database_of(POSTGRES) as url:
        store = Store(url)
        schema.upgrade(store)
        fill(store, behind)
        ready = CONTEXT.Barrier(WRITERS + SEALERS + 1)
        with ExitStack() as running:
            running.enter_context(at_work(write, url, WRITERS, ready))
            running.enter_context(at_work(seal, url, SEALERS, ready))
            ready.wait()
            began, was = time.perf_counter(), newest(store)
            while oldest_waits(store) > LONGEST:
                time.sleep(0.05)
            caught_up = time.perf_counter() - began
            appended = (newest(store) - was) / caught_up
            waits = [*sampled(store, steady)]
        Sealing(store).seal()
        verdict, _ = verify_store(store, {}, at=utc_now())
        assert verdict.is_whole, verdict
        sealed = behind / caught_up + appended
        store.close()
    slowest = percentile(waits, 0.99)
    yield Row(
        "audit_seal",
        sealed,
        "entries a second",
        {
            "no slower than they are written": sealed >= appended,
            f"within {LONGEST:g} s, p99": slowest < LONGEST,
        },
        appended,
        {
            "sealers": SEALERS,
            "writers": WRITERS,
            "behind_at_first": behind,
            "caught_up_s": caught_up,
            "oldest_waits_s": {"p50": percentile(waits, 0.5), "p99": slowest, "max": max(waits)},
            "entries": verdict.number,
            "baseline": "entries appended a second meanwhile, five in a transaction",
        },
    )


@contextmanager
def at_work(job: Any, url: str, count: int, ready: Any) -> Iterator[None]:
    """So many processes that do it until the end, once all are there."""
    stop = CONTEXT.Event()
    crew = [CONTEXT.Process(target=job, args=(url, stop, ready)) for _ in range(count)]
    for process in crew:
        process.start()
    try:
        yield
    finally:
        stop.set()
        for process in crew:
            process.join()


def write(url: str, stop: Any, ready: Any) -> None:
    store = Store(url)
    ready.wait()
    while not stop.is_set():
        with store.begin(patience=60) as tx:
            for _ in range(TOGETHER):
                note(tx, Kind.DECLINED, at=utc_now(), **LINE, **PLACE)
    store.close()


def seal(url: str, stop: Any, ready: Any) -> None:
    """As often as the bot does."""
    store = Store(url)
    ready.wait()
    while not stop.is_set():
        Sealing(store).seal()
        time.sleep(BEAT)
    store.close()


def sampled(store: Store, seconds: float) -> Iterator[float]:
    """How long the entry that is not sealed yet and waits longest has waited, again and again."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        yield oldest_waits(store)
        time.sleep(0.05)


def oldest_waits(store: Store) -> float:
    asked = select(func.min(AuditEntry.at)).where(col(AuditEntry.number).is_(None))
    with store.glance() as tx:
        at = tx.exec(asked).one()
    return (utc_now() - at).total_seconds() if at else 0.0


def newest(store: Store) -> int:
    with store.glance() as tx:
        return tx.exec(select(func.max(AuditEntry.seq))).one() or 0
