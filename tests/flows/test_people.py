"""People come and go, stand in for each other, and what that does to what was asked and agreed."""

from datetime import timedelta

import pytest

from actions.desk import When
from actions.errors import NotAllowed
from schedules.recurrence import next_after
from store import queries
from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, agree, asks_campaign, asks_push, seen
from tests.world import Human, World, words_of


def joins(world: World, *names: str) -> None:
    """People who are in no group."""
    for name in names:
        world.slack.does("person", user=name, real_name=f"{name.title()} Park")


def day(world: World, ahead: int) -> str:
    """A day as people type it, so many after today."""
    return (world.now() + timedelta(days=ahead)).date().isoformat()


def kinds(world: World) -> list[tuple[str, str]]:
    """What the record says of delegations: kind and actor, oldest first."""
    with world.bot.office.store.look() as tx:
        entries = queries.audit(tx, most=200)
    return [(e.kind, e.actor) for e in reversed(entries) if e.kind.startswith("delegat")]


def delegates(world: World, who: str, to: str, *days: str) -> Human:
    """Somebody types who stands in for them."""
    return world.person(who).types(f"/coupon delegate @{to} {' '.join(days)}".rstrip())


def asks_push_at(world: World, **ahead: float) -> None:
    """Ask for a push at a moment, past the form; two others agree."""
    when = When(world.now() + timedelta(**ahead), timezone="Europe/Brussels")
    given = {"campaign": SPLASH, "message": "Later"}
    world.bot.desk.ask("campaign.push_all", given, actor="U0ANA", when=when)
    world.tick()
    agree(world, "bo", "cy")
    world.tick()
    assert world.request().state is Consent.GRANTED


def test_a_deputy_decides_and_both_names_are_kept(world: World) -> None:
    joins(world, "di")
    cy = delegates(world, "cy", "di", day(world, 3))
    assert cy.was_told("<@U0DI> stands in for <@U0CY>")
    di = world.person("di")
    assert di.was_told("<@U0DI> stands in for <@U0CY>")
    assert "stands in for" in di.opens_home().home
    asks_push(world)
    assert "0 of 2 agreed" in seen(world)
    di.approves(comment="Cy would, too")
    world.tick()
    assert "<@U0DI> for <@U0CY>" in words_of(world.slack.card())
    assert "Di Park for Cy Okafor agrees" in seen(world)
    again = world.person("cy").approves()
    assert again.was_told("agreed to this already")  # it was said in their name
    agree(world, "bo")
    world.tick()
    assert len(world.api.pushed) == 1
    [named] = [each for each in approvals(world) if each.on_behalf]
    assert (named.person, named.on_behalf) == ("U0DI", "U0CY")
    assert kinds(world) == [("delegated", "U0CY")]


def approvals(world: World) -> list[queries.Approval]:
    with world.bot.office.store.look() as tx:
        return list(queries.approvals(tx, world.request()))


def test_nobody_agrees_to_their_own_wish_through_others(world: World) -> None:
    delegates(world, "bo", "ana", day(world, 3))
    asks_campaign(world, "ana")  # who stands in for Bo
    ana = world.person("ana").approves()
    assert ana.was_told("You asked for this yourself")
    asks_campaign(world, "bo", name="Other")  # for whom Ana stands in
    ana.approves()
    assert ana.was_told("Only approvers can decide this.")
    assert [request.state for request in world.requests()] == [Consent.WAITING] * 2


