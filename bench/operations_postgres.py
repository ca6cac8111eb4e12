"""Operations a second, asked to done, on PostgreSQL."""

from collections.abc import Iterator

from bench import operations
from bench.row import Row
from bench.stage import POSTGRES


def run(count: int = 300) -> Iterator[Row]:
    """Two rows: one replica, and three."""
    yield from operations.run("operations_postgres", POSTGRES, (1, 3), count)
