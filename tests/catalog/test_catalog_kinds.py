"""Each kind of field is asked for and read back; forms show what they are given."""

import json

import pytest
from filling import fill

from actions.catalog import CATALOG
from actions.fields import Choice, Count, Flag, Lookup, Moment, Option, Several, Text
from bot.forms import form_for, read_when
from bot.views.kinds import element, read

PUSH, CREATE, SEARCH = (
    CATALOG[name] for name in ("campaign.push_all", "campaign.create", "session.search")
)


def said(card) -> str:
    return json.dumps(card.to_dict(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Text(), "ten words"),
        (Count(), 12),
        (Flag(), True),
        (Flag(), False),
        (Moment(), "2026-12-01T08:00:00+00:00"),
        (Moment((("1day", "after 1 day"),)), "1day"),
        (Choice((("a", "A"), ("b", "B"))), "b"),
        (Choice(tuple((f"v{n}", f"V{n}") for n in range(9))), "v7"),
        (Several((("a", "A"), ("b", "B"), ("c", "C"))), ["a", "c"]),
        (Several(tuple((f"v{n}", f"V{n}") for n in range(20))), ["v7", "v19"]),
        (Lookup("campaign.list"), "cam_1"),
    ],
)
def test_what_a_kind_shows_it_reads(kind, value):
    for entered in ({}, {"field": value}):
        shown = element(kind, None if entered else value).to_dict()
        block = {"type": "input", "block_id": "field", "element": shown}
        state = fill({"blocks": [block]}, entered)["field"][shown["action_id"]]
        assert read(kind, state) == value


def test_a_yes_or_no_that_nobody_touched_is_neither():
    shown = element(Flag()).to_dict()
    values = fill({"blocks": [{"type": "input", "block_id": "f", "element": shown}]}, {})
    assert read(Flag(), values["f"]["value"]) is None


def test_several_may_be_typed_and_one_that_is_unknown_spoils_them():
    kind = Several((("a", "A"), ("b", "B")))
    shown = element(kind, "b, a").to_dict()
    assert [line["value"] for line in shown["initial_options"]] == ["b", "a"]
    assert "initial_options" not in element(kind, "a,z").to_dict()


def test_a_wall_clock_is_meant_in_the_zone_that_is_named():
    shown = element(Moment(), "2026-12-01 09:00", zone="Europe/Brussels").to_dict()
    assert read(Moment(), {"selected_date_time": shown["initial_date_time"]}) == (
        "2026-12-01T08:00:00+00:00"
    )


def test_what_was_picked_keeps_its_name():
    shown = element(Lookup("campaign.list"), Option("cam_1", "Spring")).to_dict()
    assert shown["action_id"] == "lookup:campaign.list"
    assert shown["initial_option"]["text"]["text"] == "Spring"


def test_a_value_that_no_element_can_show_is_said():
    given = {"campaign": "cam_1", "amount": "many"}
    view = form_for("single_use.create_many").view(CATALOG["single_use.create_many"], given)
    assert "Not usable here: How many “many”" in said(view)


def test_a_message_that_is_too_long_is_shown_whole():
    view = form_for(PUSH.name).view(PUSH, {"message": "x" * 200}).to_dict()
    message = next(block for block in view["blocks"] if block.get("block_id") == "message")
    assert message["element"]["initial_value"] == "x" * 200
    assert "20 too many" in json.dumps(view)


def test_a_repeat_is_read_as_a_crontab_in_its_zone():
    given = {"when": "repeat", "when_days": ["tue", "mon"], "when_time": "09:05"}
    values = fill(form_for(SEARCH.name).view(SEARCH, given, zone="Europe/Brussels").to_dict(), {})
    assert read_when(values, "UTC") == {"crontab": "5 9 * * mon,tue", "timezone": "Europe/Brussels"}
    every = values | {
        "when_days": {
            "value": {
                "selected_options": [
                    {"value": day} for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
                ]
            }
        }
    }
    assert read_when(every, "UTC")["crontab"] == "5 9 * * *"


def test_a_moment_is_read_in_utc():
    given = {"when": "at", "when_at": "2026-12-01T09:00:00+01:00"}
    values = fill(form_for(SEARCH.name).view(SEARCH, given).to_dict(), {})
    assert read_when(values, "UTC") == {"at": "2026-12-01T08:00:00+00:00"}


def test_a_later_that_was_never_named_is_not_now():
    chosen = {"when": {"when": {"type": "radio_buttons", "selected_option": {"value": "at"}}}}
    assert read_when(chosen, "UTC")["at"]
    chosen["when"]["when"]["selected_option"]["value"] = "repeat"
    assert len(read_when(chosen, "UTC")["crontab"].split()) != 5


def test_the_next_moments_are_shown():
    ahead = {"title": "The next 2", "lines": ["Mon 09:00", "Tue 09:00"], "warnings": ["A <b>"]}
    view = form_for(SEARCH.name).view(SEARCH, {"when_ahead": ahead})
    assert "The next 2:\\n• Mon 09:00\\n• Tue 09:00" in said(view)
    assert ":warning: A &lt;b&gt;." in said(view)


def test_a_template_that_was_picked_is_described():
    given = {"template": "cam_1", "template_facts": [["Status", "active"]]}
    assert "*Status*\\nactive" in said(form_for(CREATE.name).view(CREATE, given))


def test_a_period_is_asked_for_as_it_is_chosen():
    form = form_for(CREATE.name)
    for way, wanted in (
        ("template", None),
        ("flexible", "static_select"),
        ("fixed", "datetimepicker"),
    ):
        view = form.view(CREATE, {"start_date_kind": way}, page=2).to_dict()
        found = [b["element"]["type"] for b in view["blocks"] if b.get("block_id") == "start_date"]
        assert found == ([wanted] if wanted else [])


def test_a_fixed_moment_is_not_taken_for_a_mistake():
    view = form_for(CREATE.name).view(CREATE, CREATE.example.inputs, page=2)
    assert "Not usable" not in said(view)
    assert "Not usable" in said(form_for(CREATE.name).view(CREATE, {"start_date": "soon"}, page=2))
