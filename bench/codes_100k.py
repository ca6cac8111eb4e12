"""100,000 codes: what it takes beyond the API, against a script that holds them all."""

from collections.abc import Iterator

from bench.codes import taken
from bench.row import Row

AMOUNT = 100_000


def run(amount: int = AMOUNT) -> Iterator[Row]:
    """One row: seconds beyond the API's own answer, until the file is in Slack."""
    found = taken(amount)
    yield Row(
        "codes_100k",
        found.seconds - found.waited,
        "s beyond the API",
        {
            "under 2 s more than the plain script": found.over < 2,
            "memory grows by less than 100 MiB": found.growth < 100,
        },
        baseline=found.bare - found.waited,
        detail=found.detail,
    )
