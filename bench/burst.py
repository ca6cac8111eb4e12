"""Two thousand pushes due in the same second: when the last of them has begun."""

from collections.abc import Iterator
from datetime import datetime

from bench import fires
from bench.row import Row
from bench.sums import spread

LONGEST = 10.0


def run(fires_at_once: int = 2_000, ahead: float = 20) -> Iterator[Row]:
    """A row for each database: seconds until the last one is sent."""

    def dues(first: datetime) -> list[datetime]:
        return [first] * fires_at_once

    for kind, late in fires.lateness(dues, ahead):
        last = {name: max(values) for name, values in late.items()}
        yield Row(
            "burst",
            last["vouchdesk"],
            "s until the last has begun",
            {f"at most {LONGEST:g} s": last["vouchdesk"] <= LONGEST},
            last[fires.PEERS[kind][0]],
            {
                "fires": fires_at_once,
                **fires.told(kind, {name: spread(values) for name, values in late.items()}),
            },
        )
