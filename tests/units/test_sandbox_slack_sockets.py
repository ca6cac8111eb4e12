from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from test_sandbox_slack_scene import Scene, bolt, field, modal, until, workspace

from sandbox.slack.world import Timing

TEXT = {"type": "plain_text_input"}


@contextmanager
def connected(scene: Scene) -> Iterator[SocketModeHandler]:
    """A real bot on Socket Mode; `handler.app` may be exchanged for another."""
    web = WebClient("xapp-sandbox", base_url=f"{scene.url}/api/")
    handler = SocketModeHandler(bolt(scene.url), "xapp-sandbox", web_client=web)
    handler.connect()
    until(lambda: scene.sandbox.courier.exchange.connected == 1)
    try:
        yield handler
    finally:
        handler.close()


@pytest.fixture(scope="module")
def line() -> Iterator[tuple[Scene, SocketModeHandler]]:
    with workspace() as scene, connected(scene) as handler:
        yield scene, handler


@pytest.fixture
def scene(line: tuple[Scene, SocketModeHandler]) -> Scene:
    return line[0]


@pytest.fixture
def bot(line: tuple[Scene, SocketModeHandler]) -> App:
    scene, handler = line
    scene.does("reset")
    handler.app = bolt(scene.url)
    return handler.app


def test_a_form_goes_over_the_socket(scene, bot):
    @bot.command("/coupon")
    def opens(ack, body, client):
        client.views_open(trigger_id=body["trigger_id"], view=modal(field("name", TEXT)))
        ack("Here")

    @bot.view("form")
    def submit(ack, view):
        ack(response_action="errors", errors={"name": "Taken"})

    shown = scene.does("command", user="ana", channel="marketing", command="/coupon")
    assert shown["message"]["text"] == "Here" and shown["view"]["callback_id"] == "form"
    shown = scene.does("submit", user="ana", values={"name": "x"})
    assert shown["errors"] == {"name": "Taken"}


def test_events_go_over_the_socket(scene, bot):
    @bot.event("app_home_opened")
    def draw(event, client):
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": []})

    assert scene.does("home", user="ana")["view"]["type"] == "home"


def test_without_a_bot_or_a_socket_nothing_is_delivered():
    with workspace() as scene:
        shown = scene.does("command", user="ana", channel="marketing", command="/coupon")
        assert shown["error"] == "dispatch_failed"


def test_an_address_is_handed_out_only_to_the_app_token(scene):
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        scene.web.apps_connections_open(app_token="xoxb-sandbox")


def test_an_answer_that_does_not_come_is_a_timeout(scene, bot):
    courier = scene.sandbox.courier
    courier.timing, usual = Timing(answer=0.05), courier.timing
    shown = scene.does("command", user="ana", channel="marketing", command="/unknown")
    courier.timing = usual
    assert shown["error"] == "operation_timeout"
