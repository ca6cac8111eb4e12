"""The doctor says what does not go on, and why; and nothing of what only waits its turn."""

from datetime import timedelta

import pytest

from bot.stuck import failed, stuck
from tests.flows.asking import SPLASH, asks_agreed_push, asks_campaign, asks_push
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
INFO = "/v3/coupon/info"


def told(world: World) -> dict[str, str]:
    with world.bot.office.store.look() as tx:
        return dict(stuck(tx, world.now()))


def test_nothing_is_stuck_where_people_only_take_their_time(world: World) -> None:
    asks_push(world)
    world.later(hours=5)
    assert told(world) == {}


@ON_SQLITE
def test_each_thing_that_does_not_go_on_is_named_with_its_reason(world: World) -> None:
    asks_agreed_push(world)
    launch = world.request().id
    world.api.fails(INFO, times=5, status=502)
    world.bot.desk.ask("campaign.create", {"template": "cam_100001"}, actor="U0ANA")
    checked = world.request().id
    for job in ("prepare", "announce"):
        world.bot.jobs[job][0]()
    world.slack.fails("chat.postMessage", times=9, error="not_in_channel")
    world.bot.desk.ask("single_use.create_many", {"campaign": SPLASH, "amount": 10}, actor="U0ANA")
    world.later(minutes=30)  # and no bot is at work
    found = told(world)
    assert found[launch].startswith("agreed and due for 30 min")
    assert "still being checked" in found[checked]
    assert "It is tried again by itself." in found[checked]
    assert "is not told since 30 min" in found[world.request().id]
    with world.bot.office.store.begin() as tx:
        from store.queries import standing

        standing.beat(tx, "mint", world.now() - timedelta(hours=1), 0.5)
    assert told(world)["job mint"].startswith("has not run for 1 h")


@ON_SQLITE
def test_what_has_failed_is_listed_for_a_week(world: World) -> None:
    request = asks_campaign(world, name="Spring")
    world.api.fails("/v3/coupon/create", error_code=301)
    world.person("bo").approves()
    world.tick()
    with world.bot.office.store.look() as tx:
        [(run, words)] = failed(tx, world.now())
        assert run.startswith(request.id)
        assert "Go on" in words
        assert [*failed(tx, world.now() + timedelta(days=8))] == []
    assert told(world) == {}
