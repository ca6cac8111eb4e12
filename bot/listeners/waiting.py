"""`/coupon-approvals`: what waits for somebody, in a modal that is drawn anew as they decide."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.models.views import View

from actions import rights
from actions.voices import Voice
from bot.listeners.telling import guarded
from bot.stories import Stories
from bot.views.waiting import queue_view


class Waiting:
    """Opens the list and draws it again."""

    def __init__(self, voices: Callable[[str], Sequence[Voice]], stories: Stories) -> None:
        self._voices, self._stories = voices, stories

    def open(self, client: WebClient, *, trigger: str, actor: str) -> None:
        """The list as it stands; raises `NotAllowed`."""
        client.views_open(trigger_id=trigger, view=self._drawn(actor))

    def redraw(
        self, client: WebClient, place: Mapping[str, Any], actor: str, note: str = ""
    ) -> None:
        """The list again, in the modal where it is open; what it showed keeps its place."""
        view = self._drawn(actor, place["page"], note, place["kept"])
        client.views_update(view_id=place["list"], view=view)

    def turn(self, ack: Ack, body: Mapping[str, Any], client: WebClient) -> None:
        ack()
        page, actor, view = int(body["actions"][0]["value"]), body["user"]["id"], body["view"]
        place = {**json.loads(view["private_metadata"]), "list": view["id"], "page": page}
        guarded(client, body, lambda: self.redraw(client, place, actor))

    def _drawn(self, actor: str, page: int = 0, note: str = "", kept: Sequence[str] = ()) -> View:
        voices = self._voices(actor)
        rights.to_ask(voices[0].of)
        return queue_view(self._stories.deciding(voices, kept), page, note)


def register(app: App, waiting: Waiting) -> None:
    """Listen to the buttons that turn its pages."""
    app.action(re.compile("^queue:"))(waiting.turn)
