"""A press is acknowledged before anything else: nothing that is done about it can be too slow."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltResponse


def register(app: App) -> None:
    """In front of all listeners: their threads may be busy, and Slack waits three seconds."""

    @app.middleware
    def at_once(
        ack: Ack, body: Mapping[str, Any], next: Callable[[], BoltResponse]
    ) -> BoltResponse:
        if body.get("type") == "block_actions":
            ack()
        return next()
