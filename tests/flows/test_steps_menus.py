"""Menus of steps: what is offered to who builds a workflow."""

from typing import Any

import pytest

from tests.flows.running import sent, why
from tests.world import World


def offers(world: World, by: str, step: str, field: str, query: str = "") -> dict[str, Any]:
    """Somebody who builds a workflow opens the menu of an input."""
    wish = {"callback_id": step, "input": field, "query": query}
    answer = world.slack.does("menu", user=by, **wish)
    world.workers.rest()
    return answer


def test_who_builds_a_workflow_is_offered_campaigns_and_templates_by_name(world: World) -> None:
    world.api.reset(campaigns=300)
    for step, field in (("campaign_info", "campaign"), ("campaign_create", "template")):
        every = offers(world, "ana", step, field)
        assert every["ok"], every
        assert len(every["options"]) == 100
        wanted = every["options"][42]
        found = offers(world, "ana", step, field, wanted["value"])["options"]
        assert found == [wanted]
        assert {*wanted} == {"text", "value"}
    [*_, last] = world.slack.deliveries
    assert last["ack_ms"] < 3_000


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ("loyalty_push", "loyaltycard"),
        ("loyalty_enrol", "card"),
        ("directory_payment", "directory"),
        ("directory_enrol", "directory"),
        ("message_add_sms_contact", "smsgroup"),
        ("subaccount_update", "subaccount"),
        ("webhook_delete", "webhook"),
    ],
)
def test_every_other_menu_is_filled_too(world: World, step: str, field: str) -> None:
    answer = offers(world, "ana", step, field)
    assert answer["ok"], answer
    assert all(option["value"] for option in answer["options"])


def test_a_menu_is_empty_in_time_while_coupontools_is_slow(world: World) -> None:
    world.api.fails("/v3/coupon/list", times=9, delay_s=4)
    assert offers(world, "ana", "campaign_info", "campaign")["options"] == []
    [delivery] = world.slack.deliveries
    assert delivery["ack_ms"] < 3_000


def test_a_guest_who_builds_a_workflow_is_offered_nothing(world: World) -> None:
    answer = offers(world, "gil", "campaign_info", "campaign")
    assert answer == {
        "ok": False,
        "error": "Guests and people from outside cannot use this. Ask a colleague.",
    }


@pytest.mark.parametrize("inputs", [{}, {"builder": {"id": "operator"}}, {"builder": "U0ANA"}])
def test_a_menu_that_nobody_opens_offers_nothing(world: World, inputs: dict[str, Any]) -> None:
    id = sent(world, "options_campaign_list", **inputs)
    assert why(world, id).startswith("Slack does not say who builds this workflow")
    assert world.api.calls("/v3/coupon/list") == []