def test_a_say_is_not_handed_on_and_ends_in_time(world: World) -> None:
    joins(world, "di", "ed")
    delegates(world, "bo", "di", day(world, 1))
    delegates(world, "di", "ed", day(world, 5))
    asks_campaign(world)
    ed, di = world.person("ed").approves(), world.person("di")
    assert ed.was_told("Only approvers can decide this.")
    world.passes(days=3)
    world.bot.jobs["stand in"][0]()
    world.bot.jobs["stand in"][0]()
    assert di.sees.count("<@U0DI> stands in for <@U0BO> no more") == 1
    assert world.person("bo").was_told("<@U0DI> stands in for <@U0BO> no more")
    di.approves()
    assert di.was_told("Only approvers can decide this.")
    di.types("/coupon delegate off")
    assert ed.was_told("<@U0ED> stands in for <@U0DI> no more")
    di.types("/coupon delegate off")
    assert di.was_told("Nobody stands in for you.")
    begun, over = "delegated", "delegation ended"
    assert kinds(world) == [
        (begun, "U0BO"),
        (begun, "U0DI"),
        (over, "calendar"),
        (over, "U0DI"),
    ]


def test_who_can_stand_in_for_whom_and_how_long(world: World) -> None:
    ana = delegates(world, "ana", "bo", day(world, 10), day(world, 12))
    assert ana.was_told("<@U0BO> stands in for <@U0ANA> from")
    for typed, words in (
        (f"@ana {day(world, 1)}", "You cannot stand in for yourself."),
        (f"@gil {day(world, 1)}", "Only members of this workspace"),
        (f"bo {day(world, 1)}", "Name a colleague with @."),
        ("@bo soon", "A day looks like 2026-12-01, not “soon”."),
        (f"@bo {day(world, -2)}", f"before it begins on {day(world, 0)}"),
        (f"@bo {day(world, -3)} {day(world, 2)}", "has passed already"),
        (f"@bo {day(world, 95)}", "At most 90 days"),
        (f"@cy {day(world, 11)}", "Somebody stands in for you then already"),
        ("@bo", "until the end of that day"),
        ("", "<@U0BO> stands in for <@U0ANA>"),
    ):
        ana.types(f"/coupon delegate {typed}".rstrip())
        assert ana.was_told(words), typed
    assert world.person("gil").types(f"/coupon delegate @bo {day(world, 1)}").was_told("Guests")
    assert kinds(world) == [("delegated", "U0ANA")]


OUTSIDE: tuple[dict[str, object], ...] = (
    {"team_id": "T0PARTNER"},  # Slack Connect: they share a channel, so they are no strangers
    {"is_stranger": True},
    {"is_restricted": True},
    {"is_ultra_restricted": True},
    {"is_bot": True},
    {"deleted": True},
)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_guests_people_of_other_workspaces_bots_and_leavers_neither_ask_nor_decide(
    world: World,
) -> None:
    world.under("rules: [{rule: All, approvals: 1, brake: 5m}]")
    request = asks_campaign(world)
    given = {"template": "cam_100001", "name": "Mine"}
    stopping = world.bot.office.stopping(world.bot.people)
    for how in OUTSIDE:
        joins(world, "di")
        world.slack.does("usergroup", usergroup="coupon-approvers", users=["U0BO", "U0DI"])
        world.slack.does("person", user="U0DI", **how)
        world.bot.people.forget()
        with pytest.raises(NotAllowed, match="Guests and people from outside"):
            world.bot.desk.ask("campaign.create", given, actor="U0DI")
        with pytest.raises(NotAllowed, match="Guests and people from outside"):
            stopping.pause(request.id, 1, actor="U0DI")
        with pytest.raises(NotAllowed, match="Only approvers can decide this"):
            world.bot.approvals.approve(request.id, 1, actor="U0DI")
        world.slack.does("person", user="U0DI", **INSIDE)
    world.bot.people.forget()
    assert world.bot.approvals.approve(request.id, 1, actor="U0DI").state is Consent.GRANTED


INSIDE = {name: False for how in OUTSIDE for name in how} | {"team_id": "T0VOUCH"}


def test_somebody_put_out_of_the_group_approves_nothing(world: World) -> None:
    asks_campaign(world)
    world.person("bo").opens_home()  # so that it is known who Bo is
    world.slack.does("usergroup", usergroup="coupon-approvers", users=["U0CY"])
    bo = world.person("bo").approves()
    assert bo.was_told("Only approvers can decide this.")
    assert world.request().state is Consent.WAITING


