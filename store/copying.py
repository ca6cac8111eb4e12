"""Everything that we keep, from one database to another: rows as they stand at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from store import schema
from store.claims import SLOTS
from store.db import Store
from store.queries import whole

PART = 1_000
"""Rows that are in memory at a time."""
HEAVY = {"app_chunk": 50, "app_mark": 50, "app_step_run": 50}
"""And of those that hold answers."""


class CannotCopy(Exception):
    """Raised before anything is changed; its words say what to do."""


def copy(source: Store, target: Store) -> dict[str, int]:
    """All our rows, into a database that holds none; gives how many of each table.

    The engine's own tables stay behind: at the next start it is handed anew what is unfinished,
    and the ledger of calls says of each whether it may be repeated.
    """
    _check_source(source)
    schema.upgrade(target)
    with _snapshot(source) as rows, target.engine.connect() as into, into.begin():
        for table in whole.tables():
            if whole.rows_in(into, table):
                raise CannotCopy(
                    f"The target holds rows already ({table.name}): name an empty one."
                )
        return {table.name: _copy_table(rows, into, table) for table in whole.tables()}


def _check_source(source: Store) -> None:
    has, wants = schema.revision(source)
    if has != wants:
        raise CannotCopy(
            f"Its schema is {has or 'none'}, not {wants}: bring it up with vouchdesk db upgrade."
        )


def check_idle(store: Store) -> None:
    """No bot may be at work on what is moved away, or on what it goes to."""
    if store.is_sqlite:
        return  # `Store.alone` keeps others off
    with store.engine.connect() as connection:
        if whole.bots_at_work(connection, SLOTS):
            raise CannotCopy("A bot is at work on that PostgreSQL database: stop it first.")


@contextmanager
def _snapshot(store: Store) -> Iterator[Connection]:
    """A connection that sees the database as it is now, however long it reads."""
    how: dict[str, Any] = {"reading": True}
    if not store.is_sqlite:
        how |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with store.engine.connect().execution_options(**how) as connection, connection.begin():
        yield connection


def _copy_table(rows: Connection, into: Connection, table: Any) -> int:
    copied = 0
    for part in whole.parts_of(rows, table, HEAVY.get(table.name, PART)):
        into.execute(table.insert(), part)
        copied += len(part)
    if into.dialect.name == "postgresql":
        whole.go_on_counting(into, table)
    return copied
