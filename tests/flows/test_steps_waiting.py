"""Steps that wait: for days, for Slack, for the database, for another yes."""

import sqlite3

import pytest

from bot.stuck import stuck
from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, agree
from tests.flows.running import SPRING, kept, ran, runs, waits, why
from tests.flows.test_sessions import makes
from tests.world import World


def test_it_may_wait_for_days_long_after_the_token_of_the_workflow_is_dead(world: World) -> None:
    id = waits(world)
    token = ran(world, id)["token"]
    assert world.slack.does("clock", ahead_s=901)["ok"]
    dead = world.slack.http.post(
        f"{world.slack.url}/api/functions.completeSuccess",
        json={"function_execution_id": id, "outputs": {}},
        headers={"authorization": f"Bearer {token}"},
    ).json()
    assert dead["error"] == "token_revoked"
    world.passes(days=2)
    agree(world, "bo")
    world.tick()
    assert ran(world, id)["status"] == "completed"


def test_while_slack_is_away_the_end_of_a_step_waits(world: World) -> None:
    id = waits(world)
    world.slack.fails("functions.completeSuccess", times=2, status=500)
    agree(world, "bo")
    world.tick()
    assert ran(world, id)["status"] == "running"
    world.passes(seconds=2)
    world.passes(seconds=4)
    assert ran(world, id)["status"] == "completed"


def test_slack_says_when_to_come_back_and_is_believed(world: World) -> None:
    id = waits(world)
    world.slack.fails("functions.completeSuccess", retry_after=60)
    agree(world, "bo")
    world.tick()
    world.passes(seconds=50)
    assert ran(world, id)["status"] == "running"
    world.passes(seconds=15)
    assert ran(world, id)["status"] == "completed"


def test_while_slack_cannot_say_who_runs_it_the_step_waits_and_then_fails(world: World) -> None:
    world.bot.people.forget()
    world.slack.fails("users.info", times=1, status=500)
    id = runs(world, "campaign_create", **SPRING)
    assert world.requests() == []
    world.passes(seconds=21)
    assert [request.actor for request in world.requests()] == ["U0ANA"]
    world.bot.people.forget()
    world.slack.fails("users.info", times=99, status=500)
    other = runs(world, "campaign_create", **{**SPRING, "name": "Winter"})
    for _ in range(16):
        world.later(seconds=21)
        world.bot.jobs["steps"][0]()
    world.slack.does("faults", over=True)
    world.bot.jobs["steps"][0]()
    assert "Slack cannot say who you are" in why(world, other)
    assert len(world.requests()) == 1
    assert ran(world, id)["status"] == "running"


def test_a_step_whose_workflow_is_no_more_is_left_alone(world: World) -> None:
    id = waits(world)
    bot = {"authorization": "Bearer xoxb-sandbox"}
    world.slack.http.post(
        f"{world.slack.url}/api/functions.completeError",
        json={"function_execution_id": id, "error": "Somebody stopped the workflow"},
        headers=bot,
    )
    agree(world, "bo")
    world.tick()
    assert why(world, id) == "Somebody stopped the workflow"
    assert len(world.api.created) == 1
    assert [row.told_at is not None for row in kept(world)] == [True]


def test_what_is_private_is_sealed_on_its_way_and_then_gone(world: World) -> None:
    world.slack.fails("users.info", times=1, status=500)
    world.bot.people.forget()
    runs(world, "single_use_create", campaign=SPLASH, email="mia.vos@example.test")
    [row] = kept(world)
    assert row.inputs and "mia" not in row.inputs
    world.passes(seconds=21)
    [row] = kept(world)
    assert row.request and row.inputs == ""
    id = runs(world, "session_info", couponsession=makes(world))
    found = {row.id: row.ending for row in kept(world)}
    assert found[id] and "digicpn" not in found[id]
    world.tick()
    assert {row.id: row.ending for row in kept(world)}[id] == ""


