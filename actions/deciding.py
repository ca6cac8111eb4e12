"""Decisions of people on a row: it is locked while they decide, and what is declined is noted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session

from actions.errors import Declined, UnknownThing
from actions.policy import Person
from store import queries
from store.db import Store
from store.joint import Joint
from store.kinds import Kind
from store.lifecycle import Row, TooLate, note, says
from store.tables import Consent, Operation, Request

R = TypeVar("R", Request, Operation)

MOMENT = timedelta(seconds=1)
"""For so long, whoever presses on a request that is decided is told how it stood."""


class Deciding:
    """Opens the transaction in which somebody decides."""

    def __init__(self, store: Store, now: Callable[[], datetime], surface: str = "slack") -> None:
        self._store, self._now, self._surface = store, now, surface
        self._declined = Joint(self.begin, store.committed)
        self._decided: Request | None = None
        self._at = now()

    @contextmanager
    def __call__(
        self,
        verb: str,
        of: Callable[[Session, str], R | None],
        id: str,
        actor: str,
        person: Person | None = None,
    ) -> Iterator[tuple[Session, R]]:
        """A transaction on one locked row; a click that is declined is put on record too.

        Who is named as a `person` is on record with their roles.
        """
        row: R | None = None
        role = role_of(person)
        try:
            with self.begin(role=role) as tx:
                row = of(tx, id)
                if row is None:
                    raise UnknownThing(f"There is nothing on record as {id}.")
                yield tx, row
        except (Declined, TooLate) as error:
            seen = queries.operation_seen if isinstance(row, Operation) else queries.request_seen
            self.decline(verb, error, actor=actor, of=seen if row else None, id=id, role=role)
            raise

    def early(self, verb: str, id: str, version: int, actor: str) -> None:
        """Let pass what still waits for people, and tell who comes too late without locking it.

        Of a thousand clicks all but the first few end here, and keep nobody waiting.
        """
        decided = self._seen_decided(id, version)
        if decided is not None:
            error = TooLate(str(decided.state))
            self.decline(verb, error, actor=actor, of=lambda *_: decided, id=id)
            raise error

    def _seen_decided(self, id: str, version: int) -> Request | None:
        """The request as it stood a moment ago, if it waits no more: a version never does again."""
        now, seen = self._now(), self._decided
        if seen is None or (seen.id, seen.version) != (id, version) or now - self._at > MOMENT:
            with self._store.glance() as tx:
                seen = queries.request_to_run(tx, id)
            if seen is None or seen.state is Consent.WAITING:
                return None
            self._decided, self._at = seen, now
        return seen

    @contextmanager
    def begin(self, **columns: str) -> Iterator[Session]:
        """A transaction whose lines on record say through which surface somebody decided."""
        with self._store.begin() as tx:
            says(tx, surface=self._surface, **columns)
            yield tx

    def decline(
        self,
        verb: str,
        error: Declined | TooLate,
        *,
        actor: str,
        of: Callable[[Session, str], Row | None] | None = None,
        id: str = "",
        **line: Any,
    ) -> None:
        """Put on record that somebody was told no; once, however many see the error."""
        if error.on_record:
            return
        error.on_record = True
        at, words = self._now(), f"{verb}: {_said(error)}"

        def put(tx: Session) -> None:
            about = of(tx, id) if of else None
            note(tx, Kind.DECLINED, actor=actor, at=at, about=about, because=words, **line)

        self._declined.write(put)


def role_of(person: Person | None) -> str:
    """As the record has it; nothing of whom was not looked up."""
    return ", ".join(sorted(person.roles)) if person else ""


def _said(error: Declined | TooLate) -> str:
    late = isinstance(error, TooLate) and error.state
    return f"too late, it is {late}" if late else str(error)
