"""Where there are no webhooks: lists are read on from where they were, and compared once a day."""

import json
from typing import Any

import pytest

from store import queries
from tests.flows.hooking import address, checks, events, found, leaves, states, storm
from tests.flows.test_subscribing import live, subscribes, tells, told
from tests.world import World

SPLASH = "cam_123456"


@pytest.fixture
def world(world: World) -> World:
    world.starts_with(vouchdesk_webhook_check="hmac", vouchdesk_poll_minutes=5)
    return world


def happens(world: World, count: int, kind: str = "coupon_claimed") -> list[dict[str, Any]]:
    """So many coupons of the campaign are claimed; nobody tells us."""
    answer = storm(world, count=count, type=kind, campaign=SPLASH)
    return [json.loads(parcel["body"]) for parcel in answer["parcels"]]


def polls(world: World) -> None:
    world.bot.jobs["poll"][0]()
    checks(world)
    tells(world)


def test_what_nobody_tells_is_read_and_counted_once(world: World) -> None:
    subscribes(world, f"claimed campaign={SPLASH}")
    happens(world, 4)
    polls(world)
    assert live(world)[0].count == 4
    assert "4 claimed" in told(world)[0]
    lists = len(world.api.calls("/v3/campaign/claims"))
    polls(world)
    assert len(world.api.calls("/v3/campaign/claims")) == lists, "not before its time"
    world.later(minutes=5)
    happens(world, 2)
    polls(world)
    assert live(world)[0].count == 6
    assert {hook.source for hook in found(world)} == {"poll"}
    asked = world.api.calls("/v3/campaign/claims")[-1]["body"]
    assert asked["campaign"] == SPLASH
    assert len(asked["start_date"]) == len("2026-11-28 10-00")


def test_opened_coupons_which_no_webhook_tells_are_polled(world: World) -> None:
    subscribes(world, f"opened campaign={SPLASH}")
    wish = {"type": "coupon_opened", "campaign": SPLASH}
    world.api.http.post(f"{world.api.url}/_/event", json=wish).raise_for_status()
    polls(world)
    assert [event.kind for event in events(world)] == ["coupon_opened"]


def test_what_was_told_and_is_read_too_happened_once(world: World, front: Any) -> None:
    subscribes(world, f"claimed campaign={SPLASH}")
    answer = storm(world, count=3, campaign=SPLASH)
    leaves(address(world, front[1]), {"parcels": answer["parcels"][:2]})
    checks(world)
    polls(world)
    leaves(address(world, front[1]), {"parcels": answer["parcels"][2:]})
    checks(world)
    assert states(world) == {"counted": 3, "same": 3}
    assert live(world)[0].count == 3


def test_what_happened_before_anybody_wanted_to_know_is_not_counted(world: World) -> None:
    happens(world, 5)
    world.later(seconds=2)
    subscribes(world, f"claimed campaign={SPLASH}")
    polls(world)
    assert live(world)[0].count == 0


def test_while_coupontools_is_away_the_bookmark_stays(world: World) -> None:
    subscribes(world, f"claimed campaign={SPLASH}")
    happens(world, 3)
    world.api.fails("/v3/campaign/claims", times=1, status=500)
    polls(world)
    assert live(world)[0].count == 0
    polls(world)
    assert live(world)[0].count == 3


def test_once_a_day_both_are_compared_and_what_is_missing_is_brought_in(
    world: World, front: Any
) -> None:
    world.starts_with(vouchdesk_poll_minutes=0)
    subscribes(world, f"claimed campaign={SPLASH}")
    with world.bot.office.store.begin() as tx:
        each = tx.merge(live(world)[0])
        each.at = each.at.replace(year=2020)
    answer = storm(world, count=5, campaign=SPLASH)
    leaves(address(world, front[1]), {"parcels": answer["parcels"][:3]})
    checks(world)
    assert live(world)[0].count == 3
    world.later(hours=26)
    world.bot.jobs["compare"][0]()
    world.bot.jobs["compare"][0]()
    checks(world)
    assert live(world)[0].count == 5
    with world.bot.office.store.look() as tx:
        lines = queries.audit(tx, kind="compared")
    assert [line.because.partition(": ")[2] for line in lines] == ["5 listed, 3 counted"]
