"""Subaccounts: made, changed, and entered by links that one person sees once."""

import json
from typing import Any

import pytest

from store.tables import Consent
from tests.flows.asking import agree, buttons, seen
from tests.world import World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LOGIN = "https://app.example.test/login?token="


def everything(world: World) -> str:
    """All that stands in channels and direct messages."""
    return json.dumps(world.slack.state["messages"])


def test_a_subaccount_is_made_and_changed(world: World) -> None:
    ana = world.person("ana").types("/coupon subaccount create")
    ana.submits(email="no address")
    assert ana.errors == {"email": "An e-mail address looks like ana@example.com."}
    ana.submits(
        email="new@example.test", company_name="Nut Bar", status="trial", expiry_date="2027-12-31"
    )
    assert not ana.errors
    world.tick()
    assert "new@example.test" not in seen(world)
    agree(world, "bo")
    world.tick()
    [made] = world.api.state["subaccounts"]["created"]
    assert (made["email"], made["expiry_date"]) == ("new@example.test", "2027-12-31")
    assert ana.was_told("The subaccount is made")

    ana.types(f"/coupon subaccount update subaccount={made['ID']}").submits()
    assert "Nothing is changed yet." in ana.errors["company_name"]
    ana.submits(status="customer")
    world.tick()
    assert ana.was_told("A change to “Nut Bar”")
    [changed] = world.api.state["subaccounts"]["updated"]
    assert {**changed, "at": ""} == {"ID": made["ID"], "status": "customer", "at": ""}


def test_a_link_that_signs_on_is_seen_once_by_who_asked(world: World) -> None:
    ana = world.person("ana").types("/coupon subaccount sign_on")
    ana.submits(subaccount="sub_2001", page="update_campaign")
    assert ana.errors == {"campaign": "Which campaign is to be changed?"}
    ana.submits(page="statistics")
    world.tick()
    agree(world, "bo")
    world.tick()
    [signed] = world.api.state["sign_ons"]
    assert (signed["ID"], signed["page"]) == ("sub_2001", "statistics")
    assert "reveal" not in buttons(world.slack.card())
    ana.presses("reveal", ts=card_of(world, ana.dm)["ts"], channel=ana.dm)
    assert LOGIN in words_of(ana.view["blocks"])
    assert LOGIN not in everything(world)
    world.tick()
    assert "reveal" not in buttons(card_of(world, ana.dm))


def card_of(world: World, channel: str) -> dict[str, Any]:
    """The card of what was asked last."""
    request = world.request().id
    return next(m for m in world.slack.messages(channel) if request in m["text"])


def test_the_keys_of_a_subaccount_are_shown_once_to_who_asked(world: World) -> None:
    ana = world.person("ana").types("/coupon subaccount list").submits()
    assert "3 subaccounts" in words_of(ana.view["blocks"])
    ana.types("/coupon subaccount info").submits(subaccount="sub_2001")
    shown = words_of(ana.view["blocks"])
    assert "Stone Bakery" in shown
    assert "secret" not in shown.lower()
    world.slack.does("close", user="ana")

    ana.types("/coupon subaccount keys").submits(subaccount="sub_2001")
    world.tick()
    agree(world, "bo")
    world.tick()
    ana.presses("reveal", ts=card_of(world, ana.dm)["ts"], channel=ana.dm)
    shown = words_of(ana.view["blocks"])
    assert "API secret" in shown
    assert "Only you see this" in shown
    assert ("shown", "U0ANA") in world.trail(world.request().id)


def test_a_subaccount_that_is_not_there_is_said(world: World) -> None:
    world.bot.desk.ask("subaccount.reset_url", {"subaccount": "sub_9"}, actor="U0ANA")
    world.tick()
    assert world.request().state is Consent.VOID
    assert world.person("ana").was_told("code 510")


def test_signing_on_to_the_account_always_needs_somebody_else(world: World) -> None:
    for command in ("account sign_on", "account teammate_sign_on teammate=41"):
        ana = world.person("ana").types(f"/coupon {command}").submits()
        world.tick()
        asked = len(world.api.state["sign_ons"])
        agree(world, "bo")
        world.tick()
        assert len(world.api.state["sign_ons"]) == asked + 1
        ana.presses("reveal", ts=card_of(world, ana.dm)["ts"], channel=ana.dm)
        assert LOGIN in words_of(ana.view["blocks"])
        world.slack.does("close", user="ana")
    assert LOGIN not in everything(world)
