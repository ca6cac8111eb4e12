"""Many people, many schedules at the same moment: acknowledged at once, told the truth, in turn."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from pydantic import ValidationError
from sqlmodel import select

from actions.desk import When
from bot.settings import Settings
from schedules.engine import AT_ONCE, MOST_AT_ONCE, at_once
from store import pools
from store.db import Store
from store.queries import consent
from store.tables import Account, Consent
from tests.flows.asking import TEMPLATE, asks_campaign
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database", ["postgres"], indirect=True)
THREADS = 16
"""Of listeners, in the world of a test."""


@ON_SQLITE
def test_a_press_is_acknowledged_though_every_thread_is_busy(world: World) -> None:
    asks_campaign(world)
    done = Event()
    for _ in range(THREADS):
        world.workers.submit(done.wait)
    card = world.slack.card()["ts"]
    pressed = {"ts": card, "channel": "approvals", "action_id": "approve"}
    answer = world.slack.does("press", user="bo", **pressed)
    assert (answer["ok"], world.slack.deliveries[-1]["status"]) == (True, 200)
    assert world.request().state is Consent.WAITING
    done.set()
    world.workers.rest()
    assert world.request().state is Consent.GRANTED


@ON_SQLITE
def test_one_that_is_looked_at_slowly_keeps_no_other_waiting(world: World) -> None:
    def states() -> list[Consent]:
        return [request.state for request in world.requests()]

    world.api.fails("/v3/coupon/info", delay_s=4)
    given = {"template": TEMPLATE, "name": "Spring"}
    for _ in range(3):
        world.bot.desk.ask("campaign.create", given, actor="U0ANA")
    with ThreadPoolExecutor(1) as beside:
        beat = beside.submit(world.bot.jobs["prepare"][0])
        world.until(lambda: states().count(Consent.WAITING) == 2, "two wait for people")
        assert not beat.done()
        assert states().count(Consent.ASKED) == 1
    assert states() == [Consent.WAITING] * 3


@ON_SQLITE
def test_who_comes_too_late_is_told_so_and_each_no_is_on_record(world: World) -> None:
    asks_campaign(world)
    world.person("bo").approves()
    click = world.slack.deliveries[-1]["index"]
    for _ in range(5):
        world.slack.does("redeliver", index=click)
        world.workers.rest()
    told = [whisper["text"] for whisper in world.slack.state["ephemerals"]]
    assert told == ["Too late: It has been approved already."] * 5
    kinds = [kind for kind, _ in world.trail(world.request().id)]
    assert kinds.count("declined") == 5


@ON_SQLITE
def test_more_schedules_than_one_transaction_takes_are_launched_at_one_beat(world: World) -> None:
    when = When(world.now())
    for _ in range(23):
        world.bot.desk.ask("campaign.list", {}, actor="U0ANA", when=when)
    world.bot.jobs["prepare"][0]()
    assert {request.state for request in world.requests()} == {Consent.GRANTED}
    world.bot.jobs["mint"][0]()
    assert len(world.operations()) == 23
    assert {request.state for request in world.requests()} == {Consent.SPENT}
    world.settles()


def test_many_that_stand_under_todays_policy_hide_none_that_does_not(world: World) -> None:
    for name in ("Spring", "Summer", "Autumn"):
        asks_campaign(world, name=name)
    last, version = world.requests()[-1], world.bot.office.rulebook.current.version
    with world.bot.office.store.begin() as tx:
        row = tx.merge(last)
        row.terms = {**row.terms, "policy": "elder"}
    with world.bot.office.store.look() as tx:
        assert consent.undecided(tx, but=version, most=1) == [last.id]


@ON_POSTGRES
def test_a_connection_that_was_cut_while_it_rested_is_not_used(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(world.settings.database_url)
    monkeypatch.setattr(pools, "RESTED", 0.0)
    with store.look() as tx:
        assert tx.exec(select(Account)).all()
        mine = tx.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with psycopg.connect(world.settings.database_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (mine,))
    with store.begin() as tx:
        assert tx.exec(select(Account)).all()
    store.close()


def test_an_account_that_takes_more_calls_has_more_runs_at_work() -> None:
    assert [at_once(pace) for pace in (0.5, 5.0, 40.0, 1000.0)] == [
        *(AT_ONCE, AT_ONCE),
        *(20, MOST_AT_ONCE),
    ]
    assert Settings(_env_file=None).vouchdesk_pace == 5
    with pytest.raises(ValidationError, match="greater than 0"):
        Settings(_env_file=None, vouchdesk_pace=0)
