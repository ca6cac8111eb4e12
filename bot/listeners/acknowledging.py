"""When many press at once, each is acknowledged first: waiting for a free thread would be too slow.

Otherwise a decision is acknowledged once it is on record (`telling.in_time`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App, BoltResponse

MANY = 10
"""Listeners at work beyond which Slack, which waits three seconds, is answered first."""


def register(app: App, at_work: Callable[[], int]) -> None:
    """In front of all listeners; `at_work` says how many of them are busy or waited for."""

    @app.middleware
    def first_when_many(
        ack: Ack, body: Mapping[str, Any], next: Callable[[], BoltResponse]
    ) -> BoltResponse:
        if body.get("type") == "block_actions" and at_work() > MANY:
            ack()
        return next()
