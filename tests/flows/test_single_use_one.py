"""One single-use URL: made for a consumer, and taken away again."""

import pytest

from tests.flows.asking import SPLASH, agree
from tests.world import World, words_of

NEW_YEARS_EVE = 1_798_750_800  # at 21:00 UTC

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_url_is_made_for_one_consumer_and_removed(world: World) -> None:
    cy = world.person("cy").types(f"/coupon single_use create campaign={SPLASH}")
    cy.submits(
        firstname="Ada",
        email="ada@example.test",
        duplicate_check="email",
        autovalcode="8digits",
        expiry_date=NEW_YEARS_EVE,
        customfield7="blue",
        utm_source="crm",
    )
    assert not cy.errors
    world.tick()
    card = words_of(world.slack.card())
    assert "One single-use URL for “Summer splash”" in card
    assert "ada@example.test" not in card
    agree(world, "bo")
    world.tick()
    assert cy.was_told("The single-use URL is ready")
    [call] = world.api.calls("/v3/singleuse/create")
    assert call["body"]["expiry_date"] == "2026-12-31 22:00:00"  # in Brussels
    assert call["body"]["customfield7"] == "blue"
    [made] = world.api.state["sessions"]["created"]
    code = made["session"]
    assert cy.was_told(code)

    cy.types(f"/coupon single_use remove couponsession={code}").submits()
    world.tick()
    assert "is removed for good" in words_of(world.slack.card())
    agree(world, "bo")
    world.tick()
    assert world.api.state["deleted"] == [code]
    assert cy.was_told(f"The single-use URL {code} is removed")


def test_an_own_code_or_a_made_one(world: World) -> None:
    ana = world.person("ana").types(f"/coupon single_use create campaign={SPLASH}")
    ana.submits(customvalcode="MINE-1", autovalcode="6digits")
    assert ana.errors == {"autovalcode": "Give an own code or have one made, not both."}


def test_looking_for_a_consumer_needs_what_to_look_for(world: World) -> None:
    ana = world.person("ana").types(f"/coupon single_use create campaign={SPLASH}")
    ana.submits(duplicate_check="phone")
    assert ana.errors == {"phone": "Needed to find the consumer who has one already."}


def test_removing_takes_a_whole_code(world: World) -> None:
    ana = world.person("ana").types("/coupon single_use remove couponsession=abc123").submits()
    assert list(ana.errors) == ["couponsession"]
    assert "21 letters and digits" in ana.errors["couponsession"]
