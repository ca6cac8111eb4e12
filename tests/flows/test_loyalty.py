"""Loyalty cards: found, filled with stamps, pushed to, copied; all through Slack."""

import pytest

from tests.flows.asking import agree, seen
from tests.world import World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
COFFEE, MEMBERS = "loy_500", "loy_501"


def test_an_operator_finds_somebody_gives_stamps_and_takes_the_card_away(world: World) -> None:
    ana = world.person("ana").types("/coupon loyalty search")
    ana.submits(loyaltycard=COFFEE, search="ada.stone")
    assert "no full stop" in ana.errors["search"]
    ana.submits(search="Stone")
    found = words_of(ana.view["blocks"])
    assert "usr_9" in found
    assert "ada.stone@example.test" in found

    ana.types("/coupon loyalty update user=usr_9").submits(loyaltycard=COFFEE)
    ana.submits(points=5, stamps=2)
    assert ana.errors == {"stamps": "Give points, stamps or voided: one of them."}
    ana.submits(points=None)
    world.tick()
    ana.types("/coupon loyalty update user=usr_9").submits(loyaltycard=COFFEE)
    ana.submits(voided="yes")
    world.tick()
    assert ana.was_told("The loyalty user is changed")
    changes = world.api.state["loyalty_updates"]
    assert [(change["user"], change["added"], change["voided"]) for change in changes] == [
        ("usr_9", 2, False),
        ("usr_9", 0, True),
    ]


def test_a_push_goes_to_all_whose_card_is_not_voided(world: World) -> None:
    ana = world.person("ana").types('/coupon loyalty push_all message="Double stamps today"')
    ana.fills(loyaltycard=COFFEE)
    assert "> *Coffee card*  ·  now\n> Double stamps today" in words_of(ana.view["blocks"])
    ana.submits(loyaltycard=COFFEE, message="Double stamps today")
    world.tick()
    assert world.request().reach == 23
    assert "A push to at most 23 people who hold “Coffee card”" in seen(world)
    agree(world, "bo")
    world.tick()
    assert world.api.state["loyalty_pushes"] == []
    agree(world, "cy")
    world.tick()
    [push] = world.api.state["loyalty_pushes"]
    assert (push["loyaltycard"], push["message"]) == (COFFEE, "Double stamps today")
    assert ana.was_told("The push is sent")


def test_a_card_is_copied_and_somebody_new_gets_stamps_on_it(world: World) -> None:
    bo = world.person("bo").types("/coupon loyalty copy")
    assert bo.offered("card", "coffee") == ["600001"]  # nobody has to know a number by heart
    bo.submits(card="600001", name="Tea card")
    world.tick()
    assert "A copy of “Coffee card”" in seen(world)
    agree(world, "cy")
    world.tick()
    assert bo.was_told("Loyalty card “Tea card” is made")
    assert bo.was_told("600004")

    bo.types("/coupon loyalty enrol card=600004").submits(city="Ghent")
    assert bo.errors == {"first_name": "Give a name, an e-mail address or a phone number."}
    bo.submits(first_name="Wanda", email="wanda@example.test")
    world.tick()
    assert "Somebody new on “Tea card”" in seen(world)
    assert "wanda@example.test" not in seen(world)
    agree(world, "cy")
    world.tick()
    number = world.api.state["loyalty"]["holders"] + 620_000
    assert bo.was_told(str(number))

    bo.types(f"/coupon loyalty stamp card=600004 user={number}").submits(stamps=3)
    world.tick()
    agree(world, "cy")
    world.tick()
    assert bo.was_told("The stamps are added: 3 now")


def test_users_are_listed_and_linked_and_one_is_pushed_to(world: World) -> None:
    bo = world.person("bo").types("/coupon loyalty users").submits(loyaltycard=COFFEE)
    assert "24 loyalty users" in words_of(bo.view["blocks"])
    assert "and 4 more" in words_of(bo.view["blocks"])
    bo.types("/coupon loyalty link user=usr_9").submits(loyaltycard=MEMBERS)
    world.tick()
    agree(world, "cy")
    world.tick()
    assert bo.was_told("The user holds the card now")
    bo.types("/coupon loyalty push user=usr_9").submits(loyaltycard=MEMBERS, message="Welcome")
    world.tick()
    agree(world, "cy")
    world.tick()
    assert [push["user"] for push in world.api.state["loyalty_pushes"]] == ["usr_9"]


def test_a_user_is_found_by_number_looked_at_and_corrected(world: World) -> None:
    bo = world.person("bo").types("/coupon loyalty holders").submits(card="600001", search="ada")
    found = words_of(bo.view["blocks"])
    assert "620001" in found
    assert "Stamps for Ada Stone" in found
    bo.types("/coupon loyalty holders include_voided=yes").submits(card="600001")
    assert "loyalty users" in words_of(bo.view["blocks"])

    bo.types("/coupon loyalty holder").submits(card="600001", user="620001")
    assert "ada.stone@example.test" in words_of(bo.view["blocks"])
    bo.presses("start:1")
    assert bo.filled["user"] == "620001"
    bo.submits(card="600001").submits()
    assert "Nothing is changed yet." in bo.errors["first_name"]
    bo.submits(phone="+32 470 12 34 56", city="Bruges")
    world.tick()
    assert "Other data of user 620001 of “Coffee card”" in seen(world)
    assert "Bruges" not in seen(world)
    agree(world, "cy")
    world.tick()
    assert bo.was_told("The loyalty user is changed")
    call = world.api.calls("/stats/620001")[-1]
    assert call["body"] == {"phone": "+32470123456", "city": "Bruges"}  # the rest stays
