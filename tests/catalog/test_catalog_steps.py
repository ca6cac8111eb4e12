"""Each action that is a step of Workflow Builder: what it asks and gives, and what it is called."""

from typing import Any

import pytest

from actions.action import AnyAction, Risk
from actions.catalog import CATALOG
from actions.errors import UnknownAction
from actions.fields import Lookup, Moment, fields
from bot import steps

FUNCTIONS = steps.functions(CATALOG)
STEPS = [action for action in CATALOG.values() if steps.is_step(action)]
KNOWN_TYPES = {
    *("string", "integer", "boolean", steps.PERSON),
    *("slack#/types/date", "slack#/types/timestamp", "slack#/types/options_select"),
}

each_step = pytest.mark.parametrize("action", STEPS, ids=lambda action: action.name)


def declared(action: AnyAction) -> dict[str, Any]:
    found: dict[str, Any] = FUNCTIONS[steps.name_of(action.name)]
    return found


def test_every_action_is_a_step_but_blasts_and_what_a_workflow_can_not_use() -> None:
    left_out = {action.name for action in CATALOG.values()} - {action.name for action in STEPS}
    for name in left_out:
        action = CATALOG[name]
        shown = action.present(action.output.model_validate(action.example.reply))
        is_list = action.risk is Risk.READ and shown.table and not shown.facts
        assert action.risk is Risk.BLAST or action.secrets or is_list, name
    assert {"campaign.push_all", "loyalty.push_all", "subaccount.keys"} <= left_out
    assert {"campaign.create", "session.info", "campaign.usage", "single_use.create"}.isdisjoint(
        left_out
    )


def test_slack_takes_so_many_and_each_has_a_name_of_its_own() -> None:
    assert len(FUNCTIONS) <= steps.MOST
    assert len(FUNCTIONS) == len(STEPS) + len(list(steps.sources(CATALOG)))


@each_step
def test_a_step_asks_for_the_fields_of_its_action_and_who_runs_it(action: AnyAction) -> None:
    side = declared(action)["input_parameters"]
    needed = {name for name, field, _ in fields(action.inputs) if field.is_required()}
    assert {*side["properties"]} == {*action.inputs.model_fields, steps.ASKER}
    assert {*side["required"]} == {*needed, steps.ASKER}
    assert side["properties"][steps.ASKER]["type"] == "slack#/types/user_context"
    assert {parameter["type"] for parameter in side["properties"].values()} <= KNOWN_TYPES


@each_step
def test_what_the_example_would_fill_in_is_what_the_desk_takes(action: AnyAction) -> None:
    filled = dict(action.example.inputs) | {steps.ASKER: {"id": "U0ANA", "secret": "x"}}
    assert steps.asker_of(filled) == "U0ANA"
    raw = steps.raw_of(action, filled)
    assert action.inputs.model_validate(raw) == action.inputs.model_validate(action.example.inputs)


@each_step
def test_a_step_gives_what_it_declares(action: AnyAction) -> None:
    side = declared(action)["output_parameters"]
    shown = action.present(action.output.model_validate(action.example.reply))
    request = "" if action.risk is Risk.READ else "req_1"
    outputs = steps.given(shown, request)
    assert {*side["required"]} <= {*outputs} <= {*side["properties"]}
    assert outputs["status"] == "done"
    assert outputs["result"] == shown.text
    assert len(shown.facts) == len(outputs) - len({"status", "result"}) - bool(request) - bool(
        shown.link
    )


def test_each_menu_is_filled_by_an_action_that_offers_something() -> None:
    for action in STEPS:
        properties = declared(action)["input_parameters"]["properties"]
        for name, _, kind in fields(action.inputs):
            if not isinstance(kind, Lookup):
                assert "dynamic_options" not in properties[name]
                continue
            assert properties[name]["type"] == "string"
            step = properties[name]["dynamic_options"]["function"].removeprefix("#/functions/")
            assert CATALOG[steps.source_of(step, CATALOG)].options is not None
            assert {"query", "builder"} == {*FUNCTIONS[step]["input_parameters"]["properties"]}


def test_a_moment_that_slack_counts_in_seconds_is_a_moment_of_the_account() -> None:
    action = CATALOG["single_use.create"]
    assert declared(action)["input_parameters"]["properties"]["expiry_date"]["type"].endswith(
        "timestamp"
    )
    filled = {**action.example.inputs, "expiry_date": 1_796_040_000}
    raw = steps.raw_of(action, filled)
    checked = action.inputs.model_validate(raw, context={"zone": "Europe/Brussels"})
    assert checked.expiry_date == "2026-11-30 13:00:00"


def test_a_moment_far_beyond_all_calendars_is_left_to_the_desk_to_refuse() -> None:
    action = CATALOG["single_use.create"]
    assert steps.raw_of(action, {"expiry_date": 10**30}) == {"expiry_date": str(10**30)}


def test_only_moments_are_seconds() -> None:
    action = CATALOG["single_use.create_many"]
    assert not any(isinstance(kind, Moment) for _, _, kind in fields(action.inputs))
    assert steps.raw_of(action, {"amount": 500}) == {"amount": 500}


def test_a_step_of_an_elder_release_means_the_action_of_today() -> None:
    aliases = {"coupon_make": "campaign.create"}
    assert steps.action_of("coupon_make", CATALOG, aliases) is CATALOG["campaign.create"]
    kept = steps.functions(CATALOG, aliases)
    assert kept["coupon_make"] == kept["campaign_create"]
    with pytest.raises(UnknownAction, match="coupon_make"):
        steps.action_of("coupon_make", CATALOG)


def test_every_alias_means_an_action_that_is_there() -> None:
    assert all(steps.is_step(CATALOG[name]) for name in steps.ALIASES.values())
