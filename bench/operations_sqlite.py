"""Operations a second, asked to done, on SQLite."""

from collections.abc import Iterator

from bench import operations
from bench.row import Row
from bench.stage import SQLITE


def run(count: int = 300) -> Iterator[Row]:
    """One row: SQLite takes one process."""
    yield from operations.run("operations_sqlite", SQLITE, (1,), count)
