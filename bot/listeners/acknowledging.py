"""What takes no answer is acknowledged before anything else: nothing done about it is too slow."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltResponse

PLAIN = ("block_actions", "shortcut")
"""Kinds of requests whose acknowledgement says nothing; so does that of our commands."""


def register(app: App) -> None:
    """In front of all listeners: their threads may be busy, and Slack waits three seconds."""

    @app.middleware
    def at_once(
        ack: Ack, body: Mapping[str, Any], next: Callable[[], BoltResponse]
    ) -> BoltResponse:
        if body.get("type") in PLAIN or "command" in body:
            ack()
        return next()
