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
    opening,
    option,
    plain,
    row,
    section,
    stage,
    types,
)

TEXT = {"type": "plain_text_input"}


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


def test_closing_a_view_is_told_when_asked_for(scene, bot):
    got: list[Any] = []
    opening(bot, modal(section("x"), notify_on_close=True, clear_on_close=True))
    bot.view_closed("form")(lambda ack, body: (ack(), got.append(body["is_cleared"])))
    types(scene)
    assert "view" not in scene.does("close", user="ana")
    assert got == [True]
    assert scene.http.post("/_/close", json={"user": "ana"}).status_code == 404
