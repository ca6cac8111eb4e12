"""How often each method may be called: buckets that fill at Slack's pace, with room for bursts."""

import math
import time
from dataclasses import dataclass

# tier: calls a minute, and how many may come at once; generous to one person at a demo
TIERS = {
    "1": (1, 10),
    "2": (20, 40),
    "3": (50, 100),
    "4": (100, 200),
    "message": (60, 30),
    "special": (600, 600),
}


@dataclass
class Bucket:
    left: float
    seen: float


class Limits:
    """Counts calls; says how long to wait when there were too many."""

    def __init__(self, on: bool) -> None:
        self.on = on
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def wait(self, method: str, tier: str, where: str) -> int:
        """Seconds until this call would be taken; 0 takes it now."""
        if not self.on:
            return 0
        minute, burst = TIERS[tier]
        now = time.monotonic()
        bucket = self._buckets.setdefault((method, where), Bucket(burst, now))
        bucket.left = min(burst, bucket.left + (now - bucket.seen) * minute / 60)
        bucket.seen = now
        if bucket.left >= 1:
            bucket.left -= 1
            return 0
        return max(1, math.ceil((1 - bucket.left) * 60 / minute))

    def forget(self) -> None:
        self._buckets.clear()
