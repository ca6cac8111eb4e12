"""Several runs of an account that share a workflow: each is judged on its own."""

from collections import Counter
from datetime import timedelta

import pytest
from dbos import DBOS
from sqlalchemy import text

from actions.desk import When
from schedules import replicas as slots
from schedules.carrying import in_turn
from schedules.engine import SEVERAL
from store import queries
from store.queries.replicas import ADOPTED
from store.tables import Progress
from tests.dying import rest
from tests.flows.asking import agree
from tests.flows.test_sheets import consumers, hurry, pastes
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database", ["postgres"], indirect=True)
CREATE = "/v3/singleuse/create"
ROWS = 40
"""Five times what a process calls an account for at once."""


def test_while_one_waits_the_others_have_their_turn() -> None:
    pauses = {"a": [0.2, None], "b": [None], "c": [0.1, 0.3, None]}
    turns: list[str] = []

    def carry(id: str) -> float | None:
        turns.append(id)
        return pauses[id].pop(0)

    waits: list[float] = []
    in_turn(["a", "b", "c"], carry, waits.append)
    assert turns == ["a", "b", "c", "c", "a", "c"]
    assert waits[:3] == [0, 0, 0]
    assert 0 < waits[3] <= 0.1


def a_sheet(world: World) -> None:
    """Agreed to, and about to be launched."""
    hurry(world)
    pastes(world, consumers(ROWS)).submits()
    world.tick()
    agree(world, "bo")


def made(world: World) -> list[str]:
    return [call["body"]["email"] for call in world.api.calls(CREATE)]


def adopted(world: World) -> int:
    with world.bot.office.store.look() as tx:
        return len(queries.audit(tx, kind=ADOPTED, most=500))


def test_many_rows_share_workflows_and_few_do_not(world: World) -> None:
    a_sheet(world)
    world.tick()
    assert sorted(Counter(made(world)).values()) == [1] * ROWS
    assert [run.state for run in world.operations()] == [Progress.DONE] * ROWS
    shared = DBOS.list_workflows(workflow_id_prefix=SEVERAL)
    assert Counter(len(each.input["args"]) for each in shared if each.input) == {5: 8}
    pastes(world, consumers(8)).submits()
    world.tick()
    agree(world, "bo")
    world.tick()
    assert len(DBOS.list_workflows(workflow_id_prefix=SEVERAL)) == 8
    assert len(DBOS.list_workflows(status="SUCCESS")) == 16


@ON_SQLITE
def test_requests_that_are_launched_part_by_part_share_workflows_too(world: World) -> None:
    hurry(world)
    when = When(world.now() + timedelta(minutes=1))
    for _ in range(60):  # 50 are a part
        world.bot.desk.ask("campaign.list", {}, actor="U0ANA", when=when)
    world.tick()
    world.passes(minutes=2)
    assert [run.state for run in world.operations()] == [Progress.DONE] * 60
    shared = DBOS.list_workflows(workflow_id_prefix=SEVERAL)
    assert Counter(len(each.input["args"]) for each in shared if each.input) == {8: 6, 2: 6}, (
        "of 60 that were due, and of the 10 that were left"
    )


def test_what_its_workflow_will_get_to_is_not_adopted_but_what_was_lost_is(world: World) -> None:
    a_sheet(world)
    world.api.fails(CREATE, times=8, delay_s=1.5)
    world.bot.jobs["mint"][0]()
    world.until(lambda: len(made(world)) == 8, "the first of each are under way")
    world.later(minutes=2)
    world.bot.engine.adopt()
    assert adopted(world) == 0
    world.settles()
    rest(world.bot)
    assert sorted(Counter(made(world)).values()) == [1] * ROWS


@ON_SQLITE
def test_what_no_workflow_carries_any_more_is_handed_over_again(world: World) -> None:
    a_sheet(world)
    world.tick()
    rest(world.bot)
    left = [run.id for run in world.operations()[:3]]
    forget(world, left)
    with world.bot.office.store.begin() as tx:
        tx.execute(text("DELETE FROM workflow_status"))
    world.later(minutes=2)
    world.bot.engine.adopt()
    rest(world.bot)
    assert adopted(world) == 3
    assert sorted(Counter(made(world)).values()) == [1] * (ROWS - 3) + [2] * 3


def forget(world: World, runs: list[str]) -> None:
    """As if these had never begun."""
    with world.bot.office.store.begin() as tx:
        for id in runs:
            tx.execute(text("DELETE FROM app_step_run WHERE operation = :id"), {"id": id})
            ready = "UPDATE app_operation SET state = 'ready', started_at = NULL WHERE id = :id"
            tx.execute(text(ready), {"id": id})


@ON_POSTGRES
def test_who_takes_a_shared_workflow_over_goes_on_with_what_is_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "CERTAIN", 0.0)
    a_sheet(world)
    world.tick()
    rest(world.bot)
    [first, *_] = DBOS.list_workflows(workflow_id_prefix=SEVERAL)
    assert first.input
    carried = first.input["args"]
    forget(world, list(carried[3:]))
    with world.bot.office.store.begin() as tx:
        tx.execute(
            text(
                "UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = 'slot-77'"
                " WHERE workflow_uuid = :workflow"
            ),
            {"workflow": first.workflow_id},
        )
    world.bot.jobs["inherit"][0]()
    rest(world.bot)
    assert adopted(world) == 1, "of those that were left, the first one was at work"
    assert sorted(Counter(made(world)).values()) == [1] * (ROWS - 2) + [2] * 2


@ON_SQLITE
def test_a_run_that_was_handed_over_anew_is_not_for_its_old_workflow(world: World) -> None:
    a_sheet(world)
    world.tick()
    [run, *_] = world.operations()
    forget(world, [run.id])
    world.later(minutes=1)  # what is known of its sheet is old by now
    before = len(world.api.calls())
    assert world.bot.runner.take(run.id, 1) is None
    assert len(world.api.calls()) == before, "nobody looks whether it may begin"
    assert world.bot.runner.take(run.id, 0) is None
    assert len(made(world)) == ROWS + 1
