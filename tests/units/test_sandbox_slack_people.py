import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from slack_bolt import App
from test_sandbox_slack_scene import (
    Scene,
    bolt,
    button,
    modal,
    opening,
    option,
    row,
    section,
    stage,
    types,
    until,
    workspace,
)

from sandbox.slack.world import Timing


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Scene, SimpleNamespace]]:
    with stage() as running:
        yield running


@pytest.fixture
def scene(running: tuple[Scene, SimpleNamespace]) -> Scene:
    running[0].does("reset")
    return running[0]


@pytest.fixture
def bot(scene: Scene, running: tuple[Scene, SimpleNamespace]) -> App:
    """A bot of this story's own."""
    running[1].app = bolt(scene.url)
    return running[1].app


def test_a_command_is_signed_and_answered_ephemerally(scene, bot):
    seen: list[dict[str, Any]] = []

    @bot.command("/coupon")
    def answer(ack, body):
        seen.append(body)
        ack(f"You typed {body['text']}")

    shown = types(scene, "give @bo in #audit to @coupon-approvers")
    assert shown["ok"] and shown["message"]["text"].startswith("You typed give <@U0BO|bo> in <#C0")
    assert "<!subteam^S0APPROVERS|@coupon-approvers>" in seen[0]["text"]
    assert (seen[0]["user_id"], seen[0]["channel_name"]) == ("U0ANA", "marketing")
    assert scene.state["ephemerals"][0]["user"] == "U0ANA"
    (delivery,) = scene.get("deliveries")
    assert (delivery["kind"], delivery["status"]) == ("command", 200)


def test_only_members_type_known_commands(scene, bot):
    opening(bot, modal(section("x")))
    wish = {"user": "gil", "command": "/coupon", "text": ""}
    assert scene.does("command", channel="audit", **wish)["error"] == "not_in_channel"
    assert scene.does("command", channel="marketing", **wish)["ok"]
    other = scene.does("command", user="ana", channel="audit", command="/voucher")
    assert "not a valid command" in other["error"]
    scene.does("person", user="gil", deleted=True)
    assert scene.does("command", channel="marketing", **wish)["error"] == "account_inactive"


def test_a_bot_that_does_not_answer_is_shown_as_a_timeout(scene, bot):
    @bot.command("/coupon")
    def silence(logger):
        logger.debug("said nothing")

    assert types(scene)["error"] == "dispatch_failed"
    scene.sandbox.courier.bot_url, before = "http://127.0.0.1:9/", scene.sandbox.courier.bot_url
    try:
        assert types(scene)["error"] == "dispatch_failed"
    finally:
        scene.sandbox.courier.bot_url = before


def test_an_answer_that_comes_too_late_is_not_waited_for(scene, bot):
    released = threading.Event()

    @bot.command("/coupon")
    def slow(ack):
        released.wait(10)
        ack("Too late")

    courier = scene.sandbox.courier
    courier.timing, usual = Timing(answer=0.1), courier.timing
    shown = types(scene)
    courier.timing = usual
    released.set()
    assert (shown["ok"], shown["error"]) == (False, "operation_timeout")
    assert scene.state["ephemerals"] == []
    (delivery,) = scene.get("deliveries")
    assert (delivery["status"], delivery["error"]) == (None, "operation_timeout")


def test_an_invalid_answer_to_a_command_is_not_shown(scene, bot):
    @bot.command("/coupon")
    def answer(ack):
        ack(text="x", blocks=[section("x" * 3001)])

    shown = types(scene)
    assert (shown["ok"], shown["error"]) == (False, "dispatch_failed")
    assert "json-pointer:/blocks/0/text/text" in shown["detail"][1]
    assert scene.state["ephemerals"] == []


def test_a_button_in_a_message_answers_only_those_who_see_it(scene, bot):
    @bot.action("approve")
    def approve(ack, body, respond, client):
        ack()
        assert body["container"]["channel_id"] == body["channel"]["id"] == "C0APPROVALS"
        if body["user"]["id"] == "U0ANA":
            respond("You asked for this", replace_original=False)
            return
        where = {"channel": "C0APPROVALS", "ts": body["message"]["ts"]}
        client.chat_update(**where, text="Approved", blocks=[section("Approved")])

    card = [section("Please"), row(button("approve", "r1"))]
    ts = scene.web.chat_postMessage(channel="approvals", text="Please", blocks=card)["ts"]
    press = {"ts": ts, "action_id": "approve"}
    assert scene.does("press", user="ana", **press)["message"]["text"] == "You asked for this"
    assert "message_not_found" in scene.does("press", user="gil", **press)["error"]
    assert scene.does("press", user="bo", **press)["ok"]
    assert scene.state["messages"][0]["text"] == "Approved"
    gone = scene.http.post("/_/press", json={"user": "bo", **press})
    assert (gone.status_code, "action_not_found" in gone.json()["error"]) == (404, True)


