"""Where people decide: the list, the home tab, in an emergency; and every no they are told."""

from collections.abc import Callable
from typing import Any

import pytest

from actions.desk import When
from store import queries
from store.tables import AuditEntry, Consent
from tests.flows.asking import agree, asks_campaign, asks_push
from tests.world import Human, World, words_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
EMERGENCY = """
break_glass: [firefighters]
rules:
  - rule: Reads
    when: {risk: read}
    allow: true
  - rule: All else
    unless: {risk: read}
    approvals: 2
"""
BRAKED = """
rules:
  - rule: Reads
    when: {risk: read}
    allow: true
  - rule: All else
    unless: {risk: read}
    approvals: 1
    brake: 5m
"""


def declined(world: World) -> list[AuditEntry]:
    """Every no that is on record, oldest first."""
    with world.bot.office.store.look() as tx:
        return list(reversed(queries.audit(tx, kind="declined")))


def queue(world: World, name: str) -> Human:
    """Somebody opens the list of what waits for them."""
    return world.person(name).types("/coupon-approvals")


def places(view: dict[str, Any]) -> list[str]:
    """Where in the list there is something to decide, and where there was."""
    found = [block.get("block_id", "") for block in view["blocks"]]
    shown = zip(found, view["blocks"], strict=True)
    return [
        id if id.startswith("decide:") else "settled"
        for id, block in shown
        if id.startswith("decide:") or "Nothing left to decide here" in words_of(block)
    ]


def test_the_list_is_decided_in_place(world: World) -> None:
    first = asks_campaign(world, name="Spring")
    second = asks_campaign(world, name="Summer")
    third = asks_campaign(world, name="Autumn")
    bo = queue(world, "bo")
    at = [f"decide:{request.id}" for request in (first, second, third)]
    assert places(bo.view) == at
    bo.presses("approve", block_id=at[0])
    assert places(bo.view) == ["settled", *at[1:]]  # the next one does not move under the pointer
    bo.presses("refuse", block_id=at[1]).submits(reason="Not in summer")
    assert places(bo.view) == ["settled", "settled", at[2]]  # the list again, and not the form
    assert "Refused by" in words_of(bo.view)
    bo.presses("question", block_id=at[2]).submits(question="Which stores?")
    assert places(bo.view) == ["settled", "settled", at[2]]
    stale = queue(world, "cy")
    bo.presses("approve_with", block_id=at[2]).submits(comment="Fine")
    assert places(bo.view) == ["settled"] * 3
    stale.presses("approve", block_id=at[2])
    assert "Too late: It has been approved already." in words_of(stale.view)
    assert places(stale.view) == ["settled"]
    world.tick()
    assert sorted(made["name"] for made in world.api.created) == ["Autumn", "Spring"]
    assert "Nothing waits for you." in words_of(queue(world, "bo").view)
    assert queue(world, "gil").was_told("Guests and people from outside cannot use this.")


def test_pressing_twice_at_home_never_decides_on_the_next_one(world: World) -> None:
    first, second = asks_campaign(world, name="Spring"), asks_campaign(world, name="Summer")
    bo = world.person("bo").opens_home()
    home = world.slack.state["homes"][bo.id]
    assert places(home) == [f"decide:{first.id}", f"decide:{second.id}"]
    bo.presses("approve", view_id=home["id"], block_id=f"decide:{first.id}")
    home = world.slack.state["homes"][bo.id]
    assert places(home) == ["settled", f"decide:{second.id}"]
    world.slack.does("redeliver", index=world.slack.deliveries[-1]["index"])
    world.workers.rest()
    assert places(world.slack.state["homes"][bo.id]) == ["settled", f"decide:{second.id}"]
    states = {request.id: request.state for request in world.requests()}
    assert states == {first.id: Consent.GRANTED, second.id: Consent.WAITING}
    bo.opens_home()
    assert places(world.slack.state["homes"][bo.id]) == [f"decide:{second.id}"]


