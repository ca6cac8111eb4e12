"""What people see of a plan before they agree to it, and how a series ends."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from actions.desk import When
from schedules.recurrence import next_after, preview
from store import queries
from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, agree, asks_agreed_push, asks_push, seen
from tests.world import Human, World, words_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
BRUSSELS, NINE = "Europe/Brussels", "0 9 * * *"
REPORT = "campaign.list"


def asks_series(world: World, name: str = REPORT, crontab: str = NINE, **end: object) -> str:
    given = {"campaign": SPLASH, "message": "Daily"} if name == "campaign.push_all" else {}
    first = next_after(crontab, BRUSSELS, world.now())
    when = When(first, crontab, BRUSSELS, **end)  # type: ignore[arg-type]  # its end, by name
    request = world.bot.desk.ask(name, given, actor="U0ANA", when=when)
    world.tick()
    return request.id


def next_run(world: World) -> None:
    """Go to the moment at which the newest request is due, and let it run."""
    due = world.request().next_at
    assert due is not None
    world.shift += due - world.now() + timedelta(seconds=1)
    world.tick()


def form(world: World, text: str = "/coupon campaign list") -> Human:
    return world.person("ana").types(text).fills(when="repeat")


@ON_SQLITE
def test_the_next_five_are_shown_on_both_clocks_and_follow_each_choice(world: World) -> None:
    ana = form(world)
    ana.fills(when_days=["sat"], when_time="17:05", when_zone="America/New_York")
    shown = words_of(ana.view["blocks"])
    assert "The next 5 on the clock of America/New_York" in shown
    for moment in preview("5 17 * * sat", "America/New_York", world.now(), 5):
        local = moment.astimezone(ZoneInfo("America/New_York"))
        assert f"• {local:%a %-d %b %Y}, 17:05 · {moment:%H:%M} UTC" in shown
    ana.fills(when_runs="2")
    assert "The next 2 on the clock" in words_of(ana.view["blocks"])
    ana.submits(when_until=f"{world.now() + timedelta(days=30):%Y-%m-%d}")
    assert not ana.errors
    request = world.request()
    assert (request.runs, request.until) == (2, (world.now() + timedelta(days=30)).date())


@ON_SQLITE
def test_an_end_that_makes_no_sense_is_said_under_its_field(world: World) -> None:
    ana = form(world)
    ana.submits(when_until=f"{world.now() - timedelta(days=1):%Y-%m-%d}")
    assert ana.errors == {"when_until": "That day is over before it runs for the first time."}
    assert world.requests() == []
    ana.submits(when_until=None)
    assert not ana.errors


@ON_SQLITE
def test_a_series_can_be_typed_with_its_end(world: World) -> None:
    last = f"{world.now() + timedelta(days=30):%Y-%m-%d}"
    ana = world.person("ana")
    ana.types(f"/coupon campaign list when=repeat when_until={last} when_runs=20")
    assert (ana.filled["when_until"], ana.filled["when_runs"]) == (last, "20")
    assert "The next 5" in words_of(ana.view["blocks"])
    ana.submits()
    assert (world.request().runs, f"{world.request().until}") == (20, last)


def test_a_series_ends_after_its_runs(world: World) -> None:
    asks_series(world, runs=2)
    for count in (1, 2):
        next_run(world)
        world.tick()
        assert len(world.operations(Progress.DONE)) == count
    assert world.request().state is Consent.SPENT
    world.passes(days=3)
    assert len(world.operations()) == 2


def test_a_series_ends_with_its_last_day(world: World) -> None:
    first = next_after(NINE, BRUSSELS, world.now())
    assert first is not None
    until = first.astimezone(ZoneInfo(BRUSSELS)).date() + timedelta(days=1)
    asks_series(world, until=until)
    next_run(world)
    next_run(world)
    assert world.request().state is Consent.SPENT
    assert world.request().next_at is None


def test_people_agree_to_its_end_and_another_one_is_asked_for_anew(world: World) -> None:
    id = asks_series(world, "campaign.push_all", runs=20)
    assert "Every day at 09:00 (Europe/Brussels), 20 runs at the most" in seen(world)
    agree(world, "bo", "cy")
    request = world.request()
    assert request.state is Consent.GRANTED
    before = request.digest
    when = When(request.next_at, NINE, BRUSSELS, runs=30)
    given = {"campaign": SPLASH, "message": "Daily"}
    world.bot.desk.change(id, request.version, given, actor="U0ANA", when=when)
    world.tick()
    assert world.request().state is Consent.WAITING
    assert world.request().digest != before


@ON_SQLITE
def test_a_series_that_ended_while_it_was_stopped_does_not_run_at_once(world: World) -> None:
    id = asks_series(world, "campaign.push_all", runs=1)
    agree(world, "bo", "cy")
    first = world.request().next_at
    assert first is not None
    with world.bot.office.store.begin() as tx:
        row = tx.merge(world.request())
        row.until = first.astimezone(ZoneInfo(BRUSSELS)).date()
    stopping = world.bot.office.stopping(world.bot.people)
    stopping.pause(id, 1, actor="U0BO")
    world.passes(days=3)
    bo = world.person("bo").at_card("resume")
    assert bo.was_told("Its last moment has passed meanwhile")
    world.tick()
    assert world.operations() == []


@ON_SQLITE
def test_a_second_push_to_the_same_people_within_a_day_is_seen_before(world: World) -> None:
    words = "Another push to the same people"
    asks_agreed_push(world)
    world.tick()
    assert words not in seen(world)
    ana = world.person("ana").types("/coupon campaign push_all").fills(campaign=SPLASH)
    assert f"{words} went out within 24 hours" in words_of(ana.view["blocks"])
    ana.fills(when="at", when_at=int((world.now() + timedelta(hours=30)).timestamp()))
    assert words not in words_of(ana.view["blocks"])
    ana.fills(when_at=int((world.now() + timedelta(hours=20)).timestamp()))
    ana.submits(message="Again")
    world.tick()
    card = words_of(world.slack.card())
    assert f"{words} went out within 24 hours: {world.requests()[0].id}" in card
    cy = world.person("cy").types("/coupon campaign push_all").fills(campaign="cam_100001")
    assert words not in words_of(cy.view["blocks"])


@ON_SQLITE
def test_one_that_still_waits_for_approval_is_seen_too(world: World) -> None:
    asks_push(world, "ana", "First")
    asks_push(world, "cy", "Second")
    first, _ = world.requests()
    assert f"is planned within 24 hours: {first.id}" in words_of(world.slack.card())


@ON_SQLITE
def test_changing_a_push_does_not_warn_of_itself(world: World) -> None:
    ana = asks_push(world)
    ana.at_own_card("edit")
    assert "Another push" not in words_of(ana.view["blocks"])
    ana.fills(campaign=SPLASH)
    assert "Another push" not in words_of(ana.view["blocks"])


def christmas(world: World, days: int, more: int = 0) -> str:
    """Rules with a blackout day so many days ahead, and as many `more` after it."""
    local = world.now().astimezone(ZoneInfo(BRUSSELS)).date()
    first, last = local + timedelta(days=days), local + timedelta(days=days + more)
    return f"""
