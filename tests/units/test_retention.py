"""What is over for long loses what is private in it; what is not over, and the record, stay."""

from datetime import timedelta

import pytest
from dbos import DBOS
from pydantic import ValidationError
from sqlmodel import select

from actions import policy
from actions.catalog import CATALOG
from actions.desk import When
from actions.errors import Declined
from actions.settling import Settling
from bot.settings import Settings
from bot.stories import Stories
from bot.why import Whys
from store import queries
from store.tables import Draft, Notice, Posted, Progress
from tests.flows.asking import asks_agreed_push
from tests.world import World

WHO, REPORT = {"email": "mia.vos@example.test"}, "session.search"
GONE = "removed after 30 days"


def asked(world: World, name: str = REPORT, **raw: str) -> str:
    world.bot.desk.ask(name, raw or WHO, actor="U0ANA")
    world.tick()
    return world.request().id


def story(world: World, id: str) -> str:
    office = world.bot.office
    stories = Stories(office.store, CATALOG, office.vault, world.now)
    return str(list(Whys(office.store, stories, lambda _: "")(id)))


def pruned(world: World) -> list[str]:
    """Lines on record after the daily job."""
    world.bot.jobs["prune"][0]()
    with world.bot.office.store.look() as tx:
        return [entry.because for entry in queries.audit(tx, kind="pruned")]


def rows(world: World, table: type) -> int:
    with world.bot.office.store.look() as tx:
        return len(tx.exec(select(table)).all())


def settling(world: World) -> Settling:
    bot, office = world.bot, world.bot.office
    return Settling(office.store, CATALOG, office.vault, bot.people, bot.engine.submit, world.now)


def test_after_thirty_days_nothing_private_is_left_but_the_whole_record(world: World) -> None:
    over = asked(world)
    world.api.fails("/v3/couponsession/search", error_code=502)
    failed = asked(world)
    with world.bot.office.store.begin() as tx:
        tx.add(Draft(actor="U0ANA", action=REPORT, values="x", at=world.now()))
    run_of = {run.request: run for run in world.operations()}
    assert [run_of[id].state for id in (over, failed)] == [Progress.DONE, Progress.FAILED]
    before = {id: world.trail(id) for id in (over, failed)}

    world.later(days=29)
    assert pruned(world) == ["drafts: 1"]
    assert GONE not in story(world, over)

    world.later(days=2)
    [words, _] = pruned(world)
    assert "runs: 2, requests: 2, workflows: 2" in words
    assert GONE in story(world, over)
    assert world.person("ana").opens_home().home
    with world.bot.office.store.look() as tx:
        for id in (over, failed):
            request = queries.request_seen(tx, id)
            assert request and request.inputs == [{"email": {"removed": 30}}]
        assert not any(run.reply for run in queries.step_runs(tx, run_of[over].id))
        assert len(queries.step_runs(tx, run_of[over].id)) == 1
        assert queries.posted(tx, f"{over}:asker") is None
    assert rows(world, Notice) == rows(world, Draft) == 0
    assert DBOS.list_workflows() == []
    assert {id: world.trail(id) for id in (over, failed)} == before
    assert len(pruned(world)) == 2, "once a day"
    with pytest.raises(Declined, match="ask for it anew"):
        settling(world).go_on(run_of[failed].id, actor="U0BO")


def test_what_is_not_over_is_kept_whole_however_old_it_is(world: World) -> None:
    world.api.fails("/v3/coupon/pushnotification/all", drop="after")
    asks_agreed_push(world)
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.UNCLEAR]
    world.bot.desk.ask("session.search", WHO, actor="U0ANA", when=When(None, "0 9 1 1 *"))
    world.tick()
    places = rows(world, Posted)
    world.later(days=400)
    assert "requests" not in "".join(pruned(world)), "the series goes on, the push is in doubt"
    assert [run.pruned_at is None for run in world.operations()] == [True, False]
    assert {request.pruned_at for request in world.requests()} == {None}
    assert rows(world, Posted) == places


def test_nothing_is_removed_while_it_could_still_run_late() -> None:
    latest = max(policy.lateness(action) for action in CATALOG.values())
    assert latest < timedelta(days=8)
    with pytest.raises(ValidationError):
        Settings(_env_file=None, vouchdesk_keep_days=7)
