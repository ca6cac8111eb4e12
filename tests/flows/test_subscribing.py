"""Channels that subscribe to what happens: counted exactly, told seldom, ended by who may."""

import json
from datetime import timedelta
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from store import queries
from store.hooks import Subscription
from store.queries import subscriptions
from tests.flows.hooking import address, checks, events, leave, leaves, storm
from tests.world import World, words_of

SPLASH, BRUNCH = "cam_123456", "cam_123542"


def subscribes(world: World, words: str, who: str = "bo") -> str:
    """Somebody subscribes #marketing; what they were told."""
    return world.person(who).types(f"/coupon subscribe #marketing {words}".rstrip()).sees


def live(world: World) -> list[Subscription]:
    with world.bot.office.store.look() as tx:
        return list(subscriptions.live(tx))


def happens(world: World, front: Any, count: int, **wish: Any) -> None:
    """So many genuine ones come and are checked, and the channel is told."""
    leaves(address(world, front[1]), storm(world, count=count, **wish))
    checks(world)
    tells(world)


def tells(world: World) -> None:
    world.bot.jobs["subscriptions"][0]()


def told(world: World) -> list[str]:
    """The messages of the channel, but that somebody has subscribed it."""
    said = [words_of(message["blocks"]) for message in world.slack.messages("marketing")]
    return [words for words in said if "has subscribed this channel" not in words]


@pytest.fixture
def world(world: World) -> World:
    world.starts_with(vouchdesk_webhook_check="hmac")
    world.bot.lookups.options("campaign.list", world.bot.desk.account(), "")
    return world


def test_a_busy_campaign_is_one_message_that_counts_on(world: World, front: Any) -> None:
    assert "is told of claimed of cam_123456" in subscribes(world, f"claimed campaign={SPLASH}")
    happens(world, front, 7, campaign=SPLASH, duplicates=3, forged=3)
    happens(world, front, 5, campaign=BRUNCH)
    happens(world, front, 4, campaign=SPLASH, type="coupon_validated")
    assert len(told(world)) == 1
    assert "7 things happened" in told(world)[0]
    assert "`cam_123456`: 7 claimed" in told(world)[0]

    happens(world, front, 30, campaign=SPLASH)
    assert "7 claimed" in told(world)[0], "it is not drawn anew at each of them"
    world.later(seconds=20)
    tells(world)
    assert len(told(world)) == 1
    assert "37 claimed" in told(world)[0]
    assert live(world)[0].count == 37


def test_without_a_word_all_that_happens_is_told_also_kinds_that_nobody_knows(
    world: World, front: Any
) -> None:
    subscribes(world, "all")
    wish = {"type": "coupon_claimed", "as": "wallet_saved", "campaign": SPLASH}
    event = world.api.http.post(f"{world.api.url}/_/event", json=wish).json()["event"]
    world.starts_with(vouchdesk_webhook_check="call")
    leave(address(world, front[1]), json.dumps(event))
    happens(world, front, 2, campaign=BRUNCH, type="coupon_validated")
    assert "1 wallet_saved" in told(world)[0]
    assert "2 validated" in told(world)[0]


def test_a_tag_stands_for_the_campaigns_that_have_it(world: World, front: Any) -> None:
    answer = world.api.http.post(f"{world.api.url}/v3/coupon/list", json=KEYS)
    tags = {each["ID"]: each["coupon_tags"] for each in answer.json()["coupon_info"]}
    tag = next(tag for tag in tags[SPLASH].split(",") if tag and tag not in tags[BRUNCH])
    subscribes(world, f"claimed tag={tag}")
    happens(world, front, 3, campaign=SPLASH)
    happens(world, front, 5, campaign=BRUNCH)
    assert live(world)[0].count == 3


KEYS = {"client_id": "sandbox-id", "client_secret": "sandbox-secret"}

THRESHOLDS = {
    "first validated": ("coupon_validated", [0, 1, 2], [0, 1, 1], "first coupon"),
    "claimed every=10": ("coupon_claimed", [9, 1, 15], [0, 1, 2], "10 coupons"),
    "validated at=90% limit=10": ("coupon_validated", [8, 1, 1], [0, 1, 1], "9 of 10 coupons"),
}


@pytest.mark.parametrize("words", THRESHOLDS)
def test_a_threshold_is_told_when_it_is_reached_and_once(
    world: World, front: Any, words: str
) -> None:
    kind, steps, messages, first = THRESHOLDS[words]
    subscribes(world, f"{words} campaign={SPLASH}")
    for more, so_far in zip(steps, messages, strict=True):
        happens(world, front, more, campaign=SPLASH, type=kind)
        tells(world)
        assert len(told(world)) == so_far
    assert first in told(world)[0]


