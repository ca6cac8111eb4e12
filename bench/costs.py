"""Whose time it was: seconds of CPU of the bots, of the sandboxes, of the database and our own."""

import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import psutil

from bench.stage import OURS

KINDS = {
    "sandbox.slack": "slack_sandbox",
    "sandbox.coupontools": "coupontools_sandbox",
    "serve": "bots",
    "postgres": "postgres",
    OURS: "postgres",
}
"""By a word of the command line; all else is the benchmark itself."""


def spent() -> dict[str, float]:
    """Up to now, by kind."""
    total: dict[str, float] = defaultdict(float)
    for process in _ours():
        try:
            times = process.cpu_times()
            total[_kind(process)] += times.user + times.system
        except psutil.Error:
            continue
    return dict(total)


def since(before: Mapping[str, float]) -> dict[str, float]:
    """What has been spent since then, by kind."""
    return {kind: cpu - before.get(kind, 0.0) for kind, cpu in spent().items()}


def _ours() -> Iterator[psutil.Process]:
    """This process, what it has started, and the database, which leaves its parent."""
    me = psutil.Process()
    yield me
    yield from me.children(recursive=True)
    for other in psutil.process_iter(["cmdline"]):
        words = other.info["cmdline"] or []
        if any(OURS in word for word in words):
            yield other
            yield from other.children(recursive=True)


def _kind(process: psutil.Process) -> str:
    words = " ".join(process.cmdline()) or process.name()
    return next((kind for word, kind in KINDS.items() if word in words), "benchmark")


def apart(work: Callable[..., object], *given: object) -> tuple[float, float]:
    """Seconds, and MiB more than before at the peak, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        return alone.submit(_weighed, work, given).result()


def _weighed(work: Callable[..., object], given: tuple[object, ...]) -> tuple[float, float]:
    before, began = _peak_mib(), time.perf_counter()
    work(*given)
    return time.perf_counter() - began, _peak_mib() - before


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
