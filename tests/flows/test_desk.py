"""The desk and the counter of approvals, called as surfaces call them: each no at its edge."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from actions.approvals import Approvals
from actions.catalog import CATALOG
from actions.desk import Desk, When
from actions.errors import (
    Declined,
    InvalidInputs,
    NeedsReason,
    NotAllowed,
    StaleCard,
    UnknownThing,
)
from coupontools.errors import Garbled
from store import queries
from store.lifecycle import TooLate, enter
from store.tables import Account, Consent, Request
from tests.flows.asking import SPLASH, TEMPLATE
from tests.units.odd import Odd
from tests.world import PATIENCE, World

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRES = pytest.mark.parametrize("database", ["postgres"], indirect=True)
SPRING = {"template": TEMPLATE, "name": "Spring"}
EMERGENCY = "break_glass: [coupon-emergency]\nrules: [{rule: All, approvals: 2}]"


@ON_SQLITE
def test_with_no_account_or_with_two_it_is_not_clear_which_is_meant(world: World) -> None:
    desk, store = world.bot.desk, world.bot.office.store
    assert desk.account().name == "main"
    with store.begin() as tx:
        tx.add(Account(name="another", client_id="", client_secret=""))
    with pytest.raises(Declined, match="not clear which"):
        desk.account()
    with store.begin() as tx:
        for account in queries.accounts(tx):
            tx.delete(account)
    with pytest.raises(Declined, match="not clear which"):
        desk.account()


@ON_SQLITE
def test_nothing_is_asked_for_and_several_only_of_what_takes_a_sheet(world: World) -> None:
    ask = world.bot.desk.ask
    with pytest.raises(Declined, match=r"^There is nothing to ask for\.$"):
        ask("campaign.create", actor="U0ANA")
    with pytest.raises(Declined, match="is asked for one at a time"):
        ask("campaign.create", SPRING, SPRING, actor="U0ANA")
    voided = {"couponsession": "abc123", "operation": "void"}
    assert len(ask("session.update", voided, voided, actor="U0ANA").inputs) == 2


@ON_SQLITE
def test_what_may_come_out_well_is_asked_for_before_anybody_has_counted(world: World) -> None:
    world.under(
        "rules: [{rule: All, approvals: 2},"
        " {rule: Too many, when: {reach: {least: 10000}}, refuse: Too many.}]"
    )
    assert asks_push(world).quorum == 2


@ON_SQLITE
@pytest.mark.parametrize(("asker", "other"), [("U0ANA", "U0BO"), ("U0BO", "U0ANA")])
def test_only_who_asked_changes_or_withdraws_it(world: World, asker: str, other: str) -> None:
    desk = world.bot.desk
    id = desk.ask("campaign.create", SPRING, actor=asker).id
    with pytest.raises(NotAllowed, match="Only the person who asked can change this"):
        desk.change(id, 1, SPRING, actor=other)
    with pytest.raises(NotAllowed, match="Only the person who asked can withdraw this"):
        desk.withdraw(id, actor=other)
    for version in (0, 2):
        with pytest.raises(StaleCard):
            desk.change(id, version, SPRING, actor=asker)
    with pytest.raises(UnknownThing, match="nothing on record as req_none"):
        desk.change("req_none", 1, SPRING, actor=asker)
    changed = desk.change(id, 1, {**SPRING, "name": "Autumn"}, actor=asker)
    assert (changed.version, changed.tries, changed.state) == (2, 0, Consent.ASKED)
    assert (changed.edition, changed.made) == (2, 0)
    assert desk.withdraw(id, actor=asker).state is Consent.WITHDRAWN


def asks(world: World, name: str = "campaign.create", **given: Any) -> Request:
    """A wish of Ana's that waits for others, past all forms and cards."""
    world.bot.desk.ask(name, given or SPRING, actor="U0ANA")
    world.bot.jobs["prepare"][0]()
    assert world.request().state is Consent.WAITING
    return world.request()


def asks_push(world: World) -> Request:
    return asks(world, "campaign.push_all", campaign=SPLASH, message="Summer")


def digits(world: World, typed: str | None) -> Request:
    request = world.request()
    return world.bot.approvals.approve(request.id, request.version, actor="U0BO", reached=typed)


