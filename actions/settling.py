"""Settling what went wrong: a person looked, or lets it go on."""

from sqlmodel import Session

from actions import rights
from actions.deciding import Deciding
from actions.desk import Now, Submit
from actions.policy import People
from actions.privacy import check_kept
from store import queries
from store.db import Store
from store.lifecycle import TooLate, move
from store.tables import Operation, Progress


class Settling:
    """Decisions of people on runs that failed or are unclear."""

    def __init__(self, store: Store, people: People, submit: Submit, now: Now) -> None:
        self._people, self._submit, self._now = people, submit, now
        self._deciding = Deciding(store, now)

    def settle(self, operation: str, *, actor: str) -> Operation:
        """Somebody looked: an unclear call did happen."""
        person = self._people(actor)
        with self._deciding("settle", queries.operation, operation, actor) as (tx, doubt):
            if doubt.state is not Progress.UNCLEAR:
                raise TooLate(doubt.state)
            rights.to_settle(person, _asker(tx, doubt), again=False)
            now, words = self._now(), "A person looked: it happened."
            move(tx, doubt, Progress.DONE, actor=actor, at=now, because=words, ended_at=now)
            return doubt

    def go_on(self, operation: str, *, actor: str) -> Operation:
        """Take an operation up again at the step that failed, or that did not happen after all."""
        person = self._people(actor)
        with self._deciding("go on", queries.operation, operation, actor) as (tx, stuck):
            unclear = stuck.state is Progress.UNCLEAR
            if not unclear and stuck.state is not Progress.FAILED:
                raise TooLate(stuck.state)
            rights.to_settle(person, _asker(tx, stuck), again=unclear)
            check_kept(stuck)
            now = self._now()
            if unclear:
                words = "A person looked: it did not happen."
                move(tx, stuck, Progress.FAILED, actor=actor, at=now, because=words)
            move(
                tx,
                stuck,
                Progress.READY,
                actor=actor,
                at=now,
                because="Go on",
                round=stuck.round + 1,
                run_at=now,
                problem="",
            )
            self._submit(tx, stuck)
            return stuck


def _asker(tx: Session, operation: Operation) -> str:
    asked = queries.request_seen(tx, operation.request)
    return asked.actor if asked else ""
