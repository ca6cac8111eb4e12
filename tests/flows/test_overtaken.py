"""What was agreed to and then overtaken: nothing of before goes out, and what is asked for does.

The model of requests (`tests/model/`) found each of these; here they are told as stories.
"""

from datetime import timedelta

import pytest

from actions.desk import When
from actions.settling import Settling
from schedules.recurrence import next_after
from store import queries
from store.tables import Consent, Progress, Request
from tests.flows.asking import SPLASH, agree, asks_push
from tests.flows.test_deciding import EMERGENCY
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NINE = "0 9 * * *"


def series(world: World) -> When:
    return When(next_after(NINE, "UTC", world.now()), NINE, "UTC")


def asks_agreed_series(world: World, message: str = "Old") -> Request:
    """A push to everybody every morning, which two others have agreed to."""
    given = {"campaign": SPLASH, "message": message}
    world.bot.desk.ask("campaign.push_all", given, actor="U0ANA", when=series(world))
    world.tick()
    agree(world, "bo", "cy")
    return world.request()


def morning_comes(world: World, minutes: int) -> None:
    """So long after nine."""
    nine = next_after(NINE, "UTC", world.now())
    assert nine is not None
    world.shift += nine - world.now() + timedelta(minutes=minutes)
    world.tick()


def changes(world: World, message: str, when: When) -> None:
    """Ana asks for something else, and Bo and Cy agree to that."""
    request = world.request()
    given = {"campaign": SPLASH, "message": message}
    world.bot.desk.change(request.id, request.version, given, actor="U0ANA", when=when)
    world.tick()
    request = world.request()
    for actor in ("U0BO", "U0CY"):
        reached = str(request.reach)
        world.bot.approvals.approve(request.id, request.version, actor=actor, reached=reached)


def test_a_held_run_of_before_a_change_does_not_go_out_any_more(world: World) -> None:
    asks_agreed_series(world)
    morning_comes(world, minutes=30)
    [held] = world.operations(Progress.HELD)
    changes(world, "New", series(world))
    world.bot.launches.run_late(held.id, actor="U0BO")
    world.tick()
    assert world.api.pushed == []
    [dropped] = world.operations()
    assert (dropped.state, dropped.problem) == (
        Progress.DROPPED,
        "It was changed after this run was launched.",
    )
    assert world.request().state is Consent.GRANTED  # what it was changed to stands
    morning_comes(world, minutes=1)
    assert [push["message"] for push in world.api.pushed] == ["New"]


@ON_SQLITE
def test_a_failed_run_of_before_a_change_is_not_taken_up_again(world: World) -> None:
    asks_agreed_series(world)
    world.api.fails("/v3/coupon/pushnotification/all", error_code=502)
    morning_comes(world, minutes=1)
    [failed] = world.operations(Progress.FAILED)
    changes(world, "New", series(world))
    office, bot = world.bot.office, world.bot
    keys = (office.store, bot.desk.catalog, office.vault)
    settling = Settling(*keys, bot.people, bot.engine.submit, world.now)
    settling.go_on(failed.id, actor="U0BO")
    world.tick()
    assert world.api.pushed == []
    assert [run.state for run in world.operations()] == [Progress.DROPPED]


@ON_SQLITE
def test_a_series_that_has_run_and_is_changed_to_once_runs_once_more(world: World) -> None:
    asks_agreed_series(world)
    morning_comes(world, minutes=1)
    changes(world, "New", When())
    world.tick()
    assert [push["message"] for push in world.api.pushed] == ["Old", "New"]
    assert world.request().state is Consent.SPENT


FREE = """
rules:
  - rule: Anything goes
    when: {risk: [read, blast]}
    allow: true
"""
ONE_MORE = """
rules:
  - rule: Reads
    when: {risk: read}
    allow: true
  - rule: Blasts
    when: {risk: blast}
    approvals: 1
"""


@ON_SQLITE
def test_a_series_that_nobody_had_to_agree_to_waits_once_the_policy_asks_for_it(
    world: World,
) -> None:
    world.under(FREE)
    given = {"campaign": SPLASH, "message": "Daily"}
    world.bot.desk.ask("campaign.push_all", given, actor="U0ANA", when=series(world))
    world.tick()
    assert world.request().state is Consent.GRANTED
    world.under(ONE_MORE)
    morning_comes(world, minutes=1)
    assert world.api.pushed == []
    world.tick()
    assert world.request().state is Consent.WAITING
    request = world.request()
    reached = str(request.reach)
    world.bot.approvals.approve(request.id, request.version, actor="U0BO", reached=reached)
    morning_comes(world, minutes=1)
    assert len(world.api.pushed) == 1


def emergency(world: World, *people: str) -> None:
    """These are the group for emergencies, beside being who they are."""
    group = {"usergroup": "firefighters", "name": "Emergencies", "users": [*people]}
    world.slack.does("usergroup", **group)
    world.bot.people.forget()


def goes_alone(world: World) -> None:
    request, reason = world.request(), "The coupon costs us money"
    world.bot.approvals.break_glass(request.id, request.version, actor="U0BO", reason=reason)


@ON_SQLITE
def test_whoever_has_agreed_can_still_go_alone(world: World) -> None:
    world.under(EMERGENCY)
    emergency(world, "U0BO")
    asks_push(world)
    agree(world, "bo")
    goes_alone(world)
    with world.bot.office.store.look() as tx:
        [yes] = queries.approvals(tx, world.request())
    assert (yes.person, yes.comment) == ("U0BO", "The coupon costs us money")
    world.tick()
    assert len(world.api.pushed) == 1


@ON_SQLITE
def test_whoever_went_alone_and_left_the_group_since_sends_nothing(world: World) -> None:
    world.under(EMERGENCY)
    emergency(world, "U0BO")
    asks_push(world)
    goes_alone(world)
    emergency(world)
    world.tick()
    assert world.api.pushed == []
    assert world.request().state is Consent.ASKED
    assert "no longer one who may" in world.operations()[0].problem
