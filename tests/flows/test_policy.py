"""A policy of one's own: what it asks for, and what becomes of things when it changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from actions.desk import When
from actions.errors import NotAllowed
from actions.rulebook import read
from bot.policy_commands import replayed
from store import queries
from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, TEMPLATE, agree, asks_campaign, asks_push, seen
from tests.world import World

BRUSSELS = ZoneInfo("Europe/Brussels")
FIRST_USE = """
rules:
  - {rule: Launches, when: {risk: launch}, approvals: 1}
  - {rule: New templates, when: {first_use: true}, approvals: 2}
  - {rule: Many codes, when: {codes: {least: 10001}}, approvals: 1, from: finance}
"""
ROLES = """
rules:
  - {rule: Reads, when: {risk: read, roles: operator}, allow: true}
  - {rule: Launches, when: {risk: launch, roles: operator}, approvals: 1}
  - {rule: Changes of one session, when: {action: session.update, roles: operator}, allow: true}
  - {rule: Changes, when: {risk: change}, unless: {roles: operator}, approvals: 1}
"""
NIGHT = """
rules:
  - {rule: Launches, when: {risk: launch}, approvals: 1}
  - {rule: At night, when: {hours: 21:00-08:00}, refuse: Not at night.}
"""
ONE = "rules: [{rule: Everything, approvals: 1}]"
TWO = "rules: [{rule: Everything, approvals: 2}]"


def tomorrow_at(world: World, hour: int) -> datetime:
    """On the account's clock."""
    tomorrow = (world.now() + timedelta(days=1)).astimezone(BRUSSELS)
    return tomorrow.replace(hour=hour, minute=0)


def at_hour(world: World, hour: int) -> When:
    return When(tomorrow_at(world, hour), timezone="Europe/Brussels")


def records(world: World, kind: str) -> list[str]:
    """What the record says of the policy itself."""
    with world.bot.office.store.look() as tx:
        return [entry.because for entry in queries.audit(tx, kind=kind)]


def test_the_first_use_of_a_template_needs_two_and_the_next_one(world: World) -> None:
    world.under(FIRST_USE)
    request = asks_campaign(world)
    assert "“New templates” asks for 2 of the approvers" in seen(world)
    agree(world, "bo")
    world.tick()
    assert world.request().state is Consent.WAITING
    agree(world, "cy")
    world.tick()
    assert [made["name"] for made in world.api.created] == ["Spring"]
    assert world.request().weighed["first_use"] is True

    again = asks_campaign(world, name="Autumn")
    assert again.id != request.id
    agree(world, "bo")
    world.tick()
    assert [made["name"] for made in world.api.created] == ["Spring", "Autumn"]


def test_many_codes_need_somebody_of_finance_too(world: World) -> None:
    world.under(FIRST_USE)
    world.slack.does("usergroup", usergroup="finance", name="Finance", users=["U0CY"])
    given = {"campaign": SPLASH, "amount": 10_001}
    world.bot.desk.ask("single_use.create_many", given, actor="U0ANA")
    world.tick()
    agree(world, "bo")
    world.tick()
    assert world.request().state is Consent.WAITING
    assert "still needed: 1 of finance" in seen(world)
    agree(world, "cy")
    world.tick()
    assert world.request().state is Consent.SPENT
    given = {"campaign": SPLASH, "amount": 10_000}
    assert world.bot.desk.ask("single_use.create_many", given, actor="U0ANA").quorum == 1
    world.tick()
    assert [need["rule"] for need in world.request().terms["needs"]] == ["Launches"]


def test_at_night_it_is_refused_by_its_rule_and_by_day_it_is_not(world: World) -> None:
    world.under(NIGHT)
    given = {"template": TEMPLATE, "name": "Late"}
    for hour in (21, 7):
        with pytest.raises(NotAllowed, match=r"Not at night. \(policy: At night\)"):
            world.bot.desk.ask("campaign.create", given, actor="U0ANA", when=at_hour(world, hour))
    assert world.requests() == []
    world.bot.desk.ask("campaign.create", given, actor="U0ANA", when=at_hour(world, 8))
    world.tick()
    agree(world, "bo")
    # what is asked for a good hour and runs, much later, at a bad one is refused there
    world.passes(seconds=(tomorrow_at(world, 22) - world.now()).total_seconds())
    assert world.api.created == []
    assert "Not at night." in seen(world)


