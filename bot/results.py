"""What an operation brought, as a card: read from the answer that the ledger keeps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from pydantic import ValidationError

from actions.action import AnyAction, Catalog
from actions.brought import Brought
from actions.card import Attachment, Card
from actions.desk import Now
from actions.fields import fields, is_private, masked
from actions.privacy import opened
from store import queries
from store.db import Store
from store.secrets import Vault
from store.tables import Effect, Operation, Progress, Request

log = structlog.get_logger()


class Results:
    """Opens the last answer of an operation and has its action tell it."""

    def __init__(self, store: Store, catalog: Catalog, vault: Vault, now: Now) -> None:
        self._store, self._catalog, self._vault = store, catalog, vault
        self._brought = Brought(store, vault, now)

    def card(self, id: str | None) -> Card | None:
        """What a done operation brought, or the parts that are done; None when that is unknown."""
        with self._store.look() as tx:
            operation = queries.operation_seen(tx, id) if id else None
            runs = queries.step_runs(tx, id) if id else ()
        if operation is None:
            return None
        if card := self._brought.card(self._catalog[operation.action], operation, runs):
            return card
        if operation.state is not Progress.DONE:
            return None
        answers = [run.reply for run in runs if run.effect is Effect.CONFIRMED and run.reply]
        return self._with_a_way_back(operation, answers[-1]) if answers else None

    def _with_a_way_back(self, operation: Operation, answer: str) -> Card:
        """What it brought, and what takes it back, for as long as both are understood."""
        action = self._catalog[operation.action]
        card = self._told(action, operation.id, answer)
        try:
            asked = action.inputs.model_validate(opened(operation.inputs, self._vault))
            done = action.output.model_validate(self._vault.open(answer))
        except ValidationError:
            return card
        back = action.undo.next(asked, done) if action.undo else ()
        return replace(card, offers=(*card.offers, *back))

    def sheet(self, request: Request, due: datetime) -> Attachment:
        """What became of each row of a sheet: what was asked, what was answered."""
        action = self._catalog[request.action]
        names = [name for name, _, _ in fields(action.inputs)]
        titles = _titles(action)
        return Attachment(
            name=f"{request.action}-{due:%Y%m%d-%H%M}.csv",
            columns=("row", *names, "state", "said", *titles),
            rows=lambda: self._rows(request, due, action, titles),
        )

    def _rows(
        self, request: Request, due: datetime, action: AnyAction, titles: Sequence[str]
    ) -> Iterator[Sequence[object]]:
        after = -1
        while part := self._part(request, due, after):
            for operation, reply in part:
                told = self._told(action, operation.id, reply) if reply else None
                found = dict(told.facts) if told else {}
                words = told.text if told else operation.problem
                asked = _asked(action, opened(operation.inputs, self._vault))
                facts = [found.get(title, "") for title in titles]
                yield (operation.row + 1, *asked, operation.state.value, words, *facts)
            after = part[-1][0].row

    def _part(
        self, request: Request, due: datetime, after: int
    ) -> list[tuple[Operation, str | None]]:
        """The next rows, each with its answer once it is done."""
        with self._store.look() as tx:
            found = queries.operations_due(tx, request.id, due, after)
            done = [run.id for run in found if run.state is Progress.DONE]
            replies = queries.replies_of(tx, done)
        return [(run, replies.get(run.id)) for run in found]

    def _told(self, action: AnyAction, operation: str, answer: str) -> Card:
        reply: Mapping[str, object] = self._vault.open(answer)
        try:
            return action.present(action.output.model_validate(reply))
        except ValidationError:
            log.warning("an answer in another shape", operation=operation, action=action.name)
            return Card("It is done; Coupontools answered in a form that Vouchdesk does not know")


def _titles(action: AnyAction) -> list[str]:
    """What the answers tell beside the sentence, as the example shows it."""
    shown = action.present(action.output.model_validate(action.example.reply))
    return [title for title, _ in shown.facts]


def _asked(action: AnyAction, given: Mapping[str, object]) -> list[object]:
    """The inputs in the order of the columns, private ones masked."""
    return [
        masked(given[name]) if is_private(field) and name in given else given.get(name, "")
        for name, field, _ in fields(action.inputs)
    ]
