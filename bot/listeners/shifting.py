"""*Shift …*: a run, or the next one of a series, is moved to another moment."""

import json
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from actions.desk import Now
from actions.errors import InvalidInputs, StaleCard, UnknownThing
from bot.errors import explain
from bot.listeners.counter import Counter
from bot.listeners.pressing import Body, Pressing, place_of, request_of, shows, stays, value_of
from bot.listeners.telling import guarded
from bot.stories import Stories
from bot.views.card import trouble_view
from bot.views.kinds import value_of as chosen
from bot.views.request import can_shift
from bot.views.shifting import SHIFT, shift_view
from schedules.planning import moment
from store.lifecycle import TooLate
from store.tables import Progress


class Shifts:
    """Opens the modal, and moves what was chosen there."""

    def __init__(self, counter: Counter, stories: Stories, pressing: Pressing, now: Now) -> None:
        self._counter, self._stories, self._pressing = counter, stories, pressing
        self._now = now

    def register(self, app: App) -> None:
        """Listen to both buttons, and to the modal."""
        for verb in ("shift", "shift_run"):
            app.action(verb)(self.pressed)
        app.view(SHIFT)(self.filled)

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        verb = body["actions"][0]["action_id"]
        begin = self._of_request if verb == "shift" else self._of_run
        self._pressing.attempt(client, body, "shift", lambda: begin(body, client))

    def _of_request(self, body: Body, client: WebClient) -> None:
        id, version = self._pressing.about(body)
        story = self._stories.told(id)
        if story is None or story.request.version != version:
            raise StaleCard()
        if not can_shift(story):
            raise TooLate(story.request.state)
        metadata = {"stamp": value_of(body), **place_of(body)}
        view = shift_view(story, story.request.next_at, metadata)
        shows(client, body)(trigger_id=body["trigger_id"], view=view)

    def _of_run(self, body: Body, client: WebClient) -> None:
        run = self._pressing.of_run(body)
        story = self._stories.told(request_of(run))
        held = next((each for each in story.operations if each.id == run), None) if story else None
        if story is None or held is None:
            raise UnknownThing(f"There is nothing on record as “{run[:80]}”.")
        if held.state is not Progress.HELD:
            raise TooLate(held.state)
        view = shift_view(story, held.due, {"run": run, **place_of(body)})
        shows(client, body)(trigger_id=body["trigger_id"], view=view)

    def filled(
        self, ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient
    ) -> None:
        metadata, who = json.loads(view["private_metadata"]), body["user"]["id"]
        try:
            self._shift(view, metadata, who)
        except InvalidInputs as error:
            ack(response_action="errors", errors=error.problems)
        except Exception as error:
            ack(response_action="push", view=trouble_view(view["title"]["text"], explain(error)))
            about = metadata.get("run") or metadata["stamp"]
            self._pressing.decline("shift", error, who, about)
        else:
            ack() if stays(metadata) else ack(response_action="clear")
            guarded(client, body, lambda: self._pressing.redraw(client, who, metadata))

    def _shift(self, view: dict[str, Any], metadata: dict[str, Any], who: str) -> None:
        zone, shifting = self._counter.desk.person(who).zone, self._counter.shifting
        said = next(iter(view["state"]["values"]["when_at"].values()))
        at = moment(str(chosen(said) or "never"), zone, self._now())
        if run := metadata.get("run"):
            shifting.shift_run(run, at, actor=who, token=view["id"])
        else:
            id, version = self._pressing.read(metadata["stamp"])
            shifting.shift(id, version, at, actor=who, token=view["id"])
