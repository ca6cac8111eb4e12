"""The home tab was opened; an action was chosen there or in the launcher."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.models.views import View

from actions import rights
from actions.desk import Desk
from actions.voices import Voices
from bot.agenda import Agenda
from bot.errors import explain
from bot.grammar import parse
from bot.listeners.opening import Opener
from bot.listeners.telling import guarded
from bot.outgoing import Outgoing
from bot.stories import Stories
from bot.views.home import closed_view, home_view
from bot.views.subscribing import Listed


class Home:
    """Publishes a person's home tab as things stand."""

    def __init__(
        self,
        desk: Desk,
        stories: Stories,
        outgoing: Outgoing,
        voices: Voices,
        agenda: Agenda,
    ) -> None:
        self._desk, self._stories, self._delegating = desk, stories, outgoing.delegating
        self._voices, self._stops, self._agenda = voices, outgoing.stops, agenda
        self._subscribing = outgoing.subscribing

    def publish(self, client: WebClient, person: str, kept: Sequence[str] = ()) -> None:
        """Draw it for that person, what is `kept` in its place; a guest is shown why not."""
        try:
            view = self._drawn(person, kept)
        except Exception as error:
            view = closed_view(explain(error))
        client.views_publish(user_id=person, view=view)

    def _drawn(self, id: str, kept: Sequence[str]) -> View:
        voices, stories = self._voices(id), self._stories
        rights.to_ask(voices[0].of)
        waiting, notes = stories.deciding(voices, kept), self._delegating.lines(id)
        mine, coming, unclear = stories.mine(id), self._agenda.at_home(voices), stories.unclear()
        stops = self._stops.standing()
        subscribed = self._subscribed(id)
        return home_view(
            mine, waiting, coming, unclear, stops=stops, notes=notes, subscribed=subscribed
        )

    def _subscribed(self, id: str) -> list[Listed]:
        """All subscriptions; who may end them has a button for it."""
        found, may = self._subscribing.of(), self._subscribing.may(id)
        return [Listed(each, self._subscribing.stamp(each) if may else "") for each in found]


def register(app: App, home: Home, opener: Opener) -> None:
    """Listen to the home tab and the launcher."""

    @app.event("app_home_opened")
    def opened(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab", "home") == "home":
            home.publish(client, event["user"])

    @app.action(re.compile("^start:"))
    def start(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: begin(body, client))

    def begin(body: Mapping[str, Any], client: WebClient) -> None:
        """The button says what somebody would type."""
        said, view = parse(body["actions"][0]["value"]), body.get("view") or {}
        metadata = json.loads(view.get("private_metadata") or "{}")
        opener.open(
            client,
            said.words[0],
            said.given,
            trigger=body["trigger_id"],
            actor=body["user"]["id"],
            channel=metadata.get("channel", ""),
            push=view.get("type") == "modal",
        )
