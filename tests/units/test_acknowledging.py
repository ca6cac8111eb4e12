"""Slack is answered the moment that a listener acknowledges, whatever it does after that."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from slack_bolt import Ack, App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request import BoltRequest

from bot.listeners import acknowledging
from bot.listeners.acknowledging import MANY, Prompt

COMMAND = {"type": ["application/x-www-form-urlencoded"]}


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def an_app(threads: ThreadPoolExecutor, listener: Callable[..., object], at_work: int = 0) -> App:
    app = App(
        signing_secret="secret",
        request_verification_enabled=False,
        listener_executor=Prompt(threads),
        authorize=lambda: AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U0BOT"
        ),
    )
    acknowledging.register(app, lambda: at_work)
    app.command("/coupon")(listener)
    return app


def typed(app: App) -> BoltResponse:
    return app.dispatch(
        BoltRequest(body="command=%2Fcoupon&team_id=T1&user_id=U1", headers=COMMAND)
    )


def test_what_comes_after_the_acknowledgement_keeps_nobody_waiting(
    threads: ThreadPoolExecutor,
) -> None:
    is_answered, is_done = Event(), Event()

    def listener(ack: Ack) -> None:
        ack("heard")
        assert is_answered.wait(10)
        is_done.set()

    answer = typed(an_app(threads, listener))
    assert (answer.status, "heard" in answer.body, is_done.is_set()) == (200, True, False)
    is_answered.set()
    assert is_done.wait(10)


def test_what_comes_before_it_is_waited_for(threads: ThreadPoolExecutor) -> None:
    written: list[str] = []

    def listener(ack: Ack) -> None:
        time.sleep(0.1)
        written.append("on record")
        ack("heard")

    typed(an_app(threads, listener))
    assert written == ["on record"]


def test_who_stumbles_is_answered_at_once(threads: ThreadPoolExecutor) -> None:
    def listener(ack: Ack) -> None:
        raise LookupError("odd")

    assert typed(an_app(threads, listener)).status == 500


def test_when_many_are_at_work_slack_is_answered_before_a_thread_is_free(
    threads: ThreadPoolExecutor,
) -> None:
    is_free = Event()
    for _ in range(4):
        threads.submit(is_free.wait, 10)
    heard = Event()

    def listener(ack: Ack) -> None:
        ack()
        heard.set()

    answer = typed(an_app(threads, listener, at_work=MANY + 1))
    assert (answer.status, heard.is_set()) == (200, False)
    is_free.set()
    assert heard.wait(10)