VOID = {"couponsession": "abc123", "operation": "void"}
PUSH = {"campaign": SPLASH, "message": "Summer"}
MADE = {"template": TEMPLATE, "name": "Spring", "discount_value": "20.01"}
CODES = {"campaign": SPLASH, "amount": 101}
OWN = {"campaign": SPLASH, "couponsession": "aB3dE6", "message": "Hi"}
WORDS: tuple[tuple[str, str, dict[str, object], int, int | None], ...] = (
    # a condition, what is asked for, how many rows of it, and at which hour
    ("{action: session.*}", "session.update", VOID, 1, None),
    ("{area: single_use}", "single_use.create_many", CODES, 1, None),
    ("{risk: launch}", "campaign.create", MADE, 1, None),
    ("{account: main, risk: launch}", "campaign.create", MADE, 1, None),
    ("{roles: coupon-operators}", "session.update", VOID, 1, None),
    ("{reach: {least: 812}}", "campaign.push_all", PUSH, 1, None),
    ("{codes: {least: 101}}", "single_use.create_many", CODES, 1, None),
    ("{face_value: {least: 20.01}}", "campaign.create", MADE, 1, None),
    ("{rows: {least: 2}}", "session.update", VOID, 2, None),
    ("{hours: 21:00-08:00}", "session.update", VOID, 1, 21),
    ("{weekday: %(tomorrow)s}", "session.update", VOID, 1, 12),
    ("{first_use: true}", "campaign.create", MADE, 1, None),
    ("{scheduled: true}", "session.update", VOID, 1, 12),
    ("{to_self: true}", "campaign.push", OWN, 1, None),
)
"""One wish for each condition that a policy can name."""
LOOSER = {"812": "813", "101": "102", "20.01": "20.02", "least: 2}": "least: 3}"}
ELSE = (
    *(("session.*", "loyalty.*"), ("single_use", "loyalty"), ("risk: launch}", "risk: read}")),
    *(
        ("main", "another"),
        ("coupon-operators", "coupon-approvers"),
        ("21:00-08:00", "22:00-08:00"),
    ),
    *(("%(tomorrow)s", "%(yesterday)s"), ("true", "false")),
)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_condition_of_the_policy_looks_at_what_is_asked(world: World) -> None:
    days = {
        name: (tomorrow_at(world, 12) + timedelta(days=ahead)).strftime("%a").lower()
        for name, ahead in (("tomorrow", 0), ("yesterday", -2))
    }
    world.under(ONE)
    for condition, action, given, rows, hour in WORDS:
        when = When() if hour is None else at_hour(world, hour)
        loose = condition
        for was, now in (*LOOSER.items(), *ELSE):
            loose = loose.replace(was, now)
        assert loose != condition
        for said, refused in ((condition % days, True), (loose % days, False)):
            rule = f"{{rule: This, when: {said}, refuse: Not this.}}"
            others = "{rule: Everything, approvals: 1}"
            world.rules_at.write_text(f"seeds: {{U0ANA: aB3dE6}}\nrules: [{others}, {rule}]")
            world.bot.jobs["policy"][0]()
            assert is_refused(world, action, [given] * rows, when) is refused, said


def is_refused(world: World, action: str, rows: list[dict[str, object]], when: When) -> bool:
    """At once, or when it has been looked at."""
    try:
        id = world.bot.desk.ask(action, *rows, actor="U0ANA", when=when).id
    except NotAllowed as no:
        assert str(no) == "Not this. (policy: This)"
        return True
    world.bot.jobs["prepare"][0]()
    [request] = [each for each in world.requests() if each.id == id]
    return request.state is Consent.VOID and request.problem == "Not this."


def test_who_may_ask_and_who_may_read_is_policy(world: World) -> None:
    world.under(ROLES)
    bo, ana = world.person("bo"), world.person("ana")
    bo.types("/coupon session search email=mia.vos@example.test").submits()
    assert bo.was_told("No rule of the policy covers this.")
    with pytest.raises(NotAllowed, match=r"No rule of the policy covers this\."):
        asks_campaign(world, "bo")
    assert world.requests() == []
    ana.types("/coupon session search email=mia.vos@example.test").submits()
    assert not ana.was_told("No rule of the policy covers this.")
    assert asks_campaign(world).quorum == 1


