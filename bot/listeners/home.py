"""The home tab was opened; an action was chosen there or in the launcher."""

import json
import re
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.listeners.opening import Opener
from bot.listeners.telling import guarded
from bot.stories import Stories
from bot.views.home import home_view


class Home:
    """Publishes a person's home tab as things stand."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories

    def publish(self, client: WebClient, person: str) -> None:
        """Draw it for that person."""
        stories = self._stories
        view = home_view(
            stories.mine(person), stories.waiting(person), stories.coming(), stories.unclear()
        )
        client.views_publish(user_id=person, view=view)


def register(app: App, home: Home, opener: Opener) -> None:
    """Listen to the home tab and the launcher."""

    @app.event("app_home_opened")
    def opened(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab", "home") == "home":
            home.publish(client, event["user"])

    @app.action(re.compile("^start:"))
    def start(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        name, in_modal = body["actions"][0]["value"], body["view"]["type"] == "modal"
        metadata = json.loads(body["view"].get("private_metadata") or "{}")
        guarded(
            client,
            body,
            lambda: opener.open(
                client,
                name,
                {},
                trigger=body["trigger_id"],
                actor=body["user"]["id"],
                channel=metadata.get("channel", ""),
                push=in_modal,
            ),
        )
