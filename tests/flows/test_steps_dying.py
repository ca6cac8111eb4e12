"""Kill the process around every commit and call of a step that waits, and start it again.

Slack sends a step once more only while nobody has said that it is kept; whatever was kept is told
how it ended, and told once.
"""

import signal
from collections.abc import Callable
from typing import Any

import pytest

from actions.errors import Declined
from bot.app import Bot
from store import queries
from store.lifecycle import TooLate
from store.tables import Progress
from tests.dying import die, rest, turns
from tests.flows.asking import agree
from tests.flows.running import SPRING, kept, ran
from tests.flows.test_dying import addresses
from tests.world import World

GIVEN_UP = ["dispatch_failed"] * 4
PLACES = {"sqlite": 48, "postgres": 60}
"""More than there are to be killed at, as is checked below; the engine's own vary."""


def arrives(bot: Bot, event: dict[str, Any]) -> None:
    """As the listener does it; then all of it, with the yes of somebody else."""
    bot.executions.keep(event, "T0VOUCH")
    bot.executions.take(event["function_execution_id"])
    goes_on(bot, event)


def goes_on(bot: Bot, event: dict[str, Any]) -> None:
    """From wherever it stands."""
    bot.jobs["steps"][0]()
    bot.jobs["prepare"][0]()
    with bot.office.store.look() as tx:
        request = queries.request_of_token(tx, event["function_execution_id"])
    try:
        if request:
            bot.approvals.approve(request.id, request.version, actor="U0BO")
    except (Declined, TooLate):
        pass  # it was decided before the process died
    bot.jobs["mint"][0]()
    rest(bot)
    bot.jobs["announce"][0]()
    bot.jobs["steps"][0]()


def unheard(world: World) -> dict[str, Any]:
    """Somebody runs a workflow while the bot is down, until Slack has given up: the event."""
    world.forgiven.add("dispatch_failed")
    world.stops()
    wish = {"callback_id": "campaign_create", "user": "ana", "inputs": SPRING}
    answer = world.slack.does("step", **wish)
    execution = answer["execution"]
    world.until(lambda: [d.get("error") for d in world.slack.deliveries] == GIVEN_UP, "given up")
    function = {
        "callback_id": "campaign_create",
        "output_parameters": [{"name": name} for name in ("request_id", "status", "result")],
    }
    event = {"function": function, "inputs": execution["inputs"]}
    return event | {"function_execution_id": execution["id"]}


@pytest.mark.parametrize(("database", "fatal"), turns(PLACES, each=4), indirect=["database"])
def test_whenever_it_dies_a_step_is_asked_for_once_and_told_how_it_ended(
    world: World, fatal: int
) -> None:
    event = unheard(world)
    code, _ = die(addresses(world), event, fatal, arrives)
    assert code in (-signal.SIGKILL, 0), "it died of something else"

    world.starts()
    if not kept(world):  # then nobody has told Slack that it was taken
        assert world.slack.does("redeliver", index=0)["ok"]
        world.workers.rest()
    world.later(seconds=11)
    goes_on(world.bot, event)
    world.passes(minutes=6)
    [operation], [_], [row] = world.operations(), world.requests(), kept(world)
    execution = ran(world, row.id)
    assert row.told_at is not None
    assert len(world.api.created) <= 1, "made twice"
    assert operation.state in (Progress.DONE, Progress.UNCLEAR), operation.problem
    done = operation.state is Progress.DONE
    assert execution["status"] == ("completed" if done else "failed")
    assert len(world.api.created) == 1 or not done


def test_no_place_is_left_out(world: World) -> None:
    event = unheard(world)
    code, passed = die(addresses(world), event, life=arrives)
    assert code == 0
    places = PLACES["sqlite" if world.bot.office.store.is_sqlite else "postgres"]
    assert places * 2 // 3 < passed <= places


def is_kept(world: World, event: dict[str, Any]) -> None:
    world.bot.executions.keep(event, "T0VOUCH")


def is_asked(world: World, event: dict[str, Any]) -> None:
    world.later(seconds=11)
    world.bot.jobs["steps"][0]()


def is_shown(world: World, event: dict[str, Any]) -> None:
    world.tick()
    assert "through a workflow" in str(world.slack.card())


def is_agreed_to(world: World, event: dict[str, Any]) -> None:
    agree(world, "bo")


def is_done(world: World, event: dict[str, Any]) -> None:
    world.bot.jobs["mint"][0]()
    world.settles()


def is_told_to_people(world: World, event: dict[str, Any]) -> None:
    world.bot.jobs["announce"][0]()


def is_told_in_vain(world: World, event: dict[str, Any]) -> None:
    world.slack.fails("functions.completeSuccess", status=503)
    world.bot.jobs["steps"][0]()
    world.later(minutes=6)


STATES: tuple[Callable[[World, dict[str, Any]], None], ...] = (
    *(is_kept, is_asked, is_shown, is_agreed_to, is_done, is_told_to_people, is_told_in_vain),
)


def lives(world: World, event: dict[str, Any], *restarts: str) -> None:
    world.starts()
    for state in STATES:
        state(world, event)
        assert ran(world, event["function_execution_id"])["status"] == "running"
        if state.__name__ in restarts:
            world.stops()
            world.starts()
    world.tick()
    assert ran(world, event["function_execution_id"])["status"] == "completed"
    assert len(world.requests()) == len(world.api.created) == 1


@pytest.mark.parametrize("place", [state.__name__ for state in STATES])
def test_after_a_restart_in_any_state_the_step_ends_all_the_same(world: World, place: str) -> None:
    event = unheard(world)
    lives(world, event, place)


def test_after_a_restart_in_every_state_nothing_is_lost_and_nothing_done_twice(
    world: World,
) -> None:
    event = unheard(world)
    lives(world, event, *(state.__name__ for state in STATES))
