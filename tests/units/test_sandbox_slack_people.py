from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from slack_bolt import App
from test_sandbox_slack_scene import (
    Scene,
    bolt,
    button,
    field,
    modal,
    mounted,
    option,
    plain,
    row,
    section,
    serving,
    until,
    workspace,
)

TEXT = {"type": "plain_text_input"}
MANIFEST = {
    "features": {
        "app_home": {"home_tab_enabled": True},
        "slash_commands": [
            {"command": "/coupon", "description": "Coupons", "should_escape": True},
        ],
        "shortcuts": [{"name": "Note", "type": "message", "callback_id": "note"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "function_executed"]}},
    "functions": {
        "ask": {
            "title": "Ask",
            "output_parameters": {"properties": {"id": {"type": "string"}}, "required": ["id"]},
        }
    },
}


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Scene, SimpleNamespace]]:
    """One workspace and one address for the bots of all stories."""
    holder = SimpleNamespace(app=None)
    with (
        serving(mounted(lambda: holder.app)) as bot_url,
        workspace(f"{bot_url}/slack/events", manifest=MANIFEST, rate_limits=False) as scene,
    ):
        yield scene, holder


@pytest.fixture
def scene(stage: tuple[Scene, SimpleNamespace]) -> Scene:
    stage[0].does("reset")
    return stage[0]


@pytest.fixture
def bot(scene: Scene, stage: tuple[Scene, SimpleNamespace]) -> App:
    """A bot of this story's own."""
    stage[1].app = bolt(scene.url)
    return stage[1].app


def opening(bot: App, view: dict[str, Any]) -> None:
    """Let /coupon open a view before it acknowledges."""

    @bot.command("/coupon")
    def opens(ack, body, client):
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()


def types(scene: Scene, text: str = "", user: str = "ana") -> dict[str, Any]:
    return scene.does("command", user=user, channel="marketing", command="/coupon", text=text)


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


def test_an_invalid_answer_to_a_command_is_not_shown(scene, bot):
    @bot.command("/coupon")
    def answer(ack):
        ack(text="x", blocks=[section("x" * 3001)])

    shown = types(scene)
    assert (shown["ok"], shown["error"]) == (False, "dispatch_failed")
    assert "json-pointer:/blocks/0/text/text" in shown["detail"][1]
    assert scene.state["ephemerals"] == []


def test_a_form_goes_from_command_to_submission(scene, bot):
    got: list[Any] = []
    menu = {"type": "static_select", "options": [option("a"), option("b")]}
    days = {"type": "datepicker", "initial_date": "2026-12-01"}
    ticks = {"type": "checkboxes", "options": [option("x"), option("y")]}
    who = {"type": "users_select"}
    fields = [("name", TEXT), ("kind", menu), ("day", days), ("ticks", ticks), ("who", who)]
    opening(bot, modal(*[field(name, element) for name, element in fields]))

    @bot.view("form")
    def submit(ack, view):
        got.append(view["state"]["values"])
        ack()

    assert types(scene)["view"]["callback_id"] == "form"
    values = {"name": "Summer", "kind": "b", "ticks": ["y"], "who": "U0BO"}
    shown = scene.does("submit", user="ana", values=values)
    assert shown["ok"] and "view" not in shown
    entries = {block_id: entry["entry"] for block_id, entry in got[0].items()}
    assert entries["name"] == {"type": "plain_text_input", "value": "Summer"}
    assert entries["kind"]["selected_option"]["value"] == "b"
    assert entries["day"]["selected_date"] == "2026-12-01"
    assert [o["value"] for o in entries["ticks"]["selected_options"]] == ["y"]
    assert entries["who"]["selected_user"] == "U0BO"
    assert scene.state["views"] == []


def test_the_client_itself_checks_what_was_entered(scene, bot):
    whole = {"type": "number_input", "is_decimal_allowed": False, "max_value": "9"}
    opening(
        bot,
        modal(
            field("name", TEXT),
            field("short", {**TEXT, "min_length": 3}),
            field("count", whole),
            field("price", whole, optional=True),
            field("mail", {"type": "email_text_input"}),
            field("site", {"type": "url_text_input"}),
        ),
    )
    types(scene)
    values = {"short": "ab", "count": "1.5", "price": "10", "mail": "bo", "site": "x"}
    shown = scene.does("submit", user="ana", values=values)
    assert shown["errors"].pop("name") == "Please complete this required field."
    assert sorted(shown["errors"]) == ["count", "mail", "price", "short", "site"]
    assert [d["kind"] for d in scene.get("deliveries")] == ["command"]


def test_nobody_can_choose_what_is_not_offered(scene, bot):
    menu = {"type": "static_select", "options": [option("a")]}
    opening(bot, modal(field("kind", menu), field("day", {"type": "datepicker"})))
    types(scene)
    for values in ({"kind": "z"}, {"day": "tomorrow"}, {"nothing": "x"}):
        answer = scene.http.post("/_/submit", json={"user": "ana", "values": values})
        assert answer.status_code == 404 and not answer.json()["ok"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"response_action": "errors", "errors": {"shop": "No"}}, "not an input block"),
        ({"response_action": "errors", "errors": {"note": "No"}}, "not an input block"),
        ({"response_action": "update", "view": modal(title=plain("x" * 25))}, "less than 25"),
        ({"response_action": "sing"}, "not an answer"),
    ],
)
def test_wrong_answers_to_a_submission_fail(scene, bot, answer, error):
    opening(bot, modal(field("name", TEXT), {**section("x"), "block_id": "note"}))
    bot.view("form")(lambda ack: ack(**answer))
    types(scene)
    shown = scene.does("submit", user="ana", values={"name": "x"})
    assert (shown["ok"], shown["error"]) == (False, "dispatch_failed")
    assert error in " ".join(shown["detail"])
    assert scene.get("deliveries")[-1]["error"] == "dispatch_failed"
    assert len(scene.state["views"]) == 1


