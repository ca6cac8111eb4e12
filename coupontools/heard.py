"""What the API answered beside its content: status, codes, after how long; for whoever listens."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter

from coupontools.errors import Refused


@dataclass
class Heard:
    """How long all calls took while somebody listened, and what the last was answered."""

    seconds: float = 0.0
    status: int | None = None
    codes: tuple[int, ...] = ()


_listening: ContextVar[Heard | None] = ContextVar("listening", default=None)


@contextmanager
def listening(heard: Heard) -> Iterator[None]:
    """Calls of this thread are heard meanwhile."""
    token = _listening.set(heard)
    try:
        yield
    finally:
        _listening.reset(token)


@contextmanager
def calling() -> Iterator[None]:
    """Around one call, from the first byte sent until its answer is read."""
    heard = _listening.get()
    if heard is None:
        yield
        return
    heard.status, heard.codes = None, ()
    began = perf_counter()
    try:
        yield
    except Refused as refused:
        heard.codes = refused.codes
        raise
    finally:
        heard.seconds += perf_counter() - began


def status(code: int) -> None:
    """The HTTP status has come."""
    heard = _listening.get()
    if heard is not None:
        heard.status = code
