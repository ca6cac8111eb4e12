"""Settling what went wrong: a person looked, or lets it go on."""

from sqlmodel import Session

from actions import rights
from actions.action import Catalog
from actions.calls import confirmed, newest
from actions.deciding import Deciding
from actions.desk import Now, Submit
from actions.policy import People
from actions.privacy import check_kept, opened
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import TooLate, move, note
from store.secrets import Vault
from store.tables import Effect, Operation, Progress

HAPPENED = "A person looked: it happened."
STOPPING = Kind.STOPPING
"""What the record calls it when somebody wants no more calls of a run."""


class Settling:
    """Decisions of people on runs that failed or are unclear."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        vault: Vault,
        people: People,
        submit: Submit,
        now: Now,
    ) -> None:
        self._catalog, self._vault = catalog, vault
        self._people, self._submit, self._now = people, submit, now
        self._deciding = Deciding(store, now)

    def settle(self, operation: str, *, actor: str) -> Operation:
        """Somebody looked: an unclear call did happen. What is to follow it goes on."""
        person = self._people(actor)
        with self._deciding("settle", queries.operation, operation, actor, person) as (tx, doubt):
            if doubt.state is not Progress.UNCLEAR:
                raise TooLate(doubt.state)
            rights.to_settle(person, _asker(tx, doubt), again=False)
            now, words = self._now(), HAPPENED
            if self._has_more_parts(tx, doubt):
                self._submit_again(tx, doubt, actor, f"{words} The rest goes on.")
            else:
                move(tx, doubt, Progress.DONE, actor=actor, at=now, because=words, ended_at=now)
            return doubt

    def go_on(self, operation: str, *, actor: str) -> Operation:
        """Take an operation up again at the step that failed, or that did not happen after all."""
        person = self._people(actor)
        with self._deciding("go on", queries.operation, operation, actor, person) as (tx, stuck):
            unclear = stuck.state is Progress.UNCLEAR
            if not unclear and stuck.state is not Progress.FAILED:
                raise TooLate(stuck.state)
            rights.to_settle(person, _asker(tx, stuck), again=unclear)
            check_kept(stuck)
            now = self._now()
            if unclear:
                words = "A person looked: it did not happen."
                move(tx, stuck, Progress.FAILED, actor=actor, at=now, because=words)
            self._submit_again(tx, stuck, actor, "Go on", stop_by="")
            return stuck

    def stop(self, operation: str, *, actor: str) -> Operation:
        """No call of it is made after the one that is out; *go on* takes it up again."""
        person = self._people(actor)
        with self._deciding("stop", queries.operation, operation, actor, person) as (tx, running):
            if running.state not in (Progress.READY, Progress.RUNNING) or running.stop_by:
                raise TooLate(running.state)
            rights.to_settle(person, _asker(tx, running), again=False)
            running.stop_by = person.name
            tx.add(running)
            note(tx, STOPPING, actor=actor, at=self._now(), about=running)
            return running

    def _has_more_parts(self, tx: Session, doubt: Operation) -> bool:
        """Whether calls are to follow that need no answer of this one; then it counts as made."""
        action, runs = self._catalog[doubt.action], queries.step_runs(tx, doubt.id)
        run = newest(runs, len(confirmed(runs)))
        if run is None or doubt.pruned_at is not None:
            return False
        inputs = action.inputs.model_validate(opened(doubt.inputs, self._vault))
        count = len(action.steps_of(inputs))
        if count == len(action.steps):
            return False  # not in parts: what is left may build on the answer
        run.effect, run.problem = Effect.CONFIRMED, HAPPENED
        tx.add(run)
        return run.position + 1 < count

    def _submit_again(
        self, tx: Session, operation: Operation, actor: str, because: str, **also: str
    ) -> None:
        now = self._now()
        move(
            tx,
            operation,
            Progress.READY,
            actor=actor,
            at=now,
            because=because,
            round=operation.round + 1,
            run_at=now,
            problem="",
            **also,
        )
        self._submit(tx, operation)


def _asker(tx: Session, operation: Operation) -> str:
    asked = queries.request_seen(tx, operation.request)
    return asked.actor if asked else ""
