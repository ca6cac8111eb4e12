"""Shift: a run at another moment, for which people are asked again."""

from datetime import timedelta

import pytest

from actions.catalog import CATALOG
from actions.desk import When
from schedules.recurrence import preview
from store import queries
from store.tables import Consent, Effect, Progress, StepRun
from tests.flows.asking import SPLASH, agree, buttons, seen
from tests.world import World, words_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BRUSSELS, NINE = "Europe/Brussels", "0 9 * * *"
PUSH = {"campaign": SPLASH, "message": "Summer"}


def asks_push_at(world: World, **ahead: float) -> None:
    when = When(world.now() + timedelta(**ahead), timezone=BRUSSELS)
    world.bot.desk.ask("campaign.push_all", PUSH, actor="U0ANA", when=when)
    world.tick()
    agree(world, "bo", "cy")
    world.tick()


def asks_daily(world: World, name: str = "campaign.push_all", **end: int) -> str:
    first = preview(NINE, BRUSSELS, world.now(), 1)[0]
    when = When(first, NINE, BRUSSELS, runs=end.get("runs"))
    given = PUSH if name == "campaign.push_all" else {}
    id = world.bot.desk.ask(name, given, actor="U0ANA", when=when).id
    world.tick()
    if name == "campaign.push_all":
        agree(world, "bo", "cy")
        world.tick()
    return id


def in_seconds(world: World, **ahead: float) -> int:
    return int((world.now() + timedelta(**ahead)).timestamp())


def test_whoever_asked_moves_it_and_everybody_is_asked_again(world: World) -> None:
    asks_push_at(world, hours=5)
    agreed = world.request()
    ana = world.person("ana").at_own_card("shift")
    assert "whoever has to agree is asked again" in words_of(ana.view["blocks"])
    ana.submits(when_at=in_seconds(world, hours=-2))
    assert ana.errors == {"when_at": "That moment has passed."}
    at = in_seconds(world, hours=30)
    ana.submits(when_at=at)
    assert not ana.errors
    world.tick()
    moved = world.request()
    assert (moved.state, moved.version, len(world.requests())) == (Consent.WAITING, 2, 1)
    assert moved.planned_at is not None
    assert int(moved.planned_at.timestamp()) == at
    assert moved.digest != agreed.digest
    assert "What was agreed to before does not count any more." in words_of(world.slack.card())
    world.passes(hours=6)
    assert world.api.pushed == []
    agree(world, "bo", "cy")
    world.tick()
    world.passes(hours=24, minutes=1)
    world.tick()
    assert len(world.api.pushed) == 1


def test_an_approver_who_moves_it_does_not_agree_to_it(world: World) -> None:
    asks_push_at(world, hours=5)
    bo = world.person("bo").at_card("shift")
    bo.submits(when_at=in_seconds(world, hours=8))
    world.tick()
    assert "Moved to" in words_of(world.slack.card())
    assert "by Bo" in words_of(world.slack.card())
    bo.at_card("approve_with")
    bo.submits(reached="812")
    assert bo.was_told("You have moved this to another time: somebody else has to agree.")
    assert "Push to everyone" not in bo.opens_home().home.split("Your requests")[0]
    agree(world, "cy")
    assert world.request().state is Consent.WAITING
    assert ("asked", "U0BO") in world.trail(world.request().id)


@ON_SQLITE
def test_somebody_without_a_say_moves_nothing(world: World) -> None:
    when = When(world.now() + timedelta(hours=5))
    world.bot.desk.ask("campaign.push_all", PUSH, actor="U0CY", when=when)
    world.tick()
    request = world.request()
    shifting = world.bot.office.shifting(world.bot.people)
    with pytest.raises(Exception, match="Only approvers and the person who asked"):
        shifting.shift(request.id, 1, world.now() + timedelta(hours=9), actor="U0ANA")
    assert world.request().version == 1
    assert ("declined", "U0ANA") in world.trail(request.id)


def test_a_missed_run_is_moved_from_the_card_of_missed_runs(world: World) -> None:
    asks_push_at(world, minutes=1)
    world.passes(minutes=30)
    assert buttons(world.slack.card()) == ["run_late", "skip", "shift_run"]
    [held] = world.operations(Progress.HELD)
    ana = world.person("bo").at_card("shift_run", value=held.id)
    ana.submits(when_at=in_seconds(world, hours=2))
    world.tick()
    assert world.operations()[0].state is Progress.DROPPED
    assert "No run is held any more." in seen(world)
    request = world.request()
    assert (request.state, request.version) == (Consent.WAITING, 2)
    for person in ("U0ANA", "U0CY"):
        count = str(request.reach)
        if person != request.actor:
            world.bot.approvals.approve(request.id, 2, actor=person, reached=count)
    assert world.request().state is Consent.WAITING, "Bo moved it: one more is needed"
    world.bot.desk.withdraw(request.id, actor="U0ANA")
    assert world.api.pushed == []