def test_what_was_asked_through_a_workflow_can_be_changed_by_who_asked(world: World) -> None:
    id = waits(world)
    request = world.request()
    given = {**SPRING, "name": "Autumn"}
    world.bot.desk.change(request.id, request.version, given, actor="U0ANA")
    world.tick()
    assert ran(world, id)["status"] == "running"
    agree(world, "bo")
    world.tick()
    assert ran(world, id)["outputs"]["result"] == "Campaign “Autumn” is made"


def is_stuck(world: World) -> dict[str, str]:
    """What `vouchdesk doctor` says does not go on."""
    with world.bot.office.store.look() as tx:
        return dict(stuck(tx, world.now()))


def test_doctor_names_a_step_whose_end_slack_does_not_take(world: World) -> None:
    id = waits(world)
    assert not any("workflow" in words for words in is_stuck(world).values())
    agree(world, "bo")
    world.slack.fails("functions.completeSuccess", times=9, error="internal_error")
    for _ in range(3):
        world.passes(minutes=6)
    words = is_stuck(world)[world.request().id]
    assert words.startswith("the workflow waits for the end of “campaign_create” (3 tries)")
    world.slack.does("faults", over=True)
    world.passes(minutes=6)
    assert ran(world, id)["status"] == "completed"
    assert not any("workflow" in words for words in is_stuck(world).values())


def test_when_slack_asks_to_be_left_alone_no_other_step_is_told_of_meanwhile(world: World) -> None:
    ids = [runs(world, "campaign_info", campaign=SPLASH) for _ in range(4)]
    world.slack.fails("functions.completeSuccess", retry_after=30)
    world.tick()
    assert {ran(world, id)["status"] for id in ids} == {"running"}
    world.passes(seconds=31)
    assert {ran(world, id)["status"] for id in ids} == {"completed"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_step_that_cannot_be_kept_is_not_acknowledged_and_comes_again(world: World) -> None:
    world.forgiven.add("dispatch_failed")
    database = sqlite3.connect(str(world.bot.office.store.url.database), isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    wish = {"callback_id": "campaign_create", "user": "ana", "inputs": SPRING}
    assert world.slack.does("step", **wish)["ok"]
    [first, *_] = world.slack.deliveries
    assert first["status"] == 503
    database.execute("ROLLBACK")
    database.close()
    world.until(world.requests, "it is sent again")
    world.workers.rest()
    assert len(world.requests()) == 1


def test_what_was_told_of_is_removed_after_a_while_and_what_waits_is_not(world: World) -> None:
    over = runs(world, "campaign_info", campaign=SPLASH)
    world.tick()
    waiting = waits(world)
    assert {row.id for row in kept(world)} == {over, waiting}
    world.later(days=31)
    world.bot.jobs["prune"][0]()
    assert {row.id for row in kept(world)} == {waiting}


def test_a_step_waits_on_while_it_has_to_be_agreed_to_again(world: World) -> None:
    id = waits(world)
    agree(world, "bo")
    world.person("cy").types("/coupon stop-all a wrong price")
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.DROPPED]
    assert world.request().state is Consent.ASKED
    assert ran(world, id)["status"] == "running"
    for approver in ("bo", "cy"):
        world.person(approver).types("/coupon resume-all")
    world.tick()
    again = world.request()
    assert again.state is Consent.WAITING
    world.bot.approvals.approve(again.id, again.version, actor="U0BO")
    world.tick()
    assert ran(world, id)["status"] == "completed"
    assert len(world.api.created) == 1


def test_what_came_too_late_and_is_skipped_fails_the_step(world: World) -> None:
    id = waits(world)
    agree(world, "bo")
    world.passes(days=2)
    assert [run.state for run in world.operations()] == [Progress.HELD]
    assert ran(world, id)["status"] == "running"
    world.person("bo").at_card("skip")
    world.tick()
    assert why(world, id) == "Dropped: Skipped."
