"""Decisions: approve, refuse, ask, withdraw, stop, settle, go on, run late, skip."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from actions.errors import InvalidInputs, NeedsReason, StaleCard, UnknownThing
from bot.announcer import Announcer
from bot.errors import explain
from bot.listeners.counter import Counter
from bot.listeners.home import Home
from bot.listeners.telling import guarded
from bot.views.card import secret_view, trouble_view, waiting_view
from bot.views.deciding import approve_view, break_glass_view, question_view, refuse_view
from store.lifecycle import TooLate
from store.secrets import Forged

Decide = Callable[[str, str], object]
"""Takes a button's value and who pressed it."""


class Decisions:
    """What each button of a card does; it carries what it is about, marked as ours."""

    def __init__(self, counter: Counter, announcer: Announcer, home: Home) -> None:
        self._counter, self._announcer, self._home = counter, announcer, home
        desk, approvals, stopping = counter.desk, counter.approvals, counter.stopping
        settling, launches = counter.settling, counter.launches
        self._verbs: dict[str, Decide] = {
            "approve": lambda value, who: approvals.approve(*self._stamped(value), actor=who),
            "withdraw": lambda value, who: desk.withdraw(self._stamped(value)[0], actor=who),
            "stop": lambda value, who: stopping.pause(*self._stamped(value), actor=who),
            "resume": lambda value, who: stopping.resume(*self._stamped(value), actor=who),
            "happened": lambda value, who: settling.settle(value, actor=who),
            "go_on": lambda value, who: settling.go_on(value, actor=who),
            "run_late": lambda value, who: launches.run_late(value, actor=who),
            "skip": lambda value, who: launches.skip(value, actor=who),
        }

    def register(self, app: App) -> None:
        """Listen to all of them."""
        for verb in self._verbs:
            app.action(verb)(self.pressed)
        app.action("approve_with")(self.ask_reach)
        app.action("refuse")(self.ask_why)
        app.action("question")(self.ask_what)
        app.action("reveal")(self.reveal)
        for callback in ("approve", "refuse", "question", "break_glass"):
            app.view(callback)(self.filled)

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        press, who = body["actions"][0], body["user"]["id"]
        guarded(client, body, lambda: self._decide(press["action_id"], press["value"], who))
        if body.get("view", {}).get("type") == "home":
            guarded(client, body, lambda: self._home.publish(client, who))

    def ask_reach(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._ask_reach(body, client))

    def ask_why(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._open(body, client, refuse_view({"stamp": body["actions"][0]["value"]}))

    def ask_what(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._open(body, client, question_view({"stamp": body["actions"][0]["value"]}))

    def ask_alone(self, client: WebClient, body: Mapping[str, Any], request: str) -> None:
        """The form of somebody who has to go alone."""
        story = self._announcer.story(request)
        if story is None:
            raise UnknownThing(f"There is nothing on record as “{request[:80]}”.")
        view = break_glass_view(story, {"stamp": story.stamp})
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def reveal(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._reveal(body, client))

    def filled(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """A decision that takes words."""
        stamp, who = json.loads(view["private_metadata"])["stamp"], body["user"]["id"]
        request = request_of(stamp)
        try:
            self._in_words(view["callback_id"], stamp, who, _said(view))
        except NeedsReason as error:
            ack(response_action="errors", errors={"reason": str(error)})
        except InvalidInputs as error:
            ack(response_action="errors", errors=error.problems)
        except Exception as error:
            ack(response_action="push", view=trouble_view(view["title"]["text"], explain(error)))
            self._announcer.redraw(request)
        else:
            ack(response_action="clear")

    def _in_words(self, verb: str, stamp: str, who: str, said: Mapping[str, str]) -> None:
        about, approvals = self._stamped(stamp), self._counter.approvals
        match verb:
            case "approve":
                comment, reached = said.get("comment", ""), said.get("reached")
                approvals.approve(*about, actor=who, comment=comment, reached=reached)
            case "refuse":
                approvals.refuse(*about, actor=who, reason=said.get("reason", ""))
            case "question":
                approvals.question(*about, actor=who, words=said.get("question", ""))
            case _:
                approvals.break_glass(*about, actor=who, reason=said.get("reason", ""))

    def _ask_reach(self, body: Mapping[str, Any], client: WebClient) -> None:
        stamp = body["actions"][0]["value"]
        request, version = self._stamped(stamp)
        story = self._announcer.story(request)
        if story is None or story.request.version != version:
            self._announcer.redraw(request)
            raise StaleCard()
        view = approve_view(story, {"stamp": stamp})
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def _open(self, body: Mapping[str, Any], client: WebClient, view: Any) -> None:
        guarded(client, body, lambda: client.views_open(trigger_id=body["trigger_id"], view=view))

    def _reveal(self, body: Mapping[str, Any], client: WebClient) -> None:
        """The modal is opened first: what is shown only once must find its place."""
        waiting = waiting_view("Only for you", "One moment …", f"secret:{body['trigger_id']}"[:255])
        opened = client.views_open(trigger_id=body["trigger_id"], view=waiting)["view"]["id"]
        try:
            secrets = self._counter.revealing(body["actions"][0]["value"], actor=body["user"]["id"])
            shown = secret_view("Only for you", secrets)
        except Exception as error:
            shown = trouble_view("Only for you", explain(error))
        client.views_update(view_id=opened, view=shown)

    def _decide(self, verb: str, value: str, who: str) -> None:
        try:
            self._verbs[verb](value, who)
        except (TooLate, StaleCard):
            self._announcer.redraw(request_of(value))
            raise

    def _stamped(self, value: str) -> tuple[str, int]:
        """Request id and version from a button of a request; what we did not draw is on record."""
        try:
            request, _, version = self._counter.vault.stamped(value).rpartition(":")
            return request, int(version)
        except (Forged, ValueError):
            raise UnknownThing(f"There is nothing on record as “{value[:80]}”.") from None


def request_of(value: str) -> str:
    """The request that a button of a request or of an operation belongs to."""
    return value.partition(":")[0].partition(".")[0]


def _said(view: Mapping[str, Any]) -> dict[str, str]:
    values = view["state"]["values"]
    return {name: str(state["value"]["value"] or "") for name, state in values.items()}