def test_what_needs_no_approval_runs_at_the_other_moment(world: World) -> None:
    when = When(world.now() + timedelta(minutes=1))
    world.bot.desk.ask("campaign.list", {}, actor="U0ANA", when=when)
    world.tick()
    world.passes(days=3)
    [held] = world.operations(Progress.HELD)
    world.person("ana").at_card("shift_run", value=held.id).submits(
        when_at=in_seconds(world, hours=2)
    )
    world.tick()
    assert world.request().state is Consent.GRANTED
    world.passes(hours=2, minutes=1)
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.DROPPED, Progress.DONE]


def test_one_run_of_a_series_is_moved_and_the_series_stays_agreed_to(world: World) -> None:
    id = asks_daily(world, runs=3)
    first, second = preview(NINE, BRUSSELS, world.now(), 2)
    ana = world.person("ana").at_own_card("shift")
    assert "the series goes on without it" in words_of(ana.view["blocks"])
    ana.submits(when_at=int((first + timedelta(hours=3)).timestamp()))
    world.tick()
    series, alone = world.requests()
    assert (series.id, series.state, series.version) == (id, Consent.GRANTED, 1)
    assert (series.next_at, series.made) == (second, 1)
    assert (alone.state, alone.actor, alone.crontab) == (Consent.WAITING, "U0ANA", "")
    world.shift += first - world.now() + timedelta(seconds=1)
    world.tick()
    assert world.operations() == []
    with world.bot.office.store.look() as tx:
        moved = [e.because for e in queries.audit_of(tx, id) if e.kind == "moved"]
    assert len(moved) == 1
    assert moved[0].endswith(f"by Ana Costa: {alone.id}")


def test_the_last_run_of_a_series_is_moved_and_the_series_is_over(world: World) -> None:
    id = asks_daily(world, "campaign.list", runs=1)
    at = world.now() + timedelta(days=3)
    shifting = world.bot.office.shifting(world.bot.people)
    alone = shifting.shift(id, 1, at, actor="U0ANA", token="once")
    assert shifting.shift(id, 1, at, actor="U0ANA", token="once").id == alone.id
    world.tick()
    assert [request.state for request in world.requests()] == [Consent.SPENT, Consent.GRANTED]
    world.passes(days=3, minutes=1)
    world.tick()
    assert len(world.operations(Progress.DONE)) == 1


@ON_SQLITE
def test_a_missed_run_of_a_series_is_asked_for_by_itself(world: World) -> None:
    id = asks_daily(world)
    world.passes(days=1, hours=1)
    [held] = world.operations(Progress.HELD)
    world.person("ana").at_card("shift_run", value=held.id).submits(
        when_at=in_seconds(world, hours=3)
    )
    world.tick()
    series, alone = world.requests()
    assert (series.id, series.state, series.made) == (id, Consent.GRANTED, 1)
    assert alone.state is Consent.WAITING
    assert world.operations()[0].state is Progress.DROPPED


@ON_SQLITE
def test_all_rows_of_a_sheet_that_are_held_are_moved_together(world: World) -> None:
    example = dict(CATALOG["single_use.create"].example.inputs) | {"campaign": SPLASH}
    rows = [example | {"email": f"mia{n}@example.test"} for n in range(3)]
    when = When(world.now() + timedelta(minutes=1))
    world.bot.desk.ask("single_use.create", *rows, actor="U0ANA", when=when)
    world.tick()
    agree(world, "bo")
    world.passes(days=2)
    held = world.operations(Progress.HELD)
    assert len(held) == 3
    bo = world.person("bo").at_card("shift_run", value=held[0].id)
    bo.submits(when_at=in_seconds(world, hours=3))
    world.tick()
    assert len(world.operations(Progress.DROPPED)) == 3
    world.bot.approvals.approve(world.request().id, 2, actor="U0CY")
    world.tick()
    world.passes(hours=3, minutes=1)
    world.tick()
    assert len(world.operations()) == 6
    assert not world.operations(Progress.HELD)


@ON_SQLITE
def test_what_has_begun_is_not_moved(world: World) -> None:
    """A part of it may have been sent: asked for anew it would be sent twice."""
    asks_push_at(world, minutes=1)
    world.passes(minutes=30)
    [held] = world.operations(Progress.HELD)
    sent = {"position": 0, "round": 0, "step": "push", "endpoint": "campaign_push_all"}
    with world.bot.office.store.begin() as tx:
        tx.add(StepRun(operation=held.id, effect=Effect.NOT_SENT, sent_at=world.now(), **sent))
    bo = world.person("bo").at_card("shift_run", value=held.id)
    bo.submits(when_at=in_seconds(world, hours=3))
    assert bo.was_told("A part of it has been sent already: run it, or skip it.")
    assert world.operations()[0].state is Progress.HELD
    assert world.request().version == 1