rules:
  - rule: Reads
    when: {{risk: read}}
    allow: true
  - rule: Pushes
    when: {{risk: blast}}
    approvals: 1
  - rule: Christmas
    blackout: {first}..{last}
"""


def noon(world: World, days: int) -> datetime:
    local = world.now().astimezone(ZoneInfo(BRUSSELS)) + timedelta(days=days)
    return local.replace(hour=12, minute=0, second=0, microsecond=0)


def test_what_is_asked_for_on_a_blackout_day_is_held_until_it_is_over(world: World) -> None:
    world.under(christmas(world, 3, more=1))
    at = noon(world, 3)
    ana = world.person("ana").types("/coupon campaign push_all").fills(campaign=SPLASH)
    ana.fills(when="at", when_at=int(at.timestamp()))
    over = at.date() + timedelta(days=2)
    warned = f"That is a blackout day: it is held until {over:%a %-d %b %Y}, 00:00"
    assert warned in words_of(ana.view["blocks"])
    ana.submits(message="Merry Christmas")
    world.tick()
    assert warned in words_of(world.slack.card())
    agree(world, "bo")
    world.shift += at - world.now() + timedelta(seconds=1)
    world.tick()
    assert world.api.pushed == []
    [held] = world.operations(Progress.HELD)
    assert held.held_for == "blackout"
    assert "Held: a blackout day until" in words_of(world.slack.card())
    assert "missed" not in seen(world)
    world.passes(days=1)
    assert world.api.pushed == []
    world.passes(hours=12, minutes=1)
    assert len(world.api.pushed) == 1, "lateness counts from the end of the last day"


@ON_SQLITE
def test_one_more_approver_can_send_it_on_a_blackout_day(world: World) -> None:
    world.under(christmas(world, 0))
    asks_push(world)
    agree(world, "bo")
    world.tick()
    [held] = world.operations(Progress.HELD)
    bo, cy = world.person("bo"), world.person("cy")
    bo.at_card("run_late", value=held.id)
    assert bo.was_told("You have agreed already")
    cy.at_card("run_late", value=held.id)
    world.tick()
    assert len(world.api.pushed) == 1
    assert "Sent on a blackout day, with one more yes" in str(audit(world, held.request))


def audit(world: World, request: str) -> list[str]:
    with world.bot.office.store.look() as tx:
        return [f"{entry.kind}: {entry.because}" for entry in queries.audit_of(tx, request)]


def test_a_series_leaves_blackout_days_out_and_says_so(world: World) -> None:
    world.under(christmas(world, 2, more=1))
    id = asks_series(world, runs=3)
    ana = form(world).fills(when_days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    assert "Left out, as these are blackout days" in words_of(ana.view["blocks"])
    local = world.now().astimezone(ZoneInfo(BRUSSELS))
    closed = {(local + timedelta(days=days)).date() for days in (2, 3)}
    ran = []
    for _ in range(3):
        next_run(world)
        ran.append(world.operations()[-1].due.astimezone(ZoneInfo(BRUSSELS)).date())
    assert not closed & {*ran}
    assert len({*ran}) == 3
    assert world.request().state is Consent.SPENT
    assert len([line for line in audit(world, id) if line.startswith("left out")]) == 1


@ON_SQLITE
def test_a_series_that_would_begin_on_a_blackout_day_begins_after_it(world: World) -> None:
    first = next_after(NINE, BRUSSELS, world.now())
    assert first is not None
    there = (moment.astimezone(ZoneInfo(BRUSSELS)).date() for moment in (world.now(), first))
    today, day = there
    world.under(christmas(world, (day - today).days))
    id = asks_series(world)
    assert f"{int((first + timedelta(days=1)).timestamp())}" in seen(world, world.person("ana").dm)
    next_run(world)
    assert world.operations() == []
    assert any(line.startswith("left out: Blackout days: no run from") for line in audit(world, id))
    next_run(world)
    assert len(world.operations(Progress.DONE)) == 1
