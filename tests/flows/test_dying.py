"""Kill the process around every commit and call of a push, start it again, count the pushes."""

import signal

import pytest

from store.tables import Progress
from tests.dying import MESSAGE, PLACES, carry_through, die, turns
from tests.world import World


def asked(world: World) -> str:
    """A push on record, nobody has looked at it yet; the bot is down."""
    request = world.bot.desk.ask("campaign.push_all", MESSAGE, actor="U0ANA")
    world.stops()
    return request.id


def addresses(world: World) -> tuple[str, str, str]:
    return world.slack.url, world.api.url, world.settings.database_url


@pytest.mark.parametrize(("database", "fatal"), turns(PLACES, each=3), indirect=["database"])
def test_whenever_it_dies_nothing_is_pushed_twice_and_nothing_is_lost(
    world: World, fatal: int
) -> None:
    id = asked(world)
    code, _ = die(addresses(world), id, fatal)
    assert code in (-signal.SIGKILL, 0), "it died of something else"

    world.starts()
    carry_through(world.bot, id)
    [operation] = world.operations()
    pushes = world.api.pushed
    assert len(pushes) <= 1, "pushed twice"
    assert operation.state in (Progress.DONE, Progress.UNCLEAR), operation.problem
    if operation.state is Progress.DONE:
        assert pushes == [MESSAGE]


def test_no_place_is_left_out(world: World) -> None:
    id = asked(world)
    code, passed = die(addresses(world), id)
    assert code == 0
    places = PLACES["sqlite" if world.bot.office.store.is_sqlite else "postgres"]
    assert places * 2 // 3 < passed <= places
