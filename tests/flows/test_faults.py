"""Trouble outside: answers lost, slow or torn, storms of *later*, Slack or the database away."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from coupontools import endpoints
from coupontools.endpoint import Endpoint
from store.db import Store
from store.tables import Progress
from tests.chaos.balancer import balancer
from tests.chaos.ground import Postgres
from tests.chaos.replica import Clock, Replica
from tests.flows.asking import SPLASH, agree, asks_campaign
from tests.flows.test_sheets import consumers, pastes
from tests.processes import runs, until
from tests.world import Human, World, words_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PUSH, LIST, CREATE = "/v3/coupon/pushnotification/all", "/v3/coupon/list", "/v3/singleuse/create"
ROWS = 12


def asks_push(world: World) -> None:
    """Past the form."""
    given = {"campaign": SPLASH, "message": "Summer"}
    world.bot.desk.ask("campaign.push_all", given, actor="U0ANA")
    world.tick()


def all_agree(world: World) -> None:
    request = world.request()
    for person in ("U0BO", "U0CY"):
        reached = str(request.reach)
        world.bot.approvals.approve(request.id, 1, actor=person, reached=reached)


def asks_agreed_push(world: World) -> None:
    asks_push(world)
    all_agree(world)


@ON_SQLITE
@pytest.mark.parametrize(("drop", "happened"), [("amid", 0), ("half", 1)])
def test_half_a_request_or_half_an_answer_leaves_a_push_unclear(
    world: World, drop: str, happened: int
) -> None:
    asks_agreed_push(world)
    world.api.fails(PUSH, drop=drop)
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.UNCLEAR]
    assert len(world.api.pushed) == happened
    assert len(world.api.calls(PUSH)) == 1
    assert world.person("ana").was_told("Unclear")


@ON_SQLITE
@pytest.mark.parametrize("drop", ["amid", "half"])
def test_half_a_request_or_half_an_answer_of_a_read_is_asked_again(world: World, drop: str) -> None:
    world.api.fails(LIST, drop=drop)
    world.bot.desk.ask("campaign.list", {}, actor="U0ANA")
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.DONE]
    assert len(world.api.calls(LIST)) == 2


@contextmanager
def patience(endpoint: Endpoint, seconds: float) -> Iterator[None]:
    """So long we wait for an answer, and no longer."""
    before = endpoint.patience
    object.__setattr__(endpoint, "patience", seconds)
    yield
    object.__setattr__(endpoint, "patience", before)


@ON_SQLITE
def test_an_answer_that_comes_too_late_is_none(world: World) -> None:
    asks_agreed_push(world)
    world.bot.desk.ask("campaign.list", {}, actor="U0ANA")
    with patience(endpoints.CAMPAIGN_PUSH_ALL, 0.5), patience(endpoints.CAMPAIGN_LIST, 0.5):
        world.api.fails(PUSH, delay_s=1.5)
        world.api.fails(LIST, delay_s=1.5)
        world.tick()
    found = {run.action: run.state for run in world.operations()}
    assert found == {"campaign.push_all": Progress.UNCLEAR, "campaign.list": Progress.DONE}
    assert [len(world.api.calls(PUSH)), len(world.api.calls(LIST))] == [1, 2]
    assert len(world.api.pushed) == 1  # it was done all the same, and a person is asked
    assert world.person("ana").was_told("did not answer in time")


def test_a_storm_of_later_refuses_no_row_and_repeats_none(world: World) -> None:
    pastes(world, consumers(ROWS)).submits()
    world.tick()
    agree(world, "bo")
    world.api.fails(CREATE, times=4, retry_after=1)
    world.api.fails(CREATE, times=2, status=503, retry_after=1)
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.DONE] * ROWS
    calls = world.api.calls(CREATE)
    made = [call["body"]["email"] for call in calls if call["status"] == 200]
    assert len(made) == len(set(made)) == ROWS
    assert len(calls) == ROWS + 6


def test_after_ten_minutes_without_slack_all_is_told_once_and_in_order(world: World) -> None:
    asks_push(world)
    ana, questions = world.person("ana"), [f"Question {number}?" for number in range(10)]
    request = world.request()
    for method in ("chat.postMessage", "chat.update"):
        world.slack.fails(method, times=10**6, status=503)
    for words in questions:  # Slack brings what people write, and takes nothing from us
        world.bot.approvals.question(request.id, 1, actor="U0BO", words=words)
        world.passes(minutes=1)
    all_agree(world)
    world.tick()
    assert [said for said in world.slack.messages("approvals") if said.get("thread_ts")] == []
    world.slack.does("faults", over=True)
    for _ in range(3):
        world.passes(minutes=6)

    assert len(world.api.pushed) == 1
    card = world.slack.card()
    replies = [
        words_of(said)
        for said in world.slack.messages("approvals")
        if said.get("thread_ts") == card["ts"]
    ]
    assert [next(q for q in questions if q in said) for said in replies] == questions
    assert "Done" in words_of(card)
    told = [words_of(said) for said in world.slack.messages(ana.dm) if said.get("thread_ts")]
    assert sum("The push is sent" in said for said in told) == 1
    cards = [said for said in world.slack.messages("approvals") if not said.get("thread_ts")]
    assert len(cards) == 1


@contextmanager
def gone(world: World, server: Any) -> Iterator[None]:
    """The database: stopped, or kept locked by somebody else."""
    store = Store(world.settings.database_url)
    if store.is_sqlite:
        other = sqlite3.connect(str(store.url.database), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")
        other.close()
    else:
        store.close()
        database = Postgres(server(), str(store.url.database))
        database.stop()
        yield
        database.start()
    store.close()


def test_a_minute_without_the_database_loses_nothing(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    asks_campaign(world, name="Spring")
    ana = world.person("ana").types(f"/coupon campaign push_all campaign={SPLASH} message=Summer")
    assert ana.filled["message"] == "Summer"
    world.stops()
    store = Store(world.settings.database_url)
    with served(world, tmp_path) as bot:
        with gone(world, lambda: request.getfixturevalue("server")):
            bo = world.person("bo").at_card("approve")
            until(lambda: bo.was_told("Nothing was saved"), "Bo is told")
            assert ana.submits().answer["response_action"] == "push"
            assert ana.was_told("Nothing was saved")
            bot.clock.jump(60)
        until(lambda: bot.is_ready, "it is ready again")
        until(lambda: agreed_to(world, bo), "the campaign is made, and that is told")
        world.slack.does("close", user="ana")
        assert ana.submits().answer["response_action"] == "clear"
        until(lambda: len(world.slack.messages("approvals")) == 2, "the push is shown")
        assert bot.is_up  # the same process all the time
    assert [run.state for run in runs(store)] == [Progress.DONE]
    assert [made["name"] for made in world.api.created] == ["Spring"]
    assert len([said for said in world.slack.messages(ana.dm) if said.get("thread_ts")]) == 1
    store.close()


@contextmanager
def served(world: World, folder: Path) -> Iterator[Replica]:
    """A process of its own, and Slack talks to that."""
    (folder / "clock").write_text("0")
    replica = Replica(world.settings, Clock(folder / "clock"), folder / "log")
    world.front.app = balancer([replica])
    replica.begin()
    until(lambda: replica.is_ready, "it is ready")
    try:
        yield replica
    finally:
        replica.kill()
        world.front.app = None


def agreed_to(world: World, person: Human) -> bool:
    """Press again, as one does, until the card says that it is done."""
    person.at_card("approve")
    return "Done" in words_of(world.slack.card())