def test_answers_to_a_submission_correct_push_change_and_clear(scene, bot):
    answers: list[dict[str, Any]] = [
        {"response_action": "errors", "errors": {"name": "Taken"}},
        {"response_action": "push", "view": modal(field("sure", TEXT))},
        {"response_action": "update", "view": modal(section("Working"))},
        {"response_action": "clear"},
    ]
    opening(bot, modal(field("name", TEXT)))
    bot.view("form")(lambda ack: ack(**answers.pop(0)))
    first = types(scene)["view"]
    shown = scene.does("submit", user="ana", values={"name": "x"})
    assert (shown["ok"], shown["errors"]) == (True, {"name": "Taken"})
    assert shown["view"]["state"]["values"]["name"]["entry"]["value"] == "x"
    pushed = scene.does("submit", user="ana", values={})["view"]
    assert pushed["previous_view_id"] == first["id"]
    below = scene.http.post("/_/submit", json={"user": "ana", "view_id": first["id"]})
    assert below.status_code == 404
    changed = scene.does("submit", user="ana", values={"sure": "y"})["view"]
    assert (changed["id"], changed["blocks"][0]["text"]["text"]) == (pushed["id"], "Working")
    assert "view" not in scene.does("submit", user="ana", values={})


def test_an_update_keeps_entries_only_where_block_and_action_are_the_same(scene, bot):
    opening(bot, modal(field("name", TEXT), field("note", TEXT), row(button("more"))))

    @bot.action("more")
    def more(ack, body, client):
        renamed = {**TEXT, "action_id": "other", "initial_value": "fresh"}
        fresh = modal(field("name", {**TEXT, "initial_value": "late"}), field("note", renamed))
        client.views_update(view_id=body["view"]["id"], view=fresh)
        ack()

    view = types(scene)["view"]
    bot.view("form")(lambda ack: ack(response_action="errors", errors={"name": "No"}))
    scene.does("submit", user="ana", values={"name": "Typed", "note": "Gone"})
    shown = scene.does("press", user="ana", view_id=view["id"], action_id="more")
    values = shown["view"]["state"]["values"]
    assert values["name"]["entry"]["value"] == "Typed"
    assert values["note"] == {"other": {"type": "plain_text_input", "value": "fresh"}}


def test_a_searching_picker_offers_what_the_bot_finds(scene, bot):
    picker = {"type": "external_select", "min_query_length": 2}
    got: list[str] = []
    opening(bot, modal(field("campaign", picker)))

    @bot.options("entry")
    def find(ack, body):
        assert (body["block_id"], body["view"]["callback_id"]) == ("campaign", "form")
        ack(options=[option(body["value"])] * (101 if body["value"] == "many" else 1))

    @bot.view("form")
    def submit(ack, view):
        got.append(view["state"]["values"]["campaign"]["entry"]["selected_option"]["value"])
        ack()

    ask = {"user": "ana", "view_id": types(scene)["view"]["id"], "action_id": "entry"}
    assert scene.does("options", query="s", **ask)["options"] == []
    assert scene.does("options", query="summer", **ask)["options"] == [option("summer")]
    assert scene.does("options", query="many", **ask)["error"] == "dispatch_failed"
    assert scene.does("submit", user="ana", values={"campaign": "winter"})["ok"] is False
    assert scene.does("submit", user="ana", values={"campaign": "summer"})["ok"]
    assert got == ["summer"]


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


def test_closing_a_view_is_told_when_asked_for(scene, bot):
    got: list[Any] = []
    opening(bot, modal(section("x"), notify_on_close=True, clear_on_close=True))
    bot.view_closed("form")(lambda ack, body: (ack(), got.append(body["is_cleared"])))
    types(scene)
    assert "view" not in scene.does("close", user="ana")
    assert got == [True]
    assert scene.http.post("/_/close", json={"user": "ana"}).status_code == 404


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


def test_a_workflow_step_ends_once_with_what_it_declared(scene, bot):
    got: list[Any] = []

    @bot.function("ask", auto_acknowledge=True)
    def step(ack, inputs, complete, context):
        got.append((inputs, context.function_bot_access_token))
        complete({"id": "r1"})

    shown = scene.does("step", callback_id="ask", inputs={"message": "Hi"})
    assert shown["execution"]["status"] == "completed"
    assert got == [({"message": "Hi"}, shown["execution"]["token"])]
    name = shown["execution"]["id"]
    again = scene.web.api_call
    with pytest.raises(Exception, match="execution_not_in_running_state"):
        again("functions.completeSuccess", params={"function_execution_id": name, "outputs": {}})


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
