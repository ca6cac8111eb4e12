"""Decisions of people on a row: it is locked while they decide, and what is declined is noted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from actions.errors import Declined, UnknownThing
from store.db import Store
from store.lifecycle import TooLate, note
from store.tables import Operation, Request

R = TypeVar("R", Request, Operation)


class Deciding:
    """Opens the transaction in which somebody decides."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    @contextmanager
    def __call__(
        self, verb: str, of: Callable[[Session, str], R | None], id: str, actor: str
    ) -> Iterator[tuple[Session, R]]:
        """A transaction on one locked row; a click that is declined is put on record too."""
        try:
            with self._store.begin() as tx:
                row = of(tx, id)
                if row is None:
                    raise UnknownThing(f"There is nothing on record as {id}.")
                yield tx, row
        except (Declined, TooLate) as error:
            with self._store.begin() as tx:
                row = of(tx, id)
                words = f"{verb}: {error}"
                note(tx, "declined", actor=actor, at=self._now(), about=row, because=words)
            raise
