"""What has to stand still before a run: each such thing, changed on its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions.approvals import ALONE
from actions.catalog import CATALOG
from actions.desk import When
from actions.gate import LEFT, Gate
from actions.policy import Policy
from actions.preparer import Preparer
from actions.room import NO_LIMIT, Room
from actions.rulebook import read
from actions.weighing import Weighing
from store import queries
from store.tables import Consent, Operation, Progress
from tests.flows.asking import SPLASH, TEMPLATE
from tests.world import World

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CHANGED = "The policy has changed since."
MORE = "The policy asks for more by now than has been agreed to."
NOTHING = "Its request or its account is gone."
OTHER = "What would run is not what was agreed to."
GONE = "The person who asked is no member any more."
APPROVERS = frozenset({"coupon-approvers"})
NOBODY, EVERYBODY = "rules: [{rule: All, allow: true}]", "rules: [{rule: All, approvals: 1}]"
NEVER = "rules: [{rule: All, refuse: Never.}]"


def why_not(world: World, policy: Policy | None = None) -> str:
    """What a gate that remembers nothing says of the newest request."""
    return asked(world, gate(world, policy), a_run(world))


def asked(world: World, known: Gate, run: Operation) -> str:
    """What that gate says of a run as things stand."""
    with world.bot.office.store.look() as tx:
        standing = known.standing(tx, run)
    return known.why_not(run, standing)


def a_run(world: World, **how: Any) -> Operation:
    """One run of the newest request, about to begin."""
    request = world.request()
    known = {"request": request.id, "edition": request.edition, "account": "main", **how}
    return Operation(
        **known, due=NOW, run_at=NOW, action=request.action, inputs={}, state=Progress.READY
    )


def gate(
    world: World,
    policy: Policy | None = None,
    clock: list[datetime] | None = None,
    room: Room = NO_LIMIT,
) -> Gate:
    """One of its own: under that policy, at that moment, with so much room."""
    office, people = world.bot.office, world.bot.people
    rules = policy or office.rulebook.current

    def now() -> datetime:
        return clock[0] if clock else world.now()

    weighing = Weighing(CATALOG, office.vault, lambda: rules, now)
    known = (office.store, CATALOG, office.vault, office.clients, people, weighing, now)
    return Gate(office.store, people, Preparer(*known, room), weighing, now)


def becomes(world: World, **values: Any) -> None:
    """The newest request is no longer as it was agreed to."""
    with world.bot.office.store.begin() as tx:
        row = queries.request(tx, world.request().id)
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
        row.digest = values.get("digest", world.bot.office.weighing.digest(row))


def yes_becomes(world: World, number: int, **values: Any) -> None:
    """One of the approvals is somebody else's."""
    with world.bot.office.store.begin() as tx:
        yes = queries.approvals(tx, world.request())[number]
        for name, value in values.items():
            setattr(yes, name, value)


def is_somebody(world: World, name: str, **how: Any) -> None:
    world.slack.does("person", user=name, **how)
    world.workers.rest()
    world.bot.people.forget()


def agreed(world: World, name: str, *rows: dict[str, Any], by: str = "U0ANA") -> None:
    """Asked for, and whoever has to has agreed; past all forms and cards, and nobody runs it."""
    world.bot.desk.ask(name, *rows, actor=by)
    world.bot.jobs["prepare"][0]()
    for actor in ("U0BO", "U0CY"):
        request = world.request()
        if request.state is Consent.WAITING and actor != by:
            reached = str(request.reach)
            world.bot.approvals.approve(request.id, 1, actor=actor, reached=reached)
    assert world.request().state is Consent.GRANTED


def agreed_push(world: World) -> None:
    agreed(world, "campaign.push_all", {"campaign": SPLASH, "message": "Summer"})
    assert why_not(world) == ""


def test_what_would_run_is_what_was_agreed_to(world: World) -> None:
    agreed_push(world)
    true = world.request()
    for digest in ("0" * 64, "g" * 64):
        becomes(world, digest=digest)
        assert why_not(world) == OTHER
    becomes(world, terms={}, digest=true.digest)  # as an elder release left it
    assert why_not(world) == CHANGED
    becomes(world, terms=true.terms, reach=500)
    assert why_not(world) == "It would reach 812 people by now; 500 were agreed to."
    becomes(world, reach=true.reach)
    name, shown = true.facts[0]
    for was in ("", "~"):
        becomes(world, facts=[[name, was]])
        assert why_not(world) == f"{name} is “{shown}” by now; “{was}” was agreed to."
    becomes(world, facts=[["Colour", "red"]])
    assert why_not(world) == "Colour is “gone” by now; “red” was agreed to."
    becomes(world, quorum=0)  # what nobody had to agree to was shown to nobody
    assert why_not(world) == ""


def test_what_is_gone_does_not_run(world: World) -> None:
    agreed_push(world)
    assert asked(world, gate(world), a_run(world, request="req_none")) == NOTHING
    for edition in (0, 2):
        said = asked(world, gate(world), a_run(world, edition=edition))
        assert said == "It was changed after this run was launched."
    request = world.request()
    world.bot.desk.withdraw(request.id, actor="U0ANA")
    assert why_not(world) == "It was withdrawn."
    assert asked(world, gate(world), a_run(world, account="gone")) == NOTHING


