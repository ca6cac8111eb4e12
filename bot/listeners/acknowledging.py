"""When many press at once, each is acknowledged first: waiting for a free thread would be too slow.

Otherwise a decision is acknowledged once it is on record (`telling.in_time`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltResponse

PLAIN = ("block_actions", "shortcut", "message_action")
"""Kinds of requests whose acknowledgement says nothing; so does that of our commands."""

MANY = 10
"""Listeners at work beyond which Slack, which waits three seconds, is answered first."""


def register(app: App, at_work: Callable[[], int]) -> None:
    """In front of all listeners; `at_work` says how many of them are busy or waited for."""

    @app.middleware
    def first_when_many(
        ack: Ack, body: Mapping[str, Any], next: Callable[[], BoltResponse]
    ) -> BoltResponse:
        is_plain = body.get("type") in PLAIN or "command" in body
        if is_plain and at_work() > MANY:
            ack()
        return next()