@ON_SQLITE
def test_what_brakes_is_stopped_and_let_go_in_the_list_and_a_long_one_is_paged(
    world: World,
) -> None:
    world.under(BRAKED)
    for number in range(5):
        asks_campaign(world, name=f"Round {number}")
    bo = queue(world, "bo")
    assert "1–4 of 5 requests" in words_of(bo.view)
    bo.presses("queue:next")
    assert "5–5 of 5 requests" in words_of(bo.view)
    last = world.request().id
    bo.presses("approve", block_id=f"decide:{last}")
    assert f"brake:{last}" in {block["block_id"] for block in bo.view["blocks"]}
    bo.presses("stop", block_id=f"brake:{last}")
    assert world.request().state is Consent.PAUSED
    bo.presses("resume", block_id=f"brake:{last}")
    assert world.request().state is Consent.GRANTED
    assert world.person("bo").types("/coupon-approvals help").was_told("what waits for you")


def test_home_is_drawn_anew_after_each_decision(world: World) -> None:
    world.under(BRAKED)
    asks_push(world)
    request = world.request()
    bo, cy = world.person("bo").opens_home(), world.person("cy").opens_home()
    at_home = {"block_id": f"decide:{request.id}"}
    assert "*Message:* Summer" in bo.home  # nobody agrees to what they cannot read
    bo.presses("approve_with", **at_home)
    assert "*Message:* Summer" in words_of(bo.view)
    bo.submits(reached="81")
    assert "812" in bo.errors["reached"]
    bo.submits(reached="812")
    assert not bo.has_modal
    assert "Goes out in" in bo.home
    home = world.slack.state["homes"][cy.id]["id"]
    cy.presses("refuse", view_id=home, **at_home)
    assert cy.was_told("Too late: It has been approved already.")
    assert "Goes out in" in cy.home
    world.slack.does("close", user="cy")
    cy.presses("stop", view_id=home, block_id=f"brake:{request.id}")
    assert world.request().state is Consent.PAUSED
    assert "Let it go on" in cy.home
    cy.presses("resume", view_id=home, block_id=f"brake:{request.id}")
    assert world.request().state is Consent.GRANTED
    world.passes(minutes=6)
    assert len(world.api.pushed) == 1


@ON_SQLITE
def test_somebody_for_emergencies_goes_alone_and_nobody_else_does(world: World) -> None:
    asks_push(world)
    bo = world.person("bo").types(f"/coupon break-glass {world.request().id}")
    assert bo.was_told("the policy names no group for emergencies")
    world.under(EMERGENCY)
    group = {"usergroup": "firefighters", "name": "Emergencies", "users": ["U0ANA"]}
    world.slack.does("usergroup", **group)
    world.bot.people.forget()
    world.tick()
    bo.types(f"/coupon Break glass {world.request().id}")
    assert bo.was_told("Only the group for emergencies can go alone (firefighters).")
    assert not bo.has_modal
    ana = world.person("ana").types("/coupon break-glass req_unknown")
    assert ana.was_told("There is nothing on record as “req_unknown”.")
    ana.types(f"/coupon break—glass `{world.request().id}`")
    ana.submits(reason="Recall")
    assert "at least 10" in ana.errors["reason"]
    ana.submits(reason="The coupon costs us money")
    assert not ana.has_modal
    world.tick()
    assert len(world.api.pushed) == 1
    assert len(declined(world)) == 4
    ana.types(f"/coupon break-glass {world.request().id}")
    assert ana.was_told("Too late: It has been approved and carried out already.")


CLICKS: dict[str, tuple[Callable[[World], Human], str]] = {}
"""What somebody does, and what they alone are told."""


def click(told: str) -> Callable[[Callable[[World], Human]], Callable[[World], Human]]:
    def kept(does: Callable[[World], Human]) -> Callable[[World], Human]:
        CLICKS[does.__name__] = does, told
        return does

    return kept