def test_what_is_stopped_or_not_agreed_to_yet_does_not_run(world: World) -> None:
    agreed_push(world)
    office = world.bot.office
    office.stopping(world.bot.people).pause(world.request().id, 1, actor="U0ANA")
    assert why_not(world) == "It was stopped."
    world.bot.desk.ask("campaign.create", {"template": TEMPLATE, "name": "X"}, actor="U0ANA")
    assert why_not(world) == "It has to be agreed to again first."


def test_what_cannot_be_shown_any_more_does_not_run(world: World) -> None:
    agreed_push(world)
    world.api.fails("/v3/coupon/info", error_code=502)
    assert "code 502" in why_not(world)
    codes = {"automated_codes": True, "code_prefix": "S", "code_length": 10, "code_type": "numeric"}
    agreed(world, "single_use.create_many", {"campaign": SPLASH, "amount": 50, **codes})
    assert why_not(world) == ""
    full = gate(world, room=Room(0))
    assert asked(world, full, a_run(world)).startswith("There is room for 0 more codes")


def test_a_policy_that_has_changed_is_held_against_what_was_agreed(world: World) -> None:
    agreed_push(world)
    current = world.bot.office.rulebook.current
    for version in ("0", "g"):
        assert why_not(world, replace(current, version=version)) == CHANGED
    assert why_not(world, read(NOBODY)) == CHANGED
    assert why_not(world, read(NEVER)) == CHANGED
    stricter = replace(read("rules: [{rule: All, approvals: 3}]"), version=current.version)
    assert why_not(world, stricter) == MORE
    yes_becomes(world, 0, roles=[ALONE])
    assert why_not(world, replace(stricter, break_glass=APPROVERS)) == ""
    refusing = replace(read(NEVER), version=current.version)
    assert why_not(world, refusing) == "Never."


def test_what_nobody_had_to_agree_to_outlives_a_policy_that_lets_it(world: World) -> None:
    world.under(NOBODY)
    agreed(world, "campaign.create", {"template": TEMPLATE, "name": "Spring"})
    assert why_not(world) == ""
    assert why_not(world, replace(read(NOBODY), version="another")) == ""
    assert why_not(world, read(EVERYBODY)) == CHANGED
    assert why_not(world, read(NEVER)) == CHANGED


def test_whoever_agreed_has_to_be_there_still(world: World) -> None:
    agreed_push(world)
    is_somebody(world, "di", real_name="Di Park")
    yes_becomes(world, 1, person="U0DI", on_behalf="U0CY")
    assert why_not(world) == ""
    for name in ("di", "cy"):
        is_somebody(world, name, deleted=True)
        assert why_not(world) == f"{LEFT}."
        is_somebody(world, name, deleted=False)
    assert why_not(world) == ""
    is_somebody(world, "bo", deleted=True)
    assert why_not(world) == f"{LEFT}."
    becomes(world, granted_at=None)  # an elder release did not note it
    assert why_not(world) == ""


def test_who_went_alone_has_to_be_there_still(world: World) -> None:
    agreed_push(world)
    yes_becomes(world, 0, roles=[ALONE])
    current = world.bot.office.rulebook.current
    emergency = replace(current, break_glass=APPROVERS)
    is_somebody(world, "cy", deleted=True)
    assert why_not(world, emergency) == ""
    assert why_not(world) == f"{LEFT}."
    is_somebody(world, "bo", deleted=True)
    assert why_not(world, emergency) == f"{LEFT}."


def test_whoever_may_decide_after_long_silence_has_agreed(world: World) -> None:
    is_somebody(world, "di", real_name="Di Park")
    world.slack.does("usergroup", usergroup="finance", name="Finance", users=["U0DI"])
    world.under("escalate: {after: 24h, to: [finance]}\nrules: [{rule: All, approvals: 1}]")
    when, given = When(world.now() + timedelta(days=3)), {"template": TEMPLATE, "name": "Spring"}
    id = world.bot.desk.ask("campaign.create", given, actor="U0ANA", when=when).id
    world.bot.jobs["prepare"][0]()
    world.later(hours=25)
    world.bot.approvals.approve(id, 1, actor="U0DI")
    assert why_not(world) == ""


def test_who_asked_has_to_be_there_still(world: World) -> None:
    agreed_push(world)
    known, run = gate(world), a_run(world)
    assert asked(world, known, run) == ""
    is_somebody(world, "ana", deleted=True)
    becomes(world, state=Consent.GRANTED)  # as if that news had been lost
    assert asked(world, known, run) == GONE  # of one run nothing is remembered


def test_of_a_sheet_it_is_known_for_half_a_minute(world: World) -> None:
    rows = [{"campaign": SPLASH, "email": f"c{n}@example.test"} for n in range(2)]
    agreed(world, "single_use.create", *rows, by="U0BO")
    begun, run = world.now(), a_run(world)
    clock = [begun]
    known = gate(world, clock=clock)
    assert asked(world, known, run) == ""
    is_somebody(world, "bo", deleted=True)
    becomes(world, state=Consent.GRANTED)  # as if that news had been lost
    clock[0] = begun + timedelta(seconds=29.9)
    assert asked(world, known, run) == ""
    for ahead in (30, 60):
        clock[0] = begun + timedelta(seconds=ahead)
        assert asked(world, known, run) == GONE
    clock[0] = begun
    assert asked(world, known, run) == ""
    becomes(world, version=2)
    assert asked(world, known, run) == GONE
