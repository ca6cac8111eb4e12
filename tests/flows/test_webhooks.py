"""Webhooks: an address is told, a message from there is checked, and it is told no more."""

import pytest

from tests.flows.asking import agree, seen
from tests.world import World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

HOOK = "http://127.0.0.1:9/hook"


def test_a_webhook_is_made_checked_and_removed(world: World) -> None:
    ana = world.person("ana").types("/coupon webhook create")
    ana.submits(endpoint="example.test/hook", type="coupon_claimed")
    assert ana.errors == {"endpoint": "A web address starts with https://."}
    ana.submits(endpoint=HOOK, campaign="cam_123456")
    world.tick()
    assert HOOK in seen(world)
    agree(world, "bo")
    world.tick()
    [made] = world.api.state["webhooks"]
    assert made == {
        "ID": made["ID"],
        "type": "coupon_claimed",
        "endpoint": HOOK,
        "campaign": "cam_123456",
    }

    ana.types("/coupon webhook list").submits()
    assert made["ID"] in words_of(ana.view["blocks"])

    ana.types("/coupon webhook delete").submits(webhook=made["ID"])
    world.tick()
    assert ana.was_told("is not told any more")
    assert world.api.state["webhooks"] == []


def test_a_message_that_came_is_checked(world: World) -> None:
    wish = {"type": "coupon_claimed", "campaign": "cam_123456"}
    world.api.http.post(f"{world.api.url}/_/event", json=wish).raise_for_status()
    [event] = world.api.state["events"]
    ana = world.person("ana").types(f"/coupon webhook verify webhook={event['ID']}").submits()
    shown = words_of(ana.view["blocks"])
    assert "It is genuine" in shown
    assert "A coupon is claimed" in shown
    ana.types("/coupon webhook verify").submits(webhook="evt_00000000000000000000")
    assert "Webhook not found" in words_of(ana.view["blocks"])
