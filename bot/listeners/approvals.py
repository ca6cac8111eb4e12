"""Decisions: approve, refuse, ask, withdraw, stop, settle, go on, run late, skip."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.models.views import View

from actions.errors import InvalidInputs, NeedsReason, StaleCard, UnknownThing
from bot.announcer import Announcer
from bot.errors import explain
from bot.listeners.counter import Counter
from bot.listeners.pressing import Body, Pressing, place_of, shows, stays, value_of
from bot.listeners.telling import guarded
from bot.views.card import secret_view, trouble_view, waiting_view
from bot.views.deciding import approve_view, break_glass_view, question_view, refuse_view
from bot.views.story import Story
from store.lifecycle import TooLate
from store.tables import Consent

OfRequest = Callable[..., object]
OfRun = Callable[..., object]
Form = Callable[[Story, Mapping[str, Any]], View]


class Decisions:
    """What each button of a card does; it carries what it is about, marked as ours."""

    def __init__(self, counter: Counter, announcer: Announcer, pressing: Pressing) -> None:
        self._counter, self._announcer, self._pressing = counter, announcer, pressing
        settling, launches, stopping = counter.settling, counter.launches, counter.stopping
        self._of_request: dict[str, OfRequest] = {
            "approve": counter.approvals.approve,
            "withdraw": lambda id, _, actor: counter.desk.withdraw(id, actor=actor),
            "stop": stopping.pause,
            "resume": stopping.resume,
        }
        self._of_run: dict[str, OfRun] = {
            "happened": settling.settle,
            "go_on": settling.go_on,
            "stop_after": settling.stop,
            "run_late": launches.run_late,
            "skip": launches.skip,
        }
        self._forms: dict[str, Form] = {
            "approve_with": approve_view,
            "refuse": lambda _, metadata: refuse_view(metadata),
            "question": lambda _, metadata: question_view(metadata),
        }

    def register(self, app: App) -> None:
        """Listen to all of them."""
        for verb in (*self._of_request, *self._of_run):
            app.action(verb)(self.pressed)
        for verb in self._forms:
            app.action(verb)(self.asked)
        app.action("reveal")(self.reveal)
        for callback in ("approve", "refuse", "question", "break_glass"):
            app.view(callback)(self.filled)

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        verb = body["actions"][0]["action_id"]
        self._pressing.decide(ack, client, body, verb, lambda: self._decide(verb, body))

    def asked(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """A decision that takes words begins."""
        ack()
        verb = body["actions"][0]["action_id"]
        self._pressing.attempt(client, body, verb, lambda: self._open(verb, body, client))

    def ask_alone(self, client: WebClient, body: Body, typed: str) -> None:
        """`/coupon break-glass req_…`, by who has to go alone; raises `Declined` or `TooLate`."""
        request = typed.strip("`'\"“” ")
        story, approvals = self._announcer.story(request), self._counter.approvals
        if story is None:
            raise UnknownThing(f"There is nothing on record as “{request[:80]}”.")
        approvals.allow_alone(self._counter.desk.person(body["user_id"]))
        if story.request.state is not Consent.WAITING:
            raise TooLate(story.request.state)
        view = break_glass_view(story, {"stamp": story.stamp})
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def reveal(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._reveal(body, client))

    def filled(
        self, ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient
    ) -> None:
        """A decision that takes words."""
        metadata, who = json.loads(view["private_metadata"]), body["user"]["id"]
        verb, stamp = view["callback_id"], metadata["stamp"]
        try:
            self._in_words(verb, stamp, who, _said(view))
        except NeedsReason as error:
            ack(response_action="errors", errors={"reason": str(error)})
        except InvalidInputs as error:
            ack(response_action="errors", errors=error.problems)
        except Exception as error:
            ack(response_action="push", view=trouble_view(view["title"]["text"], explain(error)))
            self._pressing.decline(verb, error, who, stamp)
        else:
            # Under it lies the list, if it was opened there: that stays, without what is decided.
            ack() if stays(metadata) else ack(response_action="clear")
            guarded(client, body, lambda: self._pressing.redraw(client, who, metadata))

    def _in_words(self, verb: str, stamp: str, who: str, said: Mapping[str, str]) -> None:
        about, approvals = self._pressing.read(stamp), self._counter.approvals
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

    def _open(self, verb: str, body: Body, client: WebClient) -> None:
        request, version = self._pressing.about(body)
        story = self._announcer.story(request)
        if story is None or story.request.version != version:
            raise StaleCard()
        if story.request.state is not Consent.WAITING:
            raise TooLate(story.request.state)
        view = self._forms[verb](story, {"stamp": value_of(body), **place_of(body)})
        shows(client, body)(trigger_id=body["trigger_id"], view=view)

    def _reveal(self, body: Body, client: WebClient) -> None:
        """The modal is opened first: what is shown only once must find its place."""
        waiting = waiting_view("Only for you", "One moment …", f"secret:{body['trigger_id']}"[:255])
        opened = client.views_open(trigger_id=body["trigger_id"], view=waiting)["view"]["id"]
        try:
            secrets = self._counter.revealing(value_of(body), actor=body["user"]["id"])
            shown = secret_view("Only for you", secrets)
        except Exception as error:
            shown = trouble_view("Only for you", explain(error))
        client.views_update(view_id=opened, view=shown)

    def _decide(self, verb: str, body: Body) -> None:
        who = body["user"]["id"]
        if verb in self._of_request:
            self._of_request[verb](*self._pressing.about(body), actor=who)
        else:
            self._of_run[verb](self._pressing.of_run(body), actor=who)


def _said(view: Mapping[str, Any]) -> dict[str, str]:
    values = view["state"]["values"]
    return {name: str(state["value"]["value"] or "") for name, state in values.items()}
