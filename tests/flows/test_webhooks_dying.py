"""Kill the process at each state of a webhook, start it again, count what was counted."""

import signal
from datetime import UTC, datetime

import pytest

from store.hooks import Subscription
from tests.dying import turns
from tests.dying_hooks import die
from tests.flows.hooking import checks, events, states, storm
from tests.world import World

PLACES = {"sqlite": 20, "postgres": 26}
"""Around each commit that wrote, and each call; on PostgreSQL the pace writes, too."""


def addresses(world: World) -> tuple[str, str, str]:
    return world.slack.url, world.api.url, world.settings.database_url


def counts(world: World) -> Subscription:
    with world.bot.office.store.look() as tx:
        found = tx.get(Subscription, "sub_1")
    assert found
    return found


def begins(world: World) -> list[bytes]:
    """Three that come, and a channel that wants to know; the bot is down."""
    with world.bot.office.store.begin() as tx:
        wish = {"account": "main", "channel": "C0MARKETING", "actor": "U0BO"}
        tx.add(Subscription(id="sub_1", at=datetime.now(UTC), **wish))
    told = storm(world, count=3, seed=1)
    world.stops()
    return [parcel["body"].encode() for parcel in told["parcels"]]


@pytest.mark.parametrize(("database", "fatal"), turns(PLACES, each=3), indirect=["database"])
def test_whenever_it_dies_no_webhook_is_lost_and_none_is_counted_twice(
    world: World, fatal: int
) -> None:
    bodies = begins(world)
    code, answered, _ = die(addresses(world), bodies, fatal)
    assert code in (-signal.SIGKILL, 0), "it died of something else"

    world.starts()
    world.later(minutes=1)
    checks(world)
    assert len(events(world)) in (len(answered), len(answered) + 1), "who was answered is counted"
    assert counts(world).count == len(events(world))

    for body in bodies:  # a sender that was not answered may bring it again, or all of it
        world.bot.office.inbox.keep("main", body, {})
    checks(world)
    assert len(events(world)) == counts(world).count == 3
    assert states(world) == {"counted": 3}


@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
def test_no_place_of_a_webhook_is_left_out(world: World) -> None:
    code, answered, passed = die(addresses(world), begins(world))
    assert (code, answered) == (0, [0, 1, 2])
    assert passed == PLACES["sqlite" if world.bot.office.store.is_sqlite else "postgres"]
