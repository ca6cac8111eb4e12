"""From the start of the process until it is ready, and what it holds then."""

import time
from collections.abc import Iterator

import psutil

from bench.row import Row
from bench.stage import SQLITE, Stage, stage
from bench.sums import percentile

LONGEST, MOST_MIB = 2.0, 200


def run(times: int = 5, rest: float = 5) -> Iterator[Row]:
    """One row: the middle of several starts, on a database that is there."""
    with stage(SQLITE) as at, at.office():
        with at.replicas(1):
            pass  # makes the tables of the engine
        ready, mib = zip(*(started(at, rest) for _ in range(times)), strict=True)
        bare = [bare_start(at) for _ in range(times)]
    middle, most = percentile(ready, 0.5), max(mib)
    yield Row(
        "start",
        middle,
        "s until ready",
        {
            f"under {LONGEST:g} s": middle < LONGEST,
            f"under {MOST_MIB} MiB": most < MOST_MIB,
        },
        percentile(bare, 0.5),
        {
            "ready_s": ready,
            "resident_mib": most,
            "baseline": "a bare Bolt app behind the same server",
        },
    )


def started(at: Stage, rest: float) -> tuple[float, float]:
    """Seconds until it answers that it is ready, and MiB of memory after a rest."""
    began = time.perf_counter()
    with at.replicas(1) as bots:
        took = time.perf_counter() - began
        time.sleep(rest)
        return took, psutil.Process(bots[0].process.pid).memory_info().rss / 2**20


def bare_start(at: Stage) -> float:
    """The same of an app that does nothing."""
    began = time.perf_counter()
    with at.bare(1):
        return time.perf_counter() - began
