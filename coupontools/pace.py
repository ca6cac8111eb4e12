"""How fast an account may call: one bucket for all calls of a process, patience when told so."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Protocol

NEARLY = 1e-9  # what rounding may take away from a token


class Pacing(Protocol):
    """What a client obeys, whoever keeps it."""

    def wait(self) -> None:
        """Return when the next call may go out."""

    def hold(self, seconds: float) -> None:
        """Let nothing through for so long; then the usual pace, without a burst."""


class Pace:
    """Lets `burst` calls through at once and `rate` a second after that, whatever the thread."""

    def __init__(
        self,
        rate: float = 5.0,
        burst: int = 10,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if rate <= 0 or burst < 1:
            raise ValueError("a pace needs a positive rate and a burst of at least one")
        self._rate, self._burst = rate, float(burst)
        self._now, self._sleep = now, sleep
        self._tokens, self._filled_at = self._burst, now()
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next call may go out."""
        while delay := self._take():
            self._sleep(delay)

    def hold(self, seconds: float) -> None:
        """Let nothing through for so long; then no burst, but the usual pace from there."""
        with self._lock:
            self._fill()
            self._filled_at = max(self._filled_at, self._now() + max(seconds, 0.0))
            self._tokens = min(self._tokens, 1.0)

    def _take(self) -> float:
        """Take a token, or say how long to wait before asking again."""
        with self._lock:
            self._fill()
            held = self._filled_at - self._now()
            if held > 0:
                return held
            if self._tokens >= 1 - NEARLY:
                self._tokens -= 1
                return 0.0
            return (1 - self._tokens) / self._rate

    def _fill(self) -> None:
        now = self._now()
        if now > self._filled_at:  # not while held: the bucket fills from the end of the hold
            self._tokens += (now - self._filled_at) * self._rate
            self._tokens = min(self._tokens, self._burst)
            self._filled_at = now