def test_menus_in_messages_remember_what_was_chosen(scene, bot):
    got: list[Any] = []
    bot.action("pick")(lambda ack, body: (ack(), got.append(body)))
    menu = {"type": "static_select", "action_id": "pick", "options": [option("a"), option("b")]}
    scene.web.chat_postMessage(channel="audit", text="x", blocks=[row(menu)])
    assert scene.does("press", user="cy", action_id="pick", value="b")["ok"]
    assert got[0]["actions"][0]["selected_option"]["value"] == "b"
    assert got[0]["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "b"
    assert not scene.does("press", user="cy", action_id="pick", value="z")["ok"]


def test_buttons_of_one_name_are_told_apart(scene, bot):
    got: list[str] = []
    bot.action("go")(lambda ack, action: (ack(), got.append(action["value"])))
    rows = [row(button("go", "1"), block_id="a"), row(button("go", "2"), block_id="b")]
    scene.web.views_publish(user_id="U0ANA", view={"type": "home", "blocks": rows})
    assert "ambiguous" in scene.does("press", user="ana", action_id="go")["error"]
    scene.does("press", user="ana", action_id="go", block_id="a")
    scene.does("press", user="ana", action_id="go", value="2")
    assert got == ["1", "2"]


def test_the_home_tab_is_drawn_when_it_is_opened(scene, bot):
    @bot.event("app_home_opened")
    def draw(event, client):
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": []})

    assert scene.does("home", user="cy")["view"]["type"] == "home"
    assert [d["kind"] for d in scene.get("deliveries")] == ["event"]


def test_a_shortcut_on_a_message_brings_the_message(scene, bot):
    got: list[str] = []
    bot.message_shortcut("note")(lambda ack, body: (ack(), got.append(body["message"]["text"])))
    ts = scene.does("say", user="ana", channel="marketing", text="Buy one")["message"]["ts"]
    wish = {"user": "bo", "callback_id": "note"}
    assert scene.does("shortcut", ts=ts, channel="marketing", **wish)["ok"]
    assert got == ["Buy one"]
    assert "shortcut_not_found" in scene.does("shortcut", **wish)["error"]


def test_an_event_that_was_not_taken_comes_again(scene, bot):
    tries: list[Any] = []

    @bot.middleware
    def flaky(request, next, logger):
        tries.append((request.headers.get("x-slack-retry-num") or [None])[0])
        if len(tries) < 3:
            raise RuntimeError("down")
        next()

    bot.event("app_home_opened")(lambda: None)
    scene.does("home", user="ana")
    until(lambda: [d["status"] for d in scene.get("deliveries")][2:] == [200])
    assert tries == [None, "1", "2"]
    retries = [d.get("retry") for d in scene.get("deliveries")]
    assert retries[1:] == [{"num": n, "reason": "http_error"} for n in (1, 2)]


def test_a_delivery_can_be_repeated(scene, bot):
    seen: list[Any] = []

    @bot.command("/coupon")
    def answer(ack, body, request):
        seen.append((body["trigger_id"], request.headers.get("x-slack-retry-reason")))
        ack("Once")

    types(scene)
    assert scene.does("redeliver", index=0)["ok"]
    assert seen[0][0] == seen[1][0] and seen[1][1] == ["http_timeout"]
    assert len(scene.state["ephemerals"]) == 1


def test_the_other_sandbox_is_reached_through_this_one(scene):
    assert scene.http.get("/_/coupontools/calls").status_code == 404
    with workspace() as other, workspace(coupontools=other.url) as front:
        assert front.get("coupontools/state")["team"]["id"] == "T0VOUCH"


def test_every_change_is_streamed(scene):
    with scene.http.stream("GET", "/_/stream") as stream:
        lines = stream.iter_lines()
        before = next(lines)
        scene.web.chat_postMessage(channel="audit", text="x")
        after = next(line for line in lines if line and line != before)
        assert after.startswith('data: {"version": ')
