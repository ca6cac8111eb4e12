"""Directories: looked into, their users registered, paid for, blocked and signed on."""

import json

import pytest

from tests.flows.asking import agree, buttons, seen
from tests.world import World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CITY = "dir_700"
LOGIN = "https://directory.example.test/login?token="


def test_a_directory_is_looked_into(world: World) -> None:
    ana = world.person("ana").types("/coupon directory list").submits()
    assert "2 directories" in words_of(ana.view["blocks"])
    ana.types("/coupon directory info").submits(directory=CITY)
    assert "City deals" in words_of(ana.view["blocks"])
    ana.types("/coupon directory campaigns").submits(directory=CITY)
    assert "Summer splash" in words_of(ana.view["blocks"])
    ana.types("/coupon directory users").submits(directory=CITY, page=2)
    assert "18 users on this page" in words_of(ana.view["blocks"])
    ana.types("/coupon directory categories").submits()
    assert "cat_122" in words_of(ana.view["blocks"])
    ana.types("/coupon directory main_categories").submits()
    assert "2 main categories" in words_of(ana.view["blocks"])


def test_users_of_a_directory_have_numbers(world: World) -> None:
    ana = world.person("ana").types("/coupon directory numbers").submits()
    assert "700001" in words_of(ana.view["blocks"])
    ana.types("/coupon directory members")
    assert ana.offered("directory", "city") == ["700001"]
    ana.submits(directory="700001")
    assert "118 users of the directory" in words_of(ana.view["blocks"])
    assert "810118" in words_of(ana.view["blocks"])  # the newest first
    ana.types("/coupon directory member").submits(directory="700001", user="810118")
    assert "@example.test" in words_of(ana.view["blocks"])
    ana.presses("start:1")
    assert ana.filled["user"] == "810118"
    ana.submits(directory="700001").submits(block="yes")
    world.tick()
    [update] = world.api.state["directory_updates"]
    assert update["blocked"] is True


def test_who_has_paid_is_said_after_somebody_agreed(world: World) -> None:
    bo = world.person("bo").types("/coupon directory payment user=usr_9")
    bo.submits(directory=CITY, payment_status="paid")
    assert bo.errors == {"user": "A user id of a directory looks like reg_123."}
    bo.submits(user="reg_811")
    world.tick()
    assert world.api.state["directory_updates"] == []
    agree(world, "cy")
    world.tick()
    [update] = world.api.state["directory_updates"]
    assert (update["user"], update["payment_status"]) == ("reg_811", "paid")
    assert bo.was_told("The payment status is set")


def test_somebody_is_registered_given_access_and_blocked(world: World) -> None:
    ana = world.person("ana").types("/coupon directory enrol directory=700001")
    ana.submits(email="wanda@example.test", birth_date="1990-05-17", city="Ghent")
    world.tick()
    assert ana.was_told("Somebody new in “City deals”")
    number = 810_000 + sum(each["users"] for each in world.api.state["directories"])
    assert ana.was_told(str(number))

    someone = f"directory=700001 user={number}"
    ana.types(f'/coupon directory give_access {someone} expires_at="2026-12-31 23:59"').submits()
    world.tick()
    ana.types(f"/coupon directory revoke_access {someone}").submits()
    world.tick()
    ana.types(f"/coupon directory block {someone}").submits(block="yes")
    world.tick()
    access = [(each["access"], each["expires_at"]) for each in world.api.state["access"]]
    assert access == [("given", "2026-12-31 22:59:00"), ("revoked", "")]
    assert [each["blocked"] for each in world.api.state["directories"]] == [1, 0]


def test_a_token_that_signs_on_is_seen_once_by_who_asked(world: World) -> None:
    ana = world.person("ana").types("/coupon directory sign_on directory=700001 user=810001")
    ana.submits()
    world.tick()
    assert "A token that signs on, once, as a user of “City deals”" in seen(world)
    agree(world, "bo")
    world.tick()
    assert "reveal" not in buttons(world.slack.card())
    request = world.request().id
    card = next(m for m in world.slack.messages(ana.dm) if request in m["text"])
    ana.presses("reveal", ts=card["ts"], channel=ana.dm)
    assert LOGIN in words_of(ana.view["blocks"])
    assert LOGIN not in json.dumps(world.slack.state["messages"])
