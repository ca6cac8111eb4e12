"""The week in words, for the channel of the record."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.app import build
from tests.flows.asking import agree, asks_agreed_push, asks_campaign, seen
from tests.world import World

ZONE = ZoneInfo("Europe/Brussels")


def on_monday(world: World, at: time = time(9, 1)) -> None:
    """Put the clock forward to the next Monday, on the clock of the team."""
    local = world.now().astimezone(ZONE)
    monday = local.date() + timedelta(days=7 - local.weekday())
    world.later(seconds=(datetime.combine(monday, at, ZONE) - local).total_seconds())


def tells(world: World) -> str:
    world.bot.jobs["digest"][0]()
    return seen(world, "audit")


def test_on_mondays_the_week_is_told_once(world: World) -> None:
    on_monday(world, time(12))
    asks_campaign(world)
    world.later(hours=3)
    agree(world, "bo")
    asks_agreed_push(world)
    world.tick()
    asks_campaign(world)
    world.person("bo").at_card("refuse").submits(reason="Far too early")
    world.api.fails("/v3/coupon/create", drop="before")
    asks_campaign(world)
    agree(world, "bo")
    world.tick()
    before = tells(world)

    on_monday(world, time(8, 59))
    assert tells(world) == before
    world.later(minutes=2)
    told = tells(world).removeprefix(before)
    for words in (
        *("The week from", "campaign.create: 1 done, 1 unclear", "campaign.push_all: 1 done"),
        *("<@U0BO> 3, <@U0CY> 1", "Refused: 1", "Far too early"),
        *("Unclear and still open: 1", "Waited longest for people", "3 h"),
    ):
        assert words in told, words
    assert tells(world) == before + told


def test_a_week_without_anything_is_one_line(world: World) -> None:
    asks_campaign(world)
    on_monday(world)
    on_monday(world)
    assert "nothing ran, nobody decided anything, nothing is unclear." in tells(world)


def test_where_there_was_no_record_nothing_is_told_of_it(world: World) -> None:
    assert tells(world) == ""


def test_slack_being_away_on_monday_it_is_told_later(world: World) -> None:
    asks_campaign(world)
    on_monday(world)
    world.slack.fails("chat.postMessage", error="internal_error")
    assert "The week" not in tells(world)
    world.later(days=2)
    assert "The week" in tells(world)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_of_several_processes_one_tells(world: World) -> None:
    asks_campaign(world)
    on_monday(world)
    others = [build(world.settings, world.now) for _ in range(2)]
    with ThreadPoolExecutor(3) as many:
        [*many.map(lambda bot: bot.jobs["digest"][0](), [world.bot, *others])]
    assert len(world.slack.messages("audit")) == 1
    for other in others:
        other.stop(beat=False)
