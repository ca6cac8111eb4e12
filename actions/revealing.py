"""Secrets in answers: sealed until the person who asked looks, once, and gone after that."""

from collections.abc import Callable, Sequence
from datetime import datetime

from actions.action import Catalog
from actions.deciding import Deciding
from actions.errors import NotAllowed, UnknownThing
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.secrets import Vault
from store.tables import Effect

Secrets = Sequence[tuple[str, str]]


class Revealing:
    """Shows what only one person may see; that it was shown is on record, what it was is not."""

    def __init__(
        self, store: Store, catalog: Catalog, vault: Vault, now: Callable[[], datetime]
    ) -> None:
        self._catalog, self._vault, self._now = catalog, vault, now
        self._deciding = Deciding(store, now)

    def __call__(self, operation: str, *, actor: str) -> Secrets:
        """Titles and values; raises `NotAllowed`, or `UnknownThing` when they were seen already."""
        with self._deciding("show", queries.operation, operation, actor) as (tx, run):
            request = queries.request_seen(tx, run.request)
            if request is None or request.actor != actor:
                raise NotAllowed("Only the person who asked may see this.")
            action = self._catalog[run.action]
            kept = [
                step
                for step in queries.step_runs(tx, operation)
                if step.effect is Effect.CONFIRMED and step.reply
            ]
            if action.secrets is None or not kept:
                raise UnknownThing("It was shown already, and is not kept. Ask for it again.")
            reply = self._vault.open(kept[-1].reply or "")
            for step in kept:
                step.reply = None
                tx.add(step)
            note(tx, Kind.SHOWN, actor=actor, at=self._now(), about=run, tell=True)
            return action.secrets(action.output.model_validate(reply))
