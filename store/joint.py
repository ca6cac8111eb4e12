"""Small writes of many threads at the same moment, committed together."""

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Lock

from sqlmodel import Session

Put = Callable[[Session], None]
MOST = 200


class Wish:
    """One write that is waited for."""

    def __init__(self, put: Put) -> None:
        self.put, self.done = put, False
        self.error: Exception | None = None


class Joint:
    """Whoever has its turn writes for all that wait by then: a commit costs the same for many."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Session]]) -> None:
        self._begin, self._turn = begin, Lock()
        self._waiting: deque[Wish] = deque()

    def write(self, put: Put) -> None:
        """Returns when it is committed; raises what was in the way of this one."""
        mine = Wish(put)
        self._waiting.append(mine)
        with self._turn:
            while not mine.done:
                self._write([self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))])
        if mine.error:
            raise mine.error

    def _write(self, wishes: list[Wish]) -> None:
        if error := self._commit(wishes):
            for wish in wishes:  # one of them is odd, or none goes through: each by itself
                wish.error = error if len(wishes) == 1 else self._commit([wish])
        for wish in wishes:
            wish.done = True

    def _commit(self, wishes: list[Wish]) -> Exception | None:
        try:
            with self._begin() as tx:
                for wish in wishes:
                    wish.put(tx)
        except Exception as error:
            return error
        return None
