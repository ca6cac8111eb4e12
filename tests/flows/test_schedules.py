"""Schedules: at a moment, again and again, too late, and over a restart."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from actions.desk import When
from schedules.recurrence import preview
from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, agree, asks_agreed_push, asks_push, buttons, seen
from tests.world import World, words_of

BRUSSELS = ZoneInfo("Europe/Brussels")
REPORT, WORKDAYS_AT_NINE = "campaign.list", "0 9 * * mon,tue,wed,thu,fri"


def schedules_push(world: World, *, message: str = "Summer", **ahead: float) -> None:
    """A push that two others have agreed to, and that is due so far ahead."""
    when = When(world.now() + timedelta(**ahead), timezone="Europe/Brussels")
    given = {"campaign": SPLASH, "message": message}
    world.bot.desk.ask("campaign.push_all", given, actor="U0ANA", when=when)
    world.tick()
    agree(world, "bo", "cy")
    world.tick()


def until_next(world: World) -> timedelta:
    due = world.request().next_at
    assert due is not None
    return due - world.now() + timedelta(seconds=1)


def test_a_moment_chosen_in_the_form_fires_once(world: World) -> None:
    at = int((world.now() + timedelta(minutes=5)).timestamp())
    ana = world.person("ana").types("/coupon campaign push_all")
    ana.fills(campaign=SPLASH, message="Summer").fills(when="at").submits(when_at=at)
    world.tick()
    agree(world, "bo", "cy")
    world.tick()
    assert world.request().state is Consent.GRANTED
    assert world.api.pushed == []
    assert "scheduled" in words_of(world.slack.card())
    world.passes(minutes=4)
    assert world.api.pushed == []
    world.passes(seconds=62)
    world.passes(minutes=1)
    assert len(world.api.pushed) == 1
    assert world.request().state is Consent.SPENT


def test_not_a_moment_too_early(world: World) -> None:
    schedules_push(world, minutes=3)
    assert world.api.pushed == []
    world.passes(minutes=3, seconds=1)
    assert len(world.api.pushed) == 1


def test_workdays_at_nine_in_brussels(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign list")
    ana.fills(when="repeat")
    assert ana.filled["when_zone"] == "Europe/Brussels"
    assert "The next 5" in words_of(ana.view["blocks"])
    ana.submits()
    world.tick()
    request = world.request()
    assert request.crontab == "0 9 * * mon,tue,wed,thu,fri"
    expected = preview(request.crontab, "Europe/Brussels", world.now(), 7)
    for count, due in enumerate(expected, 1):
        assert world.request().next_at == due
        local = due.astimezone(BRUSSELS)
        assert (local.hour, local.minute, local.weekday() < 5) == (9, 0, True)
        world.shift += until_next(world)
        world.tick()
        world.passes(minutes=1)
        assert len(world.operations(Progress.DONE)) == count
    assert world.request().state is Consent.GRANTED


def test_days_and_time_as_chosen(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign list").fills(when="repeat")
    ana.fills(when_days=["sat", "sun"], when_time="17:05")
    ana.submits(when_zone="America/New_York")
    world.tick()
    request = world.request()
    assert (request.crontab, request.timezone) == ("5 17 * * sat,sun", "America/New_York")


def test_a_series_needs_a_day(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign list").fills(when="repeat")
    ana.submits(when_days=[])
    assert list(ana.errors) == ["when_days"]


def test_a_moment_in_the_past_is_refused_under_its_field(world: World) -> None:
    at = int((world.now() - timedelta(hours=1)).timestamp())
    ana = world.person("ana").types("/coupon campaign push_all")
    ana.fills(campaign=SPLASH, message="Summer").fills(when="at").submits(when_at=at)
    assert ana.errors == {"when_at": "That moment has passed."}
    assert world.requests() == []
    ana.submits(when_at=at + 7_200)
    assert not ana.errors
    world.tick()
    assert len(world.requests()) == 1


def test_too_late_is_held_and_one_card_lists_all(world: World) -> None:
    schedules_push(world, message="First", minutes=1)
    schedules_push(world, message="Second", minutes=2)
    cards = len(world.slack.messages("approvals"))
    world.passes(minutes=30)
    assert world.api.pushed == []
    first, second = world.operations(Progress.HELD)
    card = world.slack.card()
    assert len(world.slack.messages("approvals")) == cards + 1
    assert "2 runs missed" in words_of(card)
    assert buttons(card) == ["run_late", "skip", "shift_run"] * 2
    bo = world.person("bo")
    bo.at_card("run_late", value=first.id)
    world.tick()
    assert [push["message"] for push in world.api.pushed] == ["First"]
    assert "1 run missed" in words_of(world.slack.card())
    bo.at_card("skip", value=second.id)
    world.tick()
    assert [operation.state for operation in world.operations()] == ["done", "dropped"]
    assert "No run is held any more." in seen(world)
    assert len(world.slack.messages("approvals")) == cards + 1
    assert len(world.api.pushed) == 1


def test_a_held_run_is_decided_once(world: World) -> None:
    schedules_push(world, minutes=1)
    world.passes(minutes=30)
    [held] = world.operations()
    bo, cy = world.person("bo"), world.person("cy")
    card = world.slack.card()["ts"]
    bo.presses("skip", ts=card, channel="approvals", value=held.id)
    cy.presses("run_late", ts=card, channel="approvals", value=held.id)
    assert cy.was_told("Too late: It was dropped.")
    world.tick()
    assert world.api.pushed == []
    trail = world.trail(held.request)
    assert ("declined", "U0CY") in trail


def test_somebody_without_a_say_decides_on_no_held_run(world: World) -> None:
    when = When(world.now() + timedelta(minutes=1))
    given = {"campaign": SPLASH, "message": "Summer"}
    world.bot.desk.ask("campaign.push_all", given, actor="U0CY", when=when)
    world.bot.desk.ask("campaign.list", {}, actor="U0CY", when=when)
    world.tick()
    world.passes(days=2)
    [held] = world.operations(Progress.HELD)
    ana = world.person("ana").at_card("run_late", value=held.id)
    assert ana.was_told("Only approvers and the person who asked can settle this.")


def test_a_restart_between_yes_and_due_loses_nothing(world: World) -> None:
    schedules_push(world, minutes=5)
    world.stops()
    world.later(minutes=6)
    world.starts()
    world.tick()
    assert len(world.api.pushed) == 1


def test_down_for_too_long_it_asks_first(world: World) -> None:
    schedules_push(world, minutes=5)
    world.stops()
    world.later(hours=2)
    world.starts()
    world.tick()
    assert world.api.pushed == []
    assert "1 run missed" in words_of(world.slack.card())


def test_a_series_that_slept_runs_its_last_moments_late(world: World) -> None:
    when = When(preview(WORKDAYS_AT_NINE, "Europe/Brussels", world.now(), 1)[0], WORKDAYS_AT_NINE)
    world.bot.desk.ask(REPORT, {}, actor="U0ANA", when=when)
    world.tick()
    world.stops()
    world.later(days=14)
    world.starts()
    for _ in range(12):
        world.tick()
    states = [operation.state for operation in world.operations()]
    assert states.count(Progress.HELD) >= 8
    due = world.request().next_at
    assert due is not None and due > world.now()
    missed = [m for m in world.slack.messages("approvals") if "missed" in m["text"]]
    assert len(missed) == 1


def test_a_schedule_is_withdrawn(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign list").fills(when="repeat").submits()
    world.tick()
    world.shift += until_next(world)
    world.tick()
    assert len(world.operations()) == 1
    ana.at_own_card("withdraw")
    assert world.request().state is Consent.WITHDRAWN
    world.passes(days=7)
    assert len(world.operations()) == 1
    assert "Nothing is scheduled." in ana.opens_home().home


def test_two_bots_make_one_run(world: World) -> None:
    moment = world.now() + timedelta(minutes=1)
    for _ in range(10):
        world.bot.desk.ask("campaign.list", {}, actor="U0ANA", when=When(moment))
    world.tick()
    world.later(minutes=2)
    with ThreadPoolExecutor(6) as bots:
        for beat in [bots.submit(world.bot.launches.mint_due) for _ in range(18)]:
            beat.result()
    world.settles()
    assert len(world.operations()) == 10
    assert len(world.operations(Progress.DONE)) == 10
    assert len(world.api.calls("/v3/coupon/list")) == 10


def test_a_late_yes_runs_what_was_asked_for_earlier(world: World) -> None:
    """A push for nine that is agreed to at noon is late, too: it is not sent without asking."""
    when = When(world.now() + timedelta(minutes=1))
    given = {"campaign": SPLASH, "message": "Summer"}
    world.bot.desk.ask("campaign.push_all", given, actor="U0ANA", when=when)
    world.tick()
    world.later(hours=3)
    agree(world, "bo", "cy")
    world.tick()
    assert world.api.pushed == []
    assert len(world.operations(Progress.HELD)) == 1


def test_what_comes_is_shown_at_home(world: World) -> None:
    schedules_push(world, hours=5)
    bo = world.person("bo").opens_home()
    assert "812 people" in bo.home.split("Coming up")[1]


def test_now_is_at_once(world: World) -> None:
    asks_push(world)
    agree(world, "bo", "cy")
    world.tick()
    [operation] = world.operations()
    assert abs(operation.due - datetime.now(ZoneInfo("UTC"))) < timedelta(minutes=1)


def test_what_was_in_time_and_has_become_late_on_the_way_is_held(world: World) -> None:
    """Launched in time; Coupontools was away until it was too late for a push."""
    asks_agreed_push(world)
    looked = len(world.api.calls("/v3/coupon/info"))
    world.api.fails("/v3/coupon/info", times=1, drop="before")
    world.bot.jobs["mint"][0]()
    world.until(lambda: len(world.api.calls("/v3/coupon/info")) > looked, "it is looked at")
    world.later(minutes=20)
    world.settles()
    [run] = world.operations()
    assert run.state is Progress.HELD
    assert world.api.pushed == []