@ON_SQLITE
def test_whoever_agrees_to_a_blast_types_how_many_it_reaches(world: World) -> None:
    asks_push(world)
    for typed in (None, "", "81", "811", "813", "999", "8120", "unknown"):
        with pytest.raises(InvalidInputs) as no:
            digits(world, typed)
        assert no.value.problems["reached"].endswith("it reaches: 812.")
    with world.bot.office.store.begin() as tx:
        tx.exec(text("UPDATE app_request SET reach = NULL"))  # type: ignore[call-overload]  # SQL
    with pytest.raises(InvalidInputs) as no:
        digits(world, "812")
    assert no.value.problems["reached"].endswith("it reaches: unknown.")
    assert digits(world, " Unknown. ").state is Consent.WAITING
    assert ("approved", "U0BO") in world.trail(world.request().id)


@ON_SQLITE
def test_the_glass_is_broken_by_members_on_what_they_see_with_ten_characters(
    world: World,
) -> None:
    users = ["U0ANA", "U0CY", "U0GIL"]
    world.slack.does("usergroup", usergroup="coupon-emergency", name="Emergency", users=users)
    world.under(EMERGENCY)
    id, alone = asks(world).id, world.bot.approvals.break_glass
    for version in (0, 2):
        with pytest.raises(StaleCard):
            alone(id, version, actor="U0ANA", reason="x" * 10)
    for nobody in ("U0BO", "U0GIL"):
        with pytest.raises(NotAllowed, match=r"group for emergencies can go alone \(coupon-em"):
            alone(id, 1, actor=nobody, reason="x" * 10)
    with pytest.raises(NeedsReason, match="at least 10"):
        alone(id, 1, actor="U0ANA", reason=" 123456789 ")
    assert alone(id, 1, actor="U0ANA", reason="1234567890").state is Consent.GRANTED
    again = asks(world).id
    assert alone(again, 1, actor="U0ANA", reason="A longer one").state is Consent.GRANTED


@ON_SQLITE
@pytest.mark.parametrize("actor", ["U0ANA", "U0CY"])
def test_who_goes_alone_leaves_the_yes_of_others_as_it_is(world: World, actor: str) -> None:
    world.slack.does("usergroup", usergroup="coupon-emergency", name="Emergency", users=[actor])
    world.under(EMERGENCY)
    id, office = asks(world).id, world.bot.office
    world.bot.approvals.approve(id, 1, actor="U0BO", comment="Fine")
    world.bot.approvals.break_glass(id, 1, actor=actor, reason="It has to go out")
    with office.store.look() as tx:
        given = [(yes.person, yes.comment) for yes in queries.approvals(tx, world.request())]
    assert given == [("U0BO", "Fine"), (actor, "It has to go out")]


@ON_SQLITE
def test_a_no_and_a_question_want_words(world: World) -> None:
    id, approvals = asks(world).id, world.bot.approvals
    with pytest.raises(NeedsReason):
        approvals.refuse(id, 1, actor="U0BO", reason=" \n")
    with pytest.raises(InvalidInputs):
        approvals.question(id, 1, actor="U0BO", words=" \n")
    assert approvals.question(id, 1, actor="U0BO", words="Why?").state is Consent.WAITING
    assert approvals.refuse(id, 1, actor="U0BO", reason="Because").state is Consent.REFUSED
    assert ("question", "U0BO") in world.trail(id)


@ON_SQLITE
def test_what_is_read_is_checked_and_nothing_else_is_read(world: World) -> None:
    desk = world.bot.desk
    reading = desk.read("campaign.info", {"campaign": SPLASH}, actor="U0ANA")
    assert SPLASH in str(reading.output)
    with pytest.raises(Declined, match="it is asked for, not read"):
        desk.read("campaign.create", SPRING, actor="U0ANA")
    with pytest.raises(InvalidInputs):
        desk.check("campaign.info", {"campaign": "nonsense"})
    assert desk.person("U0ANA").name == "Ana Costa"


