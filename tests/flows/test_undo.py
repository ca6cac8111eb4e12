"""Taking back: said before anybody agrees, offered after it is done, asked for like all else."""

from typing import Any

import pytest

from store.tables import Consent
from tests.flows.asking import SPLASH, agree, asks_push
from tests.world import Human, World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
COFFEE = "loy_500"


def takes(person: Human, label: str) -> Human:
    """Press what the newest result in the direct messages offers under this label."""
    message = person.world.slack.messages(person.dm)[-1]
    buttons: list[dict[str, Any]] = [
        element
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    [button] = [each for each in buttons if each["text"]["text"] == label]
    return person.presses(button["action_id"], ts=message["ts"], channel=person.dm)


def last_card(world: World) -> str:
    return words_of(world.slack.card())


def test_a_coupon_is_voided_and_that_is_taken_back_by_the_same_way(world: World) -> None:
    cy = world.person("cy").types(f"/coupon single_use create campaign={SPLASH}").submits()
    world.tick()
    assert "The URL can be removed." in last_card(world)
    agree(world, "bo")
    world.tick()
    code = world.api.state["sessions"]["created"][0]["session"]

    cy.types(f"/coupon session update couponsession={code}").submits(operation="void")
    world.tick()
    assert "It can be taken back with “Unvoid”." in last_card(world)
    agree(world, "bo")
    world.tick()
    assert "can be taken back" not in last_card(world)  # too late for a word of warning

    takes(cy, "Unvoid")
    assert cy.filled == {**cy.filled, "couponsession": code, "operation": "unvoid"}
    cy.submits()
    world.tick()
    assert world.request().state is Consent.WAITING
    assert f"Unvoid: coupon session {code}, which is voided" in last_card(world)
    agree(world, "bo")
    world.tick()
    updates = [(done["session"], done["operation"]) for done in world.api.state["updates"]]
    assert updates == [(code, "void"), (code, "unvoid")]


def test_a_url_just_made_is_removed_and_that_is_for_good(world: World) -> None:
    cy = world.person("cy").types(f"/coupon single_use create campaign={SPLASH}").submits()
    world.tick()
    agree(world, "bo")
    world.tick()
    code = world.api.state["sessions"]["created"][0]["session"]
    takes(cy, "Remove it").submits()
    world.tick()
    assert "It is gone for good: a new URL has another code." in last_card(world)
    assert world.api.state["deleted"] == []
    agree(world, "bo")
    world.tick()
    assert world.api.state["deleted"] == [code]
    assert not [b for b in world.slack.messages(cy.dm)[-1]["blocks"] if b["type"] == "actions"]


def test_a_loyalty_card_is_given_back(world: World) -> None:
    ana = world.person("ana").types("/coupon loyalty update user=usr_9")
    ana.submits(loyaltycard=COFFEE).submits(points=5)
    world.tick()
    ana.types("/coupon loyalty update user=usr_9").submits(loyaltycard=COFFEE)
    ana.submits(voided="yes")
    world.tick()
    takes(ana, "Give it back")
    assert ana.filled["voided"] == "no"
    ana.submits()
    assert not ana.errors
    world.tick()
    changes = [(c["added"], c["voided"]) for c in world.api.state["loyalty_updates"]]
    assert changes == [(5, False), (0, True), (0, False)]


def test_a_push_is_said_to_be_past_recall(world: World) -> None:
    ana = asks_push(world)
    assert "A push cannot be recalled." in last_card(world)
    agree(world, "bo", "cy")
    world.tick()
    assert ana.was_told("The push is sent")
    assert not [b for b in world.slack.messages(ana.dm)[-1]["blocks"] if b["type"] == "actions"]
