"""How late pushes go out at a steady pace of twenty a second."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bench import fires
from bench.row import Row
from bench.sums import percentile, spread


def run(rate: float = 20, seconds: float = 15, ahead: float = 12) -> Iterator[Row]:
    """A row for each database: the lateness that 99 of 100 do not exceed."""

    def dues(first: datetime) -> list[datetime]:
        return [first + timedelta(seconds=n / rate) for n in range(round(rate * seconds))]

    for kind, late in fires.lateness(dues, ahead):
        p99 = {name: percentile(values, 0.99) for name, values in late.items()}
        yield Row(
            "lateness",
            p99["vouchdesk"],
            "s, p99",
            {"under 1 s": p99["vouchdesk"] < 1},
            p99[fires.PEERS[kind][0]],
            {
                "a_second": rate,
                "fires": len(late["vouchdesk"]),
                **fires.told(kind, {name: spread(values) for name, values in late.items()}),
            },
        )