def test_who_agreed_and_is_put_out_of_the_group_has_not_agreed(world: World) -> None:
    asks_push_at(world, days=1)
    world.slack.does("usergroup", usergroup="coupon-approvers", users=["U0CY"])
    world.passes(days=1, minutes=1)
    world.tick()
    assert world.api.pushed == []
    [dropped] = world.operations()
    assert dropped.state is Progress.DROPPED
    request = world.request()
    assert (request.state, request.version) == (Consent.WAITING, 2)
    assert "Somebody who agreed is no longer one who may" in seen(world)
    assert "This has to be agreed to again" in seen(world)
    world.slack.does("usergroup", usergroup="coupon-approvers", users=["U0CY", "U0BO"])
    agree(world, "bo", "cy")
    world.tick()
    assert len(world.api.pushed) == 1


@pytest.mark.parametrize("how", [{"deleted": True}, {"is_restricted": True}])
def test_nothing_goes_out_for_somebody_who_has_left(world: World, how: dict[str, bool]) -> None:
    asks_push_at(world, days=1)
    world.slack.does("person", user="ana", **how)
    world.passes(days=1, minutes=1)
    world.tick()
    assert world.api.pushed == []
    assert world.request().state is Consent.PAUSED
    assert "The person who asked is no member any more." in seen(world)


def asks_report(world: World) -> None:
    """A series that needs no approval, so that no card stands in the channel."""
    first = next_after("0 9 * * *", "UTC", world.now())
    world.bot.desk.ask("campaign.list", {}, actor="U0ANA", when=When(first, "0 9 * * *"))
    world.tick()
    assert world.request().state is Consent.GRANTED


def test_what_somebody_planned_who_leaves_is_held_at_once_and_can_go_on(world: World) -> None:
    asks_report(world)
    world.slack.does("person", user="ana", deleted=True)
    world.tick()
    assert world.request().state is Consent.PAUSED
    card = words_of(world.slack.card())
    assert "The person who asked is no member any more." in card
    assert "else somebody has to ask for it anew" in card
    world.passes(days=2)
    assert world.operations() == []
    bo = world.person("bo").at_card("resume")
    assert bo.was_told("It goes on when they are back, or is asked for anew.")
    world.slack.does("person", user="ana", deleted=False)
    bo.at_card("resume")
    assert world.request().state is Consent.GRANTED
    world.passes(days=1)
    world.tick()
    assert len(world.operations(Progress.DONE)) == 1


def gave_up(world: World) -> bool:
    """After its third try more."""
    return sum("retry" in delivery for delivery in world.slack.deliveries) == 3


def test_where_slack_did_not_tell_the_next_run_finds_out_and_the_series_is_held(
    world: World,
) -> None:
    asks_report(world)
    world.stops()
    world.forgiven.add("dispatch_failed")
    world.slack.does("person", user="ana", deleted=True)
    world.until(lambda: gave_up(world), "Slack gives up")
    world.later(days=1)
    world.starts()
    world.tick()
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.DROPPED]
    assert world.request().state is Consent.PAUSED
    world.passes(days=3)
    assert len(world.operations()) == 1, "not dropped run by run"


def test_when_slack_is_down_nobody_has_rights_and_nothing_is_lost(world: World) -> None:
    when = When(world.now() + timedelta(hours=1))
    given = {"template": "cam_100001", "name": "Spring"}
    world.bot.desk.ask("campaign.create", given, actor="U0ANA", when=when)
    world.bot.people.forget()
    world.slack.fails("users.info", status=503)
    world.tick()
    assert world.request().state is Consent.ASKED
    world.passes(minutes=5)
    bo = world.person("bo")
    world.bot.people.forget()
    world.slack.fails("usergroups.list", times=1, error="internal_error")
    bo.approves()
    assert bo.was_told("Slack cannot say who you are just now, so nothing was done.")
    assert world.request().state is Consent.WAITING
    agree(world, "bo")
    world.passes(hours=2)
    assert len(world.api.created) == 1