def test_silence_is_told_once_until_something_happens(world: World, front: Any) -> None:
    subscribes(world, f"claimed silence=24h campaign={SPLASH}")
    world.later(hours=23)
    tells(world)
    assert told(world) == []
    happens(world, front, 1, campaign=SPLASH)
    world.later(hours=24, minutes=1)
    tells(world)
    tells(world)
    world.later(hours=30)
    tells(world)
    assert len(told(world)) == 1
    assert "was claimed for 1 day" in told(world)[0]
    happens(world, front, 1, campaign=SPLASH)
    world.later(hours=25)
    tells(world)
    assert len(told(world)) == 2


def test_in_quiet_hours_all_is_counted_and_nothing_told(world: World, front: Any) -> None:
    local = world.now().astimezone(ZoneInfo("Europe/Stockholm"))
    begin, end = local - timedelta(hours=1), local + timedelta(hours=2)
    subscribes(world, f"claimed quiet={begin:%H:%M}-{end:%H:%M}")
    happens(world, front, 6)
    assert told(world) == []
    assert live(world)[0].count == 6
    world.later(hours=2, minutes=1)
    tells(world)
    assert "6 claimed" in told(world)[0]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("claimd", "is no kind of event"),
        ("claimed every=0", "takes a whole number"),
        ("claimed every=100 silence=24h", "One threshold at a time"),
        ("validated at=90%", "you name it"),
        ("campaign=splash", "A campaign looks like cam_123456"),
        ("campaign=cam_999", "There is no campaign cam_999"),
        ("quiet=night", "Quiet hours look like"),
        ("account=other claimed", "There is no account “other”"),
        ("color=red", "There is no “color” here"),
    ],
)
def test_what_cannot_be_meant_is_answered_in_words(world: World, words: str, answer: str) -> None:
    assert answer in subscribes(world, words)
    assert live(world) == []


def test_only_who_answers_for_it_subscribes_and_all_of_it_is_on_record(world: World) -> None:
    world.slack.does("person", user="dee", real_name="Dee Park")
    assert "Only approvers and operators" in subscribes(world, "claimed", who="dee")
    assert live(world) == []
    subscribes(world, "claimed", who="ana")
    subscribes(world, "validated", who="bo")
    assert "exactly that already" in subscribes(world, "claimed", who="bo")
    assert "#C0MARKETING" in world.person("dee").types("/coupon subscribe").sees

    dee = world.person("dee").opens_home()
    assert "Subscriptions" in dee.home
    assert removes(world, "dee") == []
    cy = world.person("cy").opens_home()
    first, second = removes(world, "cy")
    tab = world.slack.state["homes"][cy.id]["id"]
    cy.presses("unsubscribe", view_id=tab, value=first)
    assert len(live(world)) == 1
    assert removes(world, "cy") == [second]
    bo = world.person("bo").types("/coupon unsubscribe #marketing")
    assert live(world) == []
    assert "has subscribed to nothing" in bo.types("/coupon unsubscribe #marketing").sees
    with world.bot.office.store.look() as tx:
        lines = [line for line in queries.audit(tx, most=50) if "subscribed" in line.kind]
    assert [line.kind for line in lines] == 2 * ["unsubscribed"] + 2 * ["subscribed"]


def removes(world: World, name: str) -> list[str]:
    """What the buttons carry that end a subscription."""
    blocks = world.slack.state["homes"][f"U0{name.upper()}"]["blocks"]
    found = [block["accessory"] for block in blocks if block.get("accessory")]
    return [each["value"] for each in found if each["action_id"] == "unsubscribe"]


def test_where_we_cannot_write_nothing_is_subscribed(world: World) -> None:
    world.slack.fails("chat.postMessage", error="not_in_channel")
    assert "Invite me there first" in subscribes(world, "claimed")
    assert live(world) == []


def test_while_slack_is_away_nothing_is_lost(world: World, front: Any) -> None:
    subscribes(world, "claimed")
    world.slack.fails("chat.postMessage", error="internal_error")
    happens(world, front, 3)
    assert told(world) == []
    world.later(minutes=2)
    tells(world)
    assert "3 claimed" in told(world)[0]


def test_two_processes_count_each_event_once(world: World, front: Any) -> None:
    subscribes(world, "claimed")
    leaves(address(world, front[1]), storm(world, count=60, duplicates=10))
    inboxes = [world.bot.office.inbox for _ in range(4)]
    threads = [Thread(target=inbox.check) for inbox in inboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checks(world)
    assert len(events(world)) == live(world)[0].count == 60
