"""Several processes on one database: what dies is taken over, what is told to stop lets work end.

Judged by the sandboxes: what reached Coupontools, and what people were told.
"""

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from actions.desk import When
from bot.app import build
from coupontools.client import Client, Keys
from coupontools.endpoints import CAMPAIGN_LIST
from coupontools.errors import Busy
from schedules import replicas as slots
from schedules.pacing import SharedPace
from schedules.replicas import Slot
from store import queries
from store.db import Store
from store.lifecycle import note
from store.queries.replicas import ADOPTED
from store.tables import Consent, Operation, Progress
from tests.dying import rest
from tests.flows.asking import SPLASH, agree, asks_agreed_push, asks_push
from tests.flows.test_sheets import consumers, pastes
from tests.processes import runs, serving, until
from tests.world import World

ON_POSTGRES = pytest.mark.parametrize("database", ["postgres"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PUSH, LIST, CREATE = "/v3/coupon/pushnotification/all", "/v3/coupon/list", "/v3/singleuse/create"


ROWS = 48
READ, READS = "directory.main_categories", "/v3/category/main/list"


@ON_POSTGRES
def test_what_a_dead_process_had_begun_is_taken_over_by_another(
    world: World, tmp_path: Path
) -> None:
    asks_agreed_push(world)
    world.bot.desk.ask(READ, {}, actor="U0ANA")
    world.stops()
    for path in (PUSH, READS):
        world.api.fails(path, delay_s=28)  # the answer is that long on its way
    store, settings = Store(world.settings.database_url), world.settings
    with serving(settings, tmp_path) as first:
        until(lambda: world.api.calls(PUSH) and world.api.calls(READS), "both are sent")
        with serving(settings, tmp_path) as second, serving(settings, tmp_path) as third:
            living = [second.begins(), third.begins()]
            first.told(signal.SIGKILL)
            until(lambda: not _count(store, Progress.RUNNING), "others take it over", patience=15)
            for other in living:
                other.told(signal.SIGTERM)
            assert [other.ends() for other in living] == [0, 0]
    found = {run.action: run.state for run in runs(store)}
    assert found == {"campaign.push_all": Progress.UNCLEAR, READ: Progress.DONE}
    assert [len(world.api.calls(PUSH)), len(world.api.calls(READS))] == [1, 2]
    with store.look() as tx:
        taken = queries.audit(tx, kind=ADOPTED)
    assert [line.because for line in taken] == ["slot-0 is gone"] * 2
    store.close()


@ON_SQLITE
def test_a_deploy_in_the_middle_of_work_loses_nothing_and_repeats_nothing(
    world: World, tmp_path: Path
) -> None:
    held = holds_a_late_push(world)
    asks_push(world)
    pastes(world, consumers(ROWS)).submits()
    world.tick()
    for request in world.requests()[-2:]:
        for person in ("U0BO", "U0CY")[: request.quorum]:
            reached = str(request.reach)
            world.bot.approvals.approve(request.id, 1, actor=person, reached=reached)
    world.stops()  # neither has begun
    store = Store(world.settings.database_url)
    ends_in_good_order(world, store, tmp_path)
    store.close()

    world.starts()
    world.bot.launches.run_late(held.id, actor="U0BO")
    world.tick()
    states = [run.state for run in world.operations()]
    assert states == [Progress.DONE] * (ROWS + 2)
    assert sorted(push["message"] for push in world.api.pushed) == ["Late", "Summer"]
    made = [call["body"]["email"] for call in world.api.calls(CREATE)]
    assert len(made) == len(set(made)) == ROWS


def holds_a_late_push(world: World) -> Operation:
    """One that was due half an hour ago: it waits for a person."""
    world.later(minutes=-30)
    when = When(world.now() + timedelta(seconds=1))
    given = {"campaign": SPLASH, "message": "Late"}
    world.bot.desk.ask("campaign.push_all", given, actor="U0ANA", when=when)
    world.tick()
    agree(world, "bo", "cy")
    world.passes(minutes=30)
    [held] = world.operations(Progress.HELD)
    return held


def ends_in_good_order(world: World, store: Store, folder: Path) -> None:
    """Told to stop with calls under way: it says so, waits for their answers, begins no others."""
    world.api.fails(PUSH, delay_s=3)
    world.api.fails(CREATE, times=ROWS, delay_s=3)  # eight at once: the others wait
    with serving(world.settings, folder) as bot:
        until(lambda: world.api.calls(CREATE), "rows are under way")
        bot.told(signal.SIGTERM)
        until(lambda: bot.ready[0] != 200, "it says so")
        assert bot.ready in [(503, {"ready": False, "reason": "draining"}), (0, {})]
        assert bot.ends() == 0
    assert _count(store, Progress.UNCLEAR) == _count(store, Progress.RUNNING) == 0
    assert _count(store, Progress.DONE) > 1
    assert _count(store, Progress.READY) > 1


@ON_SQLITE
def test_told_twice_to_stop_it_ends_at_once(world: World, tmp_path: Path) -> None:
    asks_push(world)
    agree(world, "bo", "cy")
    world.stops()
    store = Store(world.settings.database_url)
    world.api.fails(PUSH, delay_s=25)
    with serving(world.settings, tmp_path) as bot:
        until(lambda: world.api.calls(PUSH), "the push is under way")
        bot.told(signal.SIGTERM)
        until(lambda: bot.ready[0] == 503, "it drains")
        bot.told(signal.SIGTERM)
        assert bot.ends() == 128 + signal.SIGTERM
    store.close()
    world.starts()
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.UNCLEAR]
    assert len(world.api.calls(PUSH)) == 1


def _count(store: Store, state: Progress) -> int:
    return sum(run.state is state for run in runs(store))


@ON_POSTGRES
def test_two_processes_keep_one_pace(world: World, http: httpx.Client) -> None:
    rate, burst, keys = 20.0, 4, Keys("sandbox-id", "sandbox-secret")
    stores = [Store(world.settings.database_url) for _ in range(2)]
    with httpx.Client(base_url=world.api.url) as api:
        clients = [Client(api, keys, SharedPace(s, "main", rate, burst)) for s in stores]
        began = datetime.now().astimezone()
        with ThreadPoolExecutor(6) as threads:
            for turn in range(30):
                threads.submit(clients[turn % 2].call, CAMPAIGN_LIST, {})
        calls = [datetime.fromisoformat(call["at"]) for call in world.api.calls(LIST)]
        assert len(calls) == 30
        ahead = [
            (nth, at)
            for nth, at in enumerate(sorted(calls))
            if at < began + timedelta(seconds=(nth - burst + 1) / rate)
        ]
        assert ahead == []

        world.api.fails(LIST, retry_after=1)
        with pytest.raises(Busy):
            clients[0].call(CAMPAIGN_LIST, {})
        clients[1].call(CAMPAIGN_LIST, {})
    refused, after = [datetime.fromisoformat(c["at"]) for c in world.api.calls(LIST)[-2:]]
    assert after - refused >= timedelta(seconds=1)
    for store in stores:
        store.close()


@ON_POSTGRES
def test_two_processes_prepare_and_tell_everything_once_and_in_order(world: World) -> None:
    other = build(world.settings, world.now)
    ids = []
    for _ in range(8):
        given = {"template": "cam_100001", "name": "Spring"}
        ids.append(world.bot.desk.ask("campaign.create", given, actor="U0ANA").id)
    both(world.bot.jobs["prepare"][0], other.jobs["prepare"][0])
    for id in ids:
        assert [kind for kind, _ in world.trail(id)].count(Consent.WAITING) == 1
    world.tick()

    asked = [str(number) for number in range(24)]
    for words in asked:
        for id in ids:
            with world.bot.office.store.begin() as tx:
                request = queries.request(tx, id)
                note(
                    tx,
                    "question",
                    actor="U0BO",
                    at=world.now(),
                    about=request,
                    because=f"Question {words}?",
                    tell=True,
                )
    both(world.bot.jobs["announce"][0], other.jobs["announce"][0])
    both(world.bot.jobs["announce"][0], other.jobs["announce"][0])
    cards = [said for said in world.slack.messages("approvals") if not said.get("thread_ts")]
    assert len(cards) == len(ids)
    for card in cards:
        thread = [
            said["text"]
            for said in world.slack.messages("approvals")
            if said.get("thread_ts") == card["ts"]
        ]
        found = [next(n for n in asked if f"Question {n}?" in words) for words in thread]
        assert found == asked
    other.office.close()


def both(*jobs: Callable[[], None]) -> None:
    """Two processes call their job at the same moment."""
    together = threading.Barrier(len(jobs))

    def begin(job: Callable[[], None]) -> None:
        together.wait()
        job()

    with ThreadPoolExecutor(len(jobs)) as threads:
        list(threads.map(begin, jobs))


@ON_POSTGRES
def test_a_slot_whose_connection_broke_is_taken_again_or_lost(world: World) -> None:
    store, lost = Store(world.settings.database_url), []
    mine, other = Slot(store, lambda: lost.append(1)), Slot(store, lambda: None)
    mine.take()
    other.take()
    assert [mine.name, other.name] == ["slot-1", "slot-2"]  # the bot of this story has slot-0
    broken(store, mine)
    mine.check()  # it notices
    mine.check()  # it has it again
    other.free()
    other.take()
    assert other.name == "slot-2"

    broken(store, mine)
    mine.check()
    other.free()
    other.take()
    assert other.name == "slot-1"
    for _ in range(slots.TRIES):
        assert lost == []
        mine.check()
    assert lost == [1]
    mine.free()
    other.free()
    store.close()


def broken(store: Store, slot: Slot) -> None:
    """The server ends the connection of that slot."""
    with store.begin() as tx:
        given = {"key": slots.SLOTS, "slot": int(slot.name.removeprefix("slot-"))}
        pid = tx.execute(slots.WHO, given).scalar()
        tx.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


@ON_POSTGRES
def test_a_run_whose_processes_die_again_and_again_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = carried_out(world, monkeypatch)
    for deaths in range(1, 7):
        as_if_left(world, run)
        world.bot.jobs["inherit"][0]()
        rest(world.bot)
        assert len(world.api.calls(LIST)) == min(deaths, 5) + 1
    [run] = world.operations()
    assert run.state is Progress.FAILED
    assert "its process ended 5 times in the middle of it" in run.problem


@ON_POSTGRES
def test_a_run_that_an_elder_release_had_begun_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It kept steps in the engine, which nobody asks for any more."""
    run = carried_out(world, monkeypatch)
    as_if_left(world, run)
    with world.bot.office.store.begin() as tx:
        tx.execute(
            text(
                "INSERT INTO dbos.operation_outputs"
                " (workflow_uuid, function_id, function_name, output, retention_timestamp)"
                " VALUES (:workflow, 1, 'take', '0.0', 0), (:workflow, 2, 'DBOS.sleep', '1', 0)"
            ),
            {"workflow": f"{run.id}/{run.round}"},
        )
    world.bot.jobs["inherit"][0]()
    rest(world.bot)
    [run] = world.operations()
    assert run.state is Progress.DONE
    assert len(world.api.calls(LIST)) == 2


def carried_out(world: World, monkeypatch: pytest.MonkeyPatch) -> Operation:
    """A run that is over; who finds a process gone is sure of it at once."""
    monkeypatch.setattr(slots, "CERTAIN", 0.0)
    world.bot.desk.ask("campaign.list", {}, actor="U0ANA")
    world.tick()
    rest(world.bot)
    [run] = world.operations()
    return run


def as_if_left(world: World, run: Operation) -> None:
    """A process in slot 77 had begun it, and is gone."""
    with world.bot.office.store.begin() as tx:
        given = {"id": run.id, "workflow": f"{run.id}/{run.round}"}
        tx.execute(text("DELETE FROM app_step_run WHERE operation = :id"), given)
        tx.execute(text("UPDATE app_operation SET state = 'running' WHERE id = :id"), given)
        tx.execute(
            text(
                "UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = 'slot-77'"
                " WHERE workflow_uuid = :workflow"
            ),
            given,
        )
