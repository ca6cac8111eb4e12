"""A workflow reached one of our steps, or somebody who builds one opened a menu of it."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltResponse, Complete, Fail
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import DBAPIError

from actions import rights
from actions.desk import Desk
from actions.errors import NotAllowed
from actions.lookups import Lookups
from bot import steps
from bot.errors import explain
from bot.executions import Executions
from bot.people import is_slack_id
from bot.views.kinds import line

OFFERS, ANY = re.compile(f"^{steps.OFFERS}"), re.compile(".*")
UNKNOWN = "Slack does not say who builds this workflow, so nothing is offered."
NOT_KEPT = BoltResponse(status=503)
"""Slack sends it again."""

log = structlog.get_logger()


class Steps:
    """Takes what workflows ask, and fills the menus of Workflow Builder."""

    def __init__(self, coming: Executions, desk: Desk, lookups: Lookups) -> None:
        self._coming, self._desk, self._lookups = coming, desk, lookups

    def register(self, app: App) -> None:
        """Listen to all steps: one that is no more has to be told so."""
        app.function(OFFERS, auto_acknowledge=False)(self.offer)
        app.function(ANY, auto_acknowledge=False)(self.run)

    def run(self, ack: Ack, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        """Kept, then Slack is answered, then asked: whatever dies in between is taken up again."""
        try:
            id = self._coming.keep(event, str(body.get("team_id") or ""))
        except DBAPIError as error:
            log.warning("a step was not kept", error=explain(error))
            ack.response = NOT_KEPT
            return
        ack()
        try:
            self._coming.take(id)
        except DBAPIError as error:
            log.warning("a step waits", execution=id, error=explain(error))

    def offer(self, ack: Ack, event: Mapping[str, Any], complete: Complete, fail: Fail) -> None:
        """Slack is answered last: it waits for the options, three seconds at the most."""
        try:
            try:
                complete({"options": self._options(event)})
            except (SlackApiError, SlackClientError, OSError):
                raise
            except Exception as error:
                fail(explain(error))
        except (SlackApiError, SlackClientError, OSError) as error:
            log.warning("a menu was not filled", error=str(error)[:200])
        finally:
            ack()

    def _options(self, event: Mapping[str, Any]) -> list[dict[str, Any]]:
        inputs = event.get("inputs") or {}
        builder = steps.asker_of(inputs, steps.BUILDER)
        if not is_slack_id(builder):
            raise NotAllowed(UNKNOWN)
        rights.to_ask(self._desk.person(builder))
        source = steps.source_of(event["function"]["callback_id"], self._desk.catalog)
        typed = str(inputs.get(steps.QUERY) or "")
        found = self._lookups.options(source, self._desk.account(), typed)
        shown = (line(option).to_dict() for option in found)
        return [{"text": each["text"], "value": each["value"]} for each in shown]