@ON_SQLITE
def test_an_answer_of_another_form_is_said_to_be_one(world: World) -> None:
    with closing(Odd()) as api:
        api.says({"status": {"status": "OK"}, "coupon_info": "Splash"})
        world.starts_with(coupontools_url=api.url)
        with pytest.raises(Garbled, match=r"Its answer has another form \(OneCampaign\)"):
            world.bot.desk.read("campaign.info", {"campaign": SPLASH}, actor="U0ANA")


@ON_SQLITE
def test_a_yes_under_another_policy_is_none_whichever_came_first(world: World) -> None:
    one, two = (f"rules: [{{rule: All, approvals: {count}}}]" for count in (1, 2))
    world.under(one)
    id = asks(world).id
    for rules in (two, one):  # of the two versions one is the smaller
        world.rules_at.write_text(rules)
        world.bot.jobs["policy"][0]()
        request = world.request()
        with pytest.raises(StaleCard, match="The policy has changed meanwhile"):
            world.bot.approvals.approve(id, request.version, actor="U0BO")
        world.bot.jobs["review"][0]()
        world.bot.jobs["prepare"][0]()
    assert world.bot.approvals.approve(id, 3, actor="U0BO").state is Consent.GRANTED


@ON_SQLITE
def test_the_same_wish_is_put_on_record_once(world: World) -> None:
    desk = world.bot.desk
    first = desk.ask("campaign.create", SPRING, actor="U0ANA", token="V1")
    assert desk.ask("campaign.create", SPRING, actor="U0ANA", token="V1").id == first.id
    assert desk.ask("campaign.create", SPRING, actor="U0ANA", token="V2").id != first.id
    assert desk.ask("campaign.create", SPRING, actor="U0ANA").id != first.id
    assert len(world.requests()) == 3


def test_many_wishes_at_the_same_moment_are_each_put_on_record_once(world: World) -> None:
    twice = [f"V{number}" for number in range(12)] * 2

    def asks(token: str) -> str:
        return world.bot.desk.ask("campaign.create", SPRING, actor="U0ANA", token=token).id

    with ThreadPoolExecutor(len(twice)) as threads:
        ids = list(threads.map(asks, twice))
    assert ids[:12] == ids[12:]
    assert sorted(request.id for request in world.requests()) == sorted(set(ids))
    assert all(world.trail(id) == [("asked", "U0ANA")] for id in ids)


@ON_POSTGRES
def test_two_processes_put_one_wish_on_record_at_the_same_moment(world: World) -> None:
    store, found = world.bot.office.store, []
    other: dict[str, Any] = {"account": "main", "action": "campaign.create", "inputs": [SPRING]}
    first = Request(**other, token="V1", actor="U0ANA", asked_at=world.now(), state=Consent.ASKED)

    def asks(desk: Desk) -> None:
        later = When(world.now() + timedelta(days=1))
        found.append(desk.ask("campaign.create", SPRING, actor="U0ANA", token="V1", when=later).id)

    with store.begin() as tx:
        enter(tx, first, actor="U0ANA", at=world.now())
        tx.flush()
        second = threading.Thread(target=asks, args=(world.bot.desk,))
        second.start()
        deadline = time.monotonic() + PATIENCE
        while not waits_for_a_lock(world):
            assert time.monotonic() < deadline, "it does not come as far"
            time.sleep(0.01)
    second.join(PATIENCE)
    assert found == [first.id]
    assert [request.id for request in world.requests()] == found


def waits_for_a_lock(world: World) -> bool:
    with world.bot.office.store.look() as tx:
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(tx.exec(text(asked)).scalar())  # type: ignore[call-overload]  # SQL


def test_who_agrees_to_a_change_is_not_told_what_was_decided_before_it(world: World) -> None:
    office, moment = world.bot.office, world.now()
    approvals = Approvals(office.store, CATALOG, world.bot.people, office.weighing, lambda: moment)
    later = When(world.now() + timedelta(hours=1))
    id = world.bot.desk.ask("campaign.create", SPRING, actor="U0ANA", when=later).id
    world.tick()
    approvals.approve(id, 1, actor="U0BO")
    with pytest.raises(TooLate):
        approvals.approve(id, 1, actor="U0CY")
    world.bot.desk.change(id, 1, {**SPRING, "name": "Autumn"}, actor="U0ANA", when=later)
    world.tick()
    assert approvals.approve(id, 2, actor="U0CY").state is Consent.GRANTED
