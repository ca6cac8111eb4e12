"""Small writes of many threads at the same moment, committed together."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from threading import Lock
from time import monotonic, sleep
from typing import Any, Generic, TypeVar

from sqlmodel import Session

R = TypeVar("R")
Put = Callable[[Session], R]
MOST = 200
APART = 0.03
"""Seconds between two commits where nobody waits for them with a finger on a button."""


class Wish(Generic[R]):
    """One write that is waited for."""

    def __init__(self, put: Put[R], about: str) -> None:
        self.put, self.about, self.done = put, about, False
        self.info: dict[str, Any] = {}
        self.result: R
        self.error: Exception | None = None


def _nothing(_: Session, __: Sequence[str]) -> None:
    """Each write asks for what it needs."""


class Joint:
    """Whoever has its turn writes for all that wait by then: a commit costs the same for many.

    `apart` is how many seconds there are at the least between two of them: one that comes alone
    waits for nothing, and of many the next ones go together.
    """

    def __init__(
        self,
        begin: Callable[[], AbstractContextManager[Session]],
        committed: Callable[[Mapping[str, Any]], None],
        load: Callable[[Session, Sequence[str]], object] = _nothing,
        apart: float = 0.0,
    ) -> None:
        """`load` gets at once what many writes are about; each of them is told its own `info`."""
        self._begin, self._committed, self._load = begin, committed, load
        self._turn, self._waiting = Lock(), deque[Wish[Any]]()
        self._apart, self._next = apart, 0.0

    def write(self, put: Put[R], about: str = "") -> R:
        """What it gives, once that is committed; raises what was in the way of this one."""
        mine = Wish(put, about)
        self._waiting.append(mine)
        with self._turn:
            while not mine.done:
                sleep(max(self._next - monotonic(), 0.0))
                self._next = monotonic() + self._apart
                self._write([self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))])
        if mine.error:
            raise mine.error
        self._committed(mine.info)
        return mine.result

    def _write(self, wishes: list[Wish[Any]]) -> None:
        if error := self._commit(wishes):
            for wish in wishes:  # one of them is odd, or none goes through: each by itself
                wish.error = error if len(wishes) == 1 else self._commit([wish])
        for wish in wishes:
            wish.done = True

    def _commit(self, wishes: list[Wish[Any]]) -> Exception | None:
        try:
            with self._begin() as tx:
                for_all = {**tx.info}
                at_hand = self._load(tx, [wish.about for wish in wishes])
                for wish in wishes:
                    tx.info.clear()
                    tx.info.update(for_all)
                    wish.result = wish.put(tx)
                    wish.info = {**tx.info}
                tx.info.clear()
                tx.info.update(for_all)
                del at_hand  # a session forgets what nobody has
        except Exception as error:
            return error
        return None
