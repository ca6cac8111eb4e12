"""Steps of workflows on their way in: kept before Slack is answered, then asked for, once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError

from actions.action import AnyAction, Risk
from actions.desk import Desk, Now
from actions.errors import InvalidInputs, NotAllowed, UnknownAction
from actions.fields import fields, title_of
from bot import steps
from bot.errors import explain
from bot.people import PersonUnknown, is_slack_id
from store import queries
from store.db import Store
from store.queries import executions
from store.secrets import Vault
from store.tables import Execution

HANDS_OFF = timedelta(seconds=10)
"""For so long the job leaves a step to the listener that has kept it."""
PAUSE, TRIES = timedelta(seconds=20), 15
"""How often Slack is asked who somebody is, before the step fails."""

NOBODY = (
    "This workflow was started by no person, so nobody asks and nobody's rights are known. Let it "
    "begin with a click, or put a message with a button before this step."
)
GONE = "There is no step of this name any more. Choose another one in Workflow Builder."
OUTCOME, WORDS = "outputs", "words"

log = structlog.get_logger()


class Executions:
    """Keeps runs of steps, and hands them in as what people ask."""

    def __init__(self, store: Store, vault: Vault, desk: Desk, now: Now) -> None:
        self._store, self._vault, self._desk, self._now = store, vault, desk, now

    def keep(self, event: Mapping[str, Any], team: str) -> str:
        """Put it on record, unless it is there already; its id."""
        inputs, function = event.get("inputs") or {}, event["function"]
        now, id = self._now(), str(event["function_execution_id"])
        kept = Execution(
            id=id,
            step=str(function["callback_id"]),
            actor=steps.asker_of(inputs),
            team=team,
            inputs=self._vault.seal({k: v for k, v in inputs.items() if k != steps.ASKER}),
            outputs=[str(each["name"]) for each in function.get("output_parameters") or ()],
            at=now,
            retry_at=now + HANDS_OFF,
        )
        try:
            with self._store.begin() as tx:
                if executions.execution(tx, id) is None:
                    tx.add(kept)
        except IntegrityError:
            log.info("a step came twice at the same moment", execution=id)
        return id

    def take(self, id: str) -> None:
        """Hand it in, if that was not done; what is declined is how it ends."""
        with self._store.look() as tx:
            kept = executions.execution_seen(tx, id)
            asked = queries.request_of_token(tx, id)
        if kept is None or kept.request or kept.ending or kept.told_at:
            return
        if asked:  # the process died right after
            self._settle(id, request=asked.id)
            return
        try:
            self._hand_in(kept)
        except DBAPIError:
            raise  # it is kept: its turn comes again
        except PersonUnknown as error:
            if kept.tries >= TRIES:
                self._decline(id, str(error))
            else:
                self._later(id)

    def _hand_in(self, kept: Execution) -> None:
        """Raises only what may be better later."""
        try:
            action = steps.action_of(kept.step, self._desk.catalog)
        except UnknownAction:
            self._decline(kept.id, GONE)
            return
        try:
            self._ask(kept, action)
        except (DBAPIError, PersonUnknown):
            raise
        except Exception as error:
            self._decline(kept.id, _words(action, error))

    def _ask(self, kept: Execution, action: AnyAction) -> None:
        if not is_slack_id(kept.actor):
            raise NotAllowed(NOBODY)
        raw = steps.raw_of(action, self._vault.open(kept.inputs))
        if action.risk is Risk.READ:
            read = self._desk.read(action.name, raw, actor=kept.actor, surface=steps.SURFACE)
            self._settle(kept.id, ending={OUTCOME: steps.given(read.card)})
            return
        request = self._desk.ask(
            action.name, raw, actor=kept.actor, token=kept.id, team=kept.team, surface=steps.SURFACE
        )
        self._settle(kept.id, request=request.id)

    def _decline(self, id: str, words: str) -> None:
        self._settle(id, ending={WORDS: words})

    def _settle(
        self, id: str, *, request: str | None = None, ending: Mapping[str, Any] | None = None
    ) -> None:
        """What came of it; the desk has the inputs now, or nobody needs them."""
        with self._store.begin() as tx:
            kept = executions.execution(tx, id)
            if kept is None or kept.request or kept.ending or kept.told_at:
                return
            kept.request, kept.inputs = request, ""
            kept.ending = self._vault.seal(ending) if ending else ""
            kept.tries, kept.retry_at = 0, None
            tx.add(kept)

    def _later(self, id: str) -> None:
        with self._store.begin() as tx:
            kept = executions.execution(tx, id)
            if kept:
                kept.tries, kept.retry_at = kept.tries + 1, self._now() + PAUSE
                tx.add(kept)


def _words(action: AnyAction, error: Exception) -> str:
    """Why not; where fields are wrong, each by the name that Workflow Builder shows."""
    if not isinstance(error, InvalidInputs):
        return explain(error)
    titles = {name: title_of(name, field) for name, field, _ in fields(action.inputs)}
    said = [
        f"{titles.get(name, name)}: {words}" if name else words
        for name, words in error.problems.items()
    ]
    return " ".join(said)
