"""Somebody wants to be forgotten: what is private of them goes, and the record stays as it is."""

import json
import re

import pytest

from actions.errors import Declined
from store import queries
from store.tables import AuditEntry, Consent
from tests.flows.asking import SPLASH, agree
from tests.flows.test_audit import dump
from tests.world import World

ADA, BEA = "ada.lovelace@example.test", "bea@example.test"


def record(world: World) -> list[AuditEntry]:
    with world.bot.office.store.look() as tx:
        return [*reversed(queries.audit(tx, most=1_000))]


def codes(world: World, *to: str) -> None:
    """A code for each of these people, as a sheet if they are several."""
    rows = [{"email": each, "campaign": SPLASH} for each in to]
    world.bot.desk.ask("single_use.create", *rows, actor="U0ANA")
    world.tick()
    if world.request().state is Consent.WAITING:
        agree(world, "bo")
    world.tick()
    assert world.request().state is Consent.SPENT


def erase(world: World, value: str = ADA, reason: str = "Ticket 81") -> str:
    return world.bot.office.erasing(value, actor="operator", reason=reason).words


def sealed(world: World) -> list[object]:
    """The private values of all rows that can still be opened."""
    vault = world.bot.office.vault
    rows = [row for request in world.requests() for row in request.inputs]
    rows += [run.inputs for run in world.operations()]
    return [
        vault.open(value["sealed"])
        for row in rows
        for value in row.values()
        if isinstance(value, dict) and "sealed" in value
    ]


def test_what_is_private_of_one_person_goes_and_of_others_stays(world: World) -> None:
    codes(world, ADA)
    codes(world, BEA)
    before = record(world)
    digest = world.requests()[0].digest
    assert (
        erase(world, ADA.upper())
        == "requests: 1, runs: 1, answers: 1, forms: 0, webhooks: 0, at work: 0"
    )
    assert sealed(world) == [BEA, BEA]
    lines = record(world)
    assert [line.model_dump() for line in lines[:-1]] == [line.model_dump() for line in before]
    assert (lines[-1].kind, lines[-1].actor) == ("erased", "operator")
    assert lines[-1].because.endswith("Ticket 81")
    request = world.requests()[0]
    assert (request.digest, request.salt) == (digest, "")
    world.person("bo").types(f"/coupon why {request.id}")
    assert world.person("bo").was_told("removed on request")


def test_of_a_sheet_only_their_row_goes(world: World) -> None:
    codes(world, ADA, BEA)
    erase(world)
    assert sealed(world) == [BEA, BEA]
    assert world.request().pruned_at is None
    world.passes(days=40)
    world.bot.jobs["prune"][0]()
    assert sealed(world) == []


def test_answers_in_which_they_stand_go_too(world: World) -> None:
    world.bot.desk.ask("subaccount.list", {}, actor="U0ANA")
    world.tick()
    emails = re.findall(r"[\w.]+@[\w.]+", json.dumps(world.api.state["subaccounts"]))
    assert "requests: 0, runs: 0, answers: 1" in erase(world, emails[0])


def test_forms_in_which_they_stand_go_too(world: World) -> None:
    world.person("ana").types(f'/coupon campaign create name="for {ADA}"')
    assert "forms: 1" in erase(world)


def test_what_is_still_to_come_for_them_is_withdrawn_first(world: World) -> None:
    world.bot.desk.ask("message.email", {"email": ADA, "campaign": SPLASH}, actor="U0BO")
    world.tick()
    request = world.request()
    with pytest.raises(Declined, match=f"withdraw or settle {request.id}"):
        erase(world)
    assert ADA in sealed(world)
    world.bot.desk.withdraw(request.id, actor="U0BO")
    assert "requests: 1" in erase(world)
    assert sealed(world) == []


def test_who_it_was_is_nowhere_afterwards(world: World) -> None:
    codes(world, ADA)
    erase(world, reason=f"Letter of {ADA}")
    assert ADA not in dump(world)
    assert ADA not in json.dumps([line.model_dump(mode="json") for line in record(world)])


def test_too_short_a_value_would_be_anybodys(world: World) -> None:
    with pytest.raises(Declined, match="Name an e-mail address"):
        erase(world, "a@b")


def test_nobody_finds_out_from_a_digest_what_it_was_made_of(world: World) -> None:
    """The same wish twice has two digests: without its salt none can be tried out."""
    codes(world, ADA)
    codes(world, ADA)
    first, second = world.requests()
    assert first.digest != second.digest != ""
