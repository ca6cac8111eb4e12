"""Questions about whole tables: for a copy of everything that we keep."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, func, text
from sqlmodel import SQLModel, select


def tables() -> list[Table]:
    """Ours, each after those it refers to."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name.startswith("app_")]


def rows_in(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def parts_of(connection: Connection, table: Table, size: int) -> Iterator[list[dict[str, Any]]]:
    """All rows, so many at a time, in the order of their keys."""
    asked = table.select().order_by(*table.primary_key.columns)
    streamed = connection.execution_options(stream_results=True, max_row_buffer=size)
    for part in streamed.execute(asked).mappings().partitions(size):
        yield [dict(row) for row in part]


def go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL counts rows apart from the table: the next number is beyond those copied."""
    column = table.autoincrement_column
    newest = None if column is None else connection.execute(select(func.max(column))).scalar()
    if column is None or newest is None:
        return
    asked = text("SELECT setval(pg_get_serial_sequence(:table, :column), :newest)")
    named = {"table": table.name, "column": column.name, "newest": newest}
    connection.execute(asked, named)


def bots_at_work(connection: Connection, slots: int) -> int:
    """How many processes have a place on this PostgreSQL database."""
    asked = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        " AND classid = :slots AND objsubid = 2"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return int(connection.execute(asked, {"slots": slots}).scalar_one())