def test_a_changed_policy_voids_what_waited_and_what_was_granted(world: World) -> None:
    world.under(ONE)
    tomorrow = When(world.now() + timedelta(days=1))
    given = {"template": TEMPLATE, "name": "Tomorrow"}
    world.bot.desk.ask("campaign.create", given, actor="U0ANA", when=tomorrow)
    world.tick()
    agree(world, "bo")
    asks_campaign(world)
    assert [one.state for one in world.requests()] == [Consent.GRANTED, Consent.WAITING]
    old = world.slack.card()["ts"]

    world.rules_at.write_text("rules: [{rule: Everything, approvals: many}]")
    world.bot.jobs["policy"][0]()
    world.tick()
    assert [one.state for one in world.requests()] == [Consent.GRANTED, Consent.WAITING]
    assert "a whole number belongs here" in records(world, "policy kept")[0]

    before = len(records(world, "policy changed"))
    world.rules_at.write_text(TWO)
    world.bot.jobs["policy"][0]()
    bo = world.person("bo").presses("approve", ts=old, channel="approvals")
    assert bo.was_told("The policy has changed meanwhile")
    world.tick()
    granted, waiting = world.requests()
    for request in (granted, waiting):
        assert (request.state, request.quorum) == (Consent.WAITING, 2)
        assert request.version == 2
    assert len(records(world, "policy changed")) == before + 1
    world.passes(days=1, minutes=1)
    assert world.api.created == []
    agree(world, "bo", "cy")
    world.tick()
    assert len(world.api.created) == 1


def test_a_policy_that_is_back_looks_at_once_at_what_the_one_between_has_seen(world: World) -> None:
    world.under(ONE)
    asks_campaign(world)
    for rules, quorum in ((TWO, 2), (ONE, 1)):
        world.rules_at.write_text(rules)
        world.bot.jobs["policy"][0]()
        world.tick()
        assert (world.request().state, world.request().quorum) == (Consent.WAITING, quorum)
    agree(world, "bo")
    world.tick()
    assert [made["name"] for made in world.api.created] == ["Spring"]


def test_who_asked_has_to_be_entitled_still_when_it_runs(world: World) -> None:
    world.under(ROLES)
    later = When(world.now() + timedelta(hours=1))
    voided = {"couponsession": "abc123", "operation": "void"}
    world.bot.desk.ask("session.update", voided, actor="U0ANA", when=later)
    world.bot.desk.ask(
        "campaign.create", {"template": TEMPLATE, "name": "X"}, actor="U0ANA", when=later
    )
    world.tick()
    agree(world, "bo")
    change, launch = world.requests()
    assert (change.state, launch.state) == (Consent.GRANTED, Consent.GRANTED)
    assert change.quorum == 0

    world.slack.does("usergroup", usergroup="coupon-operators", users=[])
    world.passes(hours=1, minutes=1)
    world.tick()
    assert (world.api.created, world.api.state["updates"]) == ([], [])
    said = {run.action: (run.state, run.problem) for run in world.operations()}
    more = "The policy asks for more by now than has been agreed to."
    assert said == {
        "session.update": (Progress.DROPPED, more),
        "campaign.create": (Progress.DROPPED, "No rule of the policy covers this."),
    }
    _, launch = world.requests()
    assert launch.state is Consent.VOID
    assert launch.problem == "No rule of the policy covers this."


def test_what_was_asked_is_replayed_under_another_policy(world: World) -> None:
    asks_push(world)
    asks_campaign(world)
    with world.bot.office.store.look() as tx:
        same = replayed(tx, world.bot.office.rulebook.current, world.now() - timedelta(days=1))
        other = replayed(tx, read(FIRST_USE), world.now() - timedelta(days=1))
        none = replayed(tx, read(FIRST_USE), world.now() + timedelta(seconds=1))
    assert [(row[1], row[2] == row[3]) for row in same.rows] == [
        ("campaign.push_all", True),
        ("campaign.create", True),
    ]
    assert [row[1:] for row in other.rows] == [
        ("campaign.push_all", "2 of approver", "refused: No rule of the policy covers this."),
        ("campaign.create", "1 of approver", "2 of approver"),
    ]
    assert (other.otherwise, same.otherwise, none.rows) == (2, 0, [])
