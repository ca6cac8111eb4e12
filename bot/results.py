"""What an operation brought, as a card: read from the answer that the ledger keeps."""

from collections.abc import Mapping

import structlog
from pydantic import ValidationError

from actions.action import Catalog
from actions.card import Card
from store import queries
from store.db import Store
from store.secrets import Vault
from store.tables import Effect

log = structlog.get_logger()


class Results:
    """Opens the last answer of an operation and has its action tell it."""

    def __init__(self, store: Store, catalog: Catalog, vault: Vault) -> None:
        self._store, self._catalog, self._vault = store, catalog, vault

    def card(self, id: str | None) -> Card | None:
        """The result of a done operation; None when its answer is not known."""
        with self._store.look() as tx:
            operation = queries.operation_seen(tx, id) if id else None
            runs = queries.step_runs(tx, id) if id else ()
        answers = [run.reply for run in runs if run.effect is Effect.CONFIRMED and run.reply]
        if operation is None or not answers:
            return None
        action = self._catalog[operation.action]
        reply: Mapping[str, object] = self._vault.open(answers[-1])
        try:
            return action.present(action.output.model_validate(reply))
        except ValidationError:
            log.warning("an answer in another shape", operation=id, action=action.name)
            return Card("It is done; Coupontools answered in a form that Vouchdesk does not know")