def is_put(world: World, value: str) -> None:
    """Another value is put into the approve button of the newest card."""
    card = world.slack.card()
    blocks = card["blocks"]
    for block in blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == "approve":
                element["value"] = value
    world.bot.client.chat_update(channel=card["channel"], ts=card["ts"], blocks=blocks, text="x")


@click("There is nothing on record as")
def forges_the_mark(world: World) -> Human:
    is_put(world, f"{world.request().id}:1:{'0' * 24}")
    return world.person("bo").approves()


@click("This button does not belong to this card.")
def carries_the_mark_of_another_card(world: World) -> Human:
    mark = world.bot.office.vault.stamp(f"{world.request().id}:1")
    asks_campaign(world, name="Another")
    is_put(world, mark)
    return world.person("bo").approves()


@click("The request has changed since this card was drawn")
def is_late_after_a_change(world: World) -> Human:
    request = world.request()
    given = {"template": "cam_100001", "name": "Changed"}
    world.bot.desk.change(request.id, 1, given, actor="U0ANA", when=When())
    world.bot.jobs["prepare"][0]()
    return world.person("bo").approves()


@click("Too late: It was withdrawn.")
def is_late_after_the_withdrawal(world: World) -> Human:
    world.bot.desk.withdraw(world.request().id, actor="U0ANA")
    return world.person("bo").at_card("refuse")


@click("You have agreed to this already")
def says_so_twice(world: World) -> Human:
    return world.person("bo").approves().approves()


@click("You asked for this yourself")
def agrees_with_themselves_in_a_modal(world: World) -> Human:
    asks_campaign(world, "bo", name="Own")
    return world.person("bo").at_card("approve_with").submits(comment="Fine by me")


@click("Only approvers can decide this.")
def has_no_say_in_a_modal(world: World) -> Human:
    asks_campaign(world, "bo", name="Not for Ana")
    return world.person("ana").at_card("refuse").submits(reason="No")


@click("Guests and people from outside cannot use this.")
def is_a_guest_who_would_stop_it(world: World) -> Human:
    world.slack.does("member", channel="approvals", user="gil")
    world.bot.jobs["announce"][0]()
    agree(world, "bo", "cy")
    world.bot.jobs["announce"][0]()
    return world.person("gil").at_card("stop")


@click("Only the person who asked can withdraw this.")
def withdraws_what_is_not_theirs(world: World) -> Human:
    world.slack.does("member", channel="D0ANA", user="bo")
    card = world.slack.card("D0ANA")
    return world.person("bo").presses("withdraw", ts=card["ts"], channel="D0ANA")


@click("Slack cannot say who you are just now")
def is_not_known_to_slack(world: World) -> Human:
    world.bot.people.forget()
    world.slack.fails("users.info", error="internal_error")
    return world.person("bo").approves()


@click("Too late: It was withdrawn.")
def is_late_at_home(world: World) -> Human:
    bo = world.person("bo").opens_home()
    world.bot.desk.withdraw(world.request().id, actor="U0ANA")
    return bo.presses("approve", view_id=world.slack.state["homes"][bo.id]["id"])


@click("Too late: It was withdrawn.")
def is_late_in_the_list(world: World) -> Human:
    bo = queue(world, "bo")
    world.bot.desk.withdraw(world.request().id, actor="U0ANA")
    return bo.presses("approve")


@ON_SQLITE
@pytest.mark.parametrize("name", list(CLICKS))
def test_whoever_is_told_no_is_told_alone_and_it_is_on_record(world: World, name: str) -> None:
    world.under("rules: [{rule: Everything, approvals: 2, brake: 5m}]")
    asks_campaign(world)
    before = len(world.slack.messages("approvals"))
    does, told = CLICKS[name]
    person = does(world)
    assert person.was_told(told), person.answer
    [line] = declined(world)
    assert (line.actor, line.surface) == (person.id, "slack")
    assert ("is withdrawn" if "withdrawn" in told else told.rstrip(".")) in line.because
    assert line.request
    everybody = [m for m in world.slack.messages("approvals")][: before + 1]
    assert told not in words_of(everybody)
    assert world.api.created == []
