"""Decisions: approve, refuse, withdraw, settle, go on, run late, skip."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from actions.desk import Desk
from actions.errors import NeedsReason, StaleCard, UnknownThing
from actions.revealing import Revealing
from bot.announcer import Announcer
from bot.errors import explain
from bot.listeners.home import Home
from bot.listeners.telling import guarded
from bot.views.card import secret_view, trouble_view, waiting_view
from bot.views.request import refuse_view
from schedules.launches import Launches
from store.lifecycle import TooLate

Decide = Callable[[str, str], object]
"""Takes a button's value and who pressed it."""


class Decisions:
    """What each button of a card does; it carries an id, and the version that was drawn."""

    def __init__(
        self,
        desk: Desk,
        launches: Launches,
        revealing: Revealing,
        announcer: Announcer,
        home: Home,
    ) -> None:
        self._desk, self._announcer, self._home = desk, announcer, home
        self._revealing = revealing
        self._verbs: dict[str, Decide] = {
            "approve": lambda value, who: desk.approve(*stamped(value), actor=who),
            "withdraw": lambda value, who: desk.withdraw(stamped(value)[0], actor=who),
            "happened": lambda value, who: desk.settle(value, actor=who),
            "go_on": lambda value, who: desk.go_on(value, actor=who),
            "run_late": lambda value, who: launches.run_late(value, actor=who),
            "skip": lambda value, who: launches.skip(value, actor=who),
        }

    def register(self, app: App) -> None:
        """Listen to all of them."""
        for verb in self._verbs:
            app.action(verb)(self.pressed)
        app.action("refuse")(self.ask_why)
        app.action("reveal")(self.reveal)
        app.view("refuse")(self.refuse)

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        press, who = body["actions"][0], body["user"]["id"]
        guarded(client, body, lambda: self._decide(press["action_id"], press["value"], who))
        if body.get("view", {}).get("type") == "home":
            guarded(client, body, lambda: self._home.publish(client, who))

    def ask_why(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        view = refuse_view({"stamp": body["actions"][0]["value"]})
        guarded(client, body, lambda: client.views_open(trigger_id=body["trigger_id"], view=view))

    def reveal(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._reveal(body, client))

    def _reveal(self, body: Mapping[str, Any], client: WebClient) -> None:
        """The modal is opened first: what is shown only once must find its place."""
        waiting = waiting_view("Only for you", "One moment …", f"secret:{body['trigger_id']}"[:255])
        opened = client.views_open(trigger_id=body["trigger_id"], view=waiting)["view"]["id"]
        try:
            secrets = self._revealing(body["actions"][0]["value"], actor=body["user"]["id"])
            shown = secret_view("Only for you", secrets)
        except Exception as error:
            shown = trouble_view("Only for you", explain(error))
        client.views_update(view_id=opened, view=shown)

    def refuse(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        request, version = stamped(json.loads(view["private_metadata"])["stamp"])
        reason = str(view["state"]["values"]["reason"]["value"]["value"] or "")
        try:
            self._desk.refuse(request, version, actor=body["user"]["id"], reason=reason)
        except NeedsReason as error:
            ack(response_action="errors", errors={"reason": str(error)})
        except Exception as error:
            ack(response_action="push", view=trouble_view("Refuse", explain(error)))
            self._announcer.redraw(request)
        else:
            ack(response_action="clear")

    def _decide(self, verb: str, value: str, who: str) -> None:
        try:
            self._verbs[verb](value, who)
        except (TooLate, StaleCard):
            self._announcer.redraw(request_of(value))
            raise


def stamped(value: str) -> tuple[str, int]:
    """Request id and version from a button of a request."""
    request, _, version = value.rpartition(":")
    if not version.isdecimal():
        raise UnknownThing(f"There is nothing on record as “{value[:80]}”.")
    return request, int(version)


def request_of(value: str) -> str:
    """The request that a button of a request or of an operation belongs to."""
    return value.partition(":")[0].partition(".")[0]
