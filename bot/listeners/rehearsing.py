"""*Send it to me first*: a blast is tried out on the phone of whoever asks for it."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from actions.rehearsing import Rehearsing
from bot.listeners.pressing import Body, Pressing
from bot.listeners.telling import tell

ON_ITS_WAY = "The message goes to your own phone. Its card is in your messages with me."


class Rehearsals:
    """From the button on the asker's card to a request of its own."""

    def __init__(self, rehearsing: Rehearsing, pressing: Pressing) -> None:
        self._rehearsing, self._pressing = rehearsing, pressing

    def register(self, app: App) -> None:
        """Listen to the button."""
        app.action("rehearse")(self.pressed)

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        self._pressing.decide(ack, client, body, "rehearse", lambda: self._ask(body, client))

    def _ask(self, body: Body, client: WebClient) -> None:
        about, team = self._pressing.about(body), (body.get("team") or {}).get("id", "")
        pressed_at = str(body["actions"][0].get("action_ts") or body["trigger_id"])
        self._rehearsing(
            *about, actor=body["user"]["id"], token=f"{about[0]}:{pressed_at}", team=team
        )
        tell(client, body, ON_ITS_WAY)
