"""1,000,000 codes in ten parts: as much memory as 100,000 take, and ten times the time."""

from collections.abc import Iterator

from bench.codes import taken
from bench.row import Row


def run(amount: int = 1_000_000) -> Iterator[Row]:
    """One row; the smaller batch is carried out in the same run."""
    small, large = taken(amount // 10), taken(amount)
    yield Row(
        "codes_1m",
        large.seconds - large.waited,
        "s beyond the API",
        {
            "memory within 20 % of a tenth of them": large.peak < small.peak * 1.2,
            "time is linear, within a quarter": large.seconds < small.seconds * 10 * 1.25,
        },
        baseline=large.bare - large.waited,
        detail={"large": large.detail, "small": small.detail},
    )
