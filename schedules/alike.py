"""The rows of a sheet that are held for one moment are decided on as one."""

from collections.abc import Callable
from contextlib import suppress

from sqlmodel import Session

from store import queries
from store.db import Store
from store.lifecycle import TooLate
from store.tables import Operation, Progress

PART = 100
"""Rows in one transaction: while it is open, clicks wait."""


def for_others(
    store: Store, first: Operation, why: str, decide: Callable[[Session, Operation], None]
) -> None:
    """The same for the other rows that are held as it was, part by part."""
    after = -1
    while True:
        with store.begin() as tx:
            part = queries.operations_due(tx, first.request, first.due, after, PART)
            for run in part:
                if run.state is Progress.HELD and run.held_for == why:
                    with suppress(TooLate):  # somebody decides on it at this moment
                        decide(tx, run)
            if len(part) < PART:
                return
            after = part[-1].row
