"""The pace of an account when several processes call it: one row that all of them take turns at."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from coupontools.pace import Pace, Pacing
from store.db import Store
from store.joint import Joint
from store.queries import replicas

log = logging.getLogger(__name__)

RATE = 5.0
"""Calls a second; twice as many may go out at once after a rest."""


def pace_of(store: Store, account: str, rate: float = RATE) -> Pacing:
    """Who keeps the pace of that account: on SQLite there is one process, so it does."""
    if store.is_sqlite:
        return Pace(rate, _burst(rate))
    return SharedPace(store, account, rate, _burst(rate))


class SharedPace:
    """Reserves a place for each call in the database, and waits for it outside of it."""

    def __init__(
        self,
        store: Store,
        account: str,
        rate: float,
        burst: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store, self._account, self._sleep = store, account, sleep
        self._rate, self._burst = rate, burst
        self._by_itself = Pace(rate, 1, sleep=sleep)
        self._places: Iterator[float] = iter(())
        self._joint = Joint(store.glance, store.committed, self._reserve)

    def wait(self) -> None:
        """Return when the next call may go out."""
        try:
            while not self._had_its_turn():
                continue
        except SQLAlchemyError as error:  # nothing was sent yet: that must not fail over this
            log.warning("the pace is kept without the database (%s)", type(error).__name__)
            self._by_itself.wait()

    def hold(self, seconds: float) -> None:
        """Let nothing through for so long, whichever process asks."""
        self._by_itself.hold(seconds)
        try:
            with self._store.begin() as tx:
                replicas.hold_calls(tx, self._account, max(seconds, 0.0))
        except SQLAlchemyError as error:
            log.warning("only this process holds back (%s)", type(error).__name__)

    def _had_its_turn(self) -> bool:
        """Wait for a place; lost if Coupontools has asked for patience meanwhile."""
        delay = self._joint.write(lambda _: next(self._places))
        if delay <= 0:
            return True
        self._sleep(delay)
        with self._store.glance() as tx:
            return not replicas.calls_held(tx, self._account)

    def _reserve(self, tx: Session, calls: Sequence[str]) -> None:
        """As many places as there are calls that wait; one statement needs no transaction."""
        places = replicas.reserve_calls(tx, self._account, self._rate, self._burst, len(calls))
        self._places = iter(places)


def _burst(rate: float) -> int:
    return max(1, round(2 * rate))
