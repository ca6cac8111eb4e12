import pytest
from test_sandbox_slack_scene import button, field, modal, option, plain, row, section

from sandbox.slack import blockkit, manifest
from sandbox.slack.mentions import notified

TEXT = {"type": "plain_text_input"}
MENU = {"type": "static_select", "options": [option("a"), option("b")]}


def test_a_good_form_passes():
    view = modal(section("*Hello*"), field("name", TEXT), field("kind", MENU), row(button("go")))
    assert blockkit.check(view, "modal") == []


@pytest.mark.parametrize(
    ("block", "place"),
    [
        (section("x" * 3001), "/blocks/0/text/text"),
        ({"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
        (row(button("go", text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
        (row(button("go", value="x" * 2001)), "/blocks/0/elements/0/value"),
        (row(button("go", colour="red")), "/blocks/0/elements/0"),
        (row(*[button(f"go{n}") for n in range(26)]), "/blocks/0/elements"),
        (row(), "/blocks/0/elements"),
        (row(button("go"), button("go")), "/blocks/0/elements"),
        (field("f", {"type": "number_input"}), "/blocks/0/element"),
        (field("f", {"type": "static_select", "options": []}), "/blocks/0/element/options"),
        (field("f", {**MENU, "initial_option": option("c")}), "/blocks/0/element"),
        (field("f", {**MENU, "options": [option("a")] * 2}), "/blocks/0/element/options"),
        (field("f", {**MENU, "options": [{"text": plain("A")}]}), "/blocks/0/element/options"),
        (field("f", {**TEXT, "max_length": 3001}), "/blocks/0/element/max_length"),
        (field("f" * 256, TEXT), "/blocks/0/block_id"),
        ({"type": "section"}, "/blocks/0"),
        ({"type": "table", "rows": []}, "/blocks/0"),
        ({"type": "card", "title": {"type": "mrkdwn", "text": "x"}}, "/blocks/0"),
        ({"type": "wish"}, "/blocks/0"),
    ],
)
def test_each_limit_is_named_with_its_place(block, place):
    found = blockkit.check(modal(block), "modal")
    assert [problem.split(": ")[0] for problem in found] == [place]


def test_a_view_has_a_hundred_blocks_at_most():
    assert blockkit.check(modal(*[section("x")] * 100), "modal") == []
    assert "no more than 100" in blockkit.check(modal(*[section("x")] * 101), "modal")[0]


def test_block_ids_are_unique_and_inputs_need_a_submit_button():
    twice = modal(field("name", TEXT), field("name", TEXT))
    assert "already exists" in blockkit.check(twice, "modal")[0]
    view = modal(field("name", TEXT))
    del view["submit"]
    assert "submit" in blockkit.check(view, "modal")[0]


def test_disputed_places_are_refused():
    alert = {"type": "alert", "text": {"type": "plain_text", "text": "Mind"}}
    assert blockkit.check(modal(alert), "modal") == []
    assert blockkit.check([alert], "message") != []
    home = {"type": "home", "blocks": [{"type": "data_table", "rows": [], "caption": "x"}]}
    assert any("not accepted in a home" in text for text in blockkit.check(home, "home"))


def test_a_message_wants_a_text_for_notifications():
    assert blockkit.check({"text": "x", "blocks": [section("x")]}, "message") == []
    assert "no top-level text" in blockkit.check({"blocks": [section("x")]}, "message")[0]


def test_only_marks_that_are_not_escaped_notify():
    assert notified("<!channel> <@U0BO|bo> <!subteam^S0APPROVERS>", []) == [
        "channel",
        "U0BO",
        "S0APPROVERS",
    ]
    assert notified("&lt;!channel&gt; @channel", [section("&lt;@U0BO&gt;")]) == []
    assert notified("", [{"type": "header", "text": plain("<!here>")}, section("<!here>")]) == [
        "here"
    ]


def test_a_manifest_is_checked_across_its_parts():
    app = {
        "display_information": {"name": "Desk"},
        "features": {"slash_commands": [{"command": "/coupon", "description": "x"}]},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.im"]}},
    }
    found = " ".join(manifest.check(app))
    for word in ("`commands` scope", "bot_user", "im:history", "`url`", "request_url"):
        assert word in found
    app["display_information"]["name"] = "x" * 36
    assert manifest.check(app)[0].startswith("display_information/name")
