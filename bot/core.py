"""One core for one interpreter: threads that pass it from core to core lose more than they do."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TAKEN = "\0vouchdesk-core-{}"
"""Who holds this address has that core; without a file, and gone with its process."""


@contextmanager
def one_core(taken: str = TAKEN) -> Iterator[int | None]:
    """Keep the threads begun from now on to a core that no other Vouchdesk has; None: to none.

    Of more processes than there are cores, some stay where the system puts them.
    """
    cores = _cores()
    held = _first_free(cores, taken) if len(cores) > 1 else None
    if held is None:
        yield None
        return
    core, address = held
    try:
        os.sched_setaffinity(0, {core})
        yield core
    finally:
        os.sched_setaffinity(0, cores)
        address.close()


def _cores() -> set[int]:
    """Those that we may use, where that can be chosen and one thread runs at a time."""
    one_at_a_time: bool = getattr(sys, "_is_gil_enabled", lambda: True)()
    if not one_at_a_time or not hasattr(os, "sched_setaffinity"):
        return set()
    return os.sched_getaffinity(0)


def _first_free(cores: set[int], taken: str) -> tuple[int, socket.socket] | None:
    for core in sorted(cores, reverse=True):  # the first one is the busiest, often
        address = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            address.bind(taken.format(core))
        except OSError:
            address.close()
        else:
            return core, address
    return None
