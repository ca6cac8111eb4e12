"""Slack waits for three seconds: an acknowledgement goes out the moment it is given.

When many press at once, each is acknowledged first: waiting for a free thread would be too slow.
Otherwise a decision is acknowledged once it is on record (`telling.in_time`).
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextvars import ContextVar
from threading import Event
from typing import Any, TypeVar

from slack_bolt import Ack, App, BoltContext, BoltResponse

R = TypeVar("R")

PLAIN = ("block_actions", "shortcut", "message_action")
"""Kinds of requests whose acknowledgement says nothing; so does that of our commands."""

MANY = 10
"""Listeners at work beyond which Slack, which waits three seconds, is answered first."""

LONGEST = 3.0


class PromptAck(Ack):
    """Knows when it is given."""

    def __init__(self) -> None:
        self.given = Event()
        super().__init__()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "response" and value is not None:
            self.given.set()


_ack: ContextVar[PromptAck] = ContextVar("ack")


class Prompt(Executor):
    """Runs a listener, and comes back once it has acknowledged: Bolt only looks now and then."""

    def __init__(self, threads: Executor) -> None:
        self._threads = threads

    def submit(self, work: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        future = self._threads.submit(work, *args, **kwargs)
        if ack := _ack.get(None):
            future.add_done_callback(lambda _: ack.given.set())
            ack.given.wait(LONGEST)
        return future


def register(app: App, at_work: Callable[[], int]) -> None:
    """In front of all listeners; `at_work` says how many of them are busy or waited for."""

    @app.middleware
    def prompt(
        context: BoltContext, body: Mapping[str, Any], next: Callable[[], BoltResponse]
    ) -> BoltResponse:
        ack = PromptAck()
        context["ack"] = ack
        _ack.set(ack)
        is_plain = body.get("type") in PLAIN or "command" in body
        if is_plain and at_work() > MANY:
            ack()
        return next()
