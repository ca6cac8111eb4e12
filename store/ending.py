"""What is written when a transaction ends: all lines of one table together."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

ROWS = "rows"
"""Under this name a transaction's `info` keeps them."""

Rows = dict[type[SQLModel], list[dict[str, Any]]]


@contextmanager
def ending(tx: Session) -> Iterator[None]:
    """What is put down within is written at its end, in its order, if nothing goes wrong."""
    outer: Rows | None = tx.info.get(ROWS)
    rows: Rows = {}
    tx.info[ROWS] = rows
    try:
        yield
    finally:
        tx.info[ROWS] = outer
    if outer is not None:
        for table, some in rows.items():
            outer.setdefault(table, []).extend(some)
        return
    tx.flush()  # what they are about comes first
    for table, some in rows.items():
        tx.connection().execute(insert(table), some)


def put_down(tx: Session, table: type[SQLModel], **columns: Any) -> None:
    """A row that nobody in this transaction looks at again."""
    tx.info[ROWS].setdefault(table, []).append(_defaults(table) | columns)


@cache
def _defaults(table: type[SQLModel]) -> dict[str, Any]:
    """Of the columns that need not be named; keys that the database gives are left out."""
    keys = {column.name for column in table.__table__.primary_key}  # type: ignore[attr-defined]  # SQLModel
    given = table.model_fields.items()
    return {
        name: field.default for name, field in given if name not in keys and not field.is_required()
    }
