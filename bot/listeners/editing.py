"""*Change …* and *Change and ask again …*: the form of a request, filled with what was asked."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from actions.editing import Editing, Wish
from bot.forms.when import when_asked
from bot.listeners.opening import Opener
from bot.listeners.pressing import Body, Pressing, place_of, stays, value_of

Begin = Callable[..., Wish]


class Edits:
    """Opens the form; what is submitted there changes the request, or asks for a new one."""

    def __init__(self, editing: Editing, opener: Opener, pressing: Pressing) -> None:
        self._opener, self._pressing = opener, pressing
        self._begin: dict[str, Begin] = {
            "edit": editing.to_change,
            "ask_again": editing.to_ask_again,
        }

    def register(self, app: App) -> None:
        """Listen to both buttons."""
        for verb in self._begin:
            app.action(verb)(self.pressed)

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        verb = body["actions"][0]["action_id"]
        self._pressing.attempt(client, body, verb, lambda: self._open(verb, body, client))

    def _open(self, verb: str, body: Body, client: WebClient) -> None:
        id, version = self._pressing.about(body)
        wish = self._begin[verb](id, version, actor=body["user"]["id"])
        request = wish.request
        self._opener.open(
            client,
            request.action,
            {**wish.inputs, **when_asked(request)},
            trigger=body["trigger_id"],
            actor=body["user"]["id"],
            push=stays(place_of(body)),
            edits=value_of(body) if verb == "edit" else "",
        )
