"""The account and what happens around it: the record of calls, and trouble to come."""

from collections import deque
from threading import Lock
from typing import Any

from sandbox.coupontools import seed
from sandbox.coupontools.faults import Faults

REMEMBERED = 200_000


class World:
    """All that a reset renews."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.reset()

    def reset(self, **sizes: int) -> None:
        account = seed.fresh(**sizes)
        with self.lock:
            self.account, self.faults = account, Faults()
            self.calls: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
