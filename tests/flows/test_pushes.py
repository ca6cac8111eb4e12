"""A push to one person: somebody else agrees, and it goes out once."""

import pytest

from store.tables import Progress
from tests.flows.asking import SPLASH, agree
from tests.world import World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

KEYS = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}


def a_holder(world: World) -> str:
    """The session of somebody who saved the coupon: the first that there is."""
    url = f"{world.api.url}/v3/campaign/data"
    answer = world.api.http.post(url, json={"campaign": SPLASH}, headers=KEYS)
    return str(answer.json()["data"][0]["session"])


def test_one_person_is_reached_once(world: World) -> None:
    code = a_holder(world)
    cy = world.person("cy").types(f"/coupon campaign push campaign={SPLASH}")
    cy.submits(couponsession=code, message="Yours ends tomorrow")
    assert not cy.errors
    world.tick()
    assert "*In a wallet*\nyes" in words_of(world.slack.card())
    assert world.api.pushed == []
    agree(world, "bo")
    world.tick()
    assert cy.was_told("The push is sent")
    [push] = world.api.state["pushes"]
    assert (push["session"], push["message"]) == (code, "Yours ends tomorrow")
    assert push["reached"] == 1


def test_without_an_answer_it_is_not_sent_again(world: World) -> None:
    ana = world.person("ana").types(f"/coupon campaign push campaign={SPLASH}")
    ana.submits(couponsession=a_holder(world)[:6], message="Yours ends tomorrow")
    world.api.fails("/v3/coupon/pushnotification/single", drop="after")
    world.tick()
    assert [run.state for run in world.operations()] == [Progress.UNCLEAR]
    assert len(world.api.pushed) == 1


def test_a_coupon_that_is_not_there_is_void_before_anybody_is_asked(world: World) -> None:
    ana = world.person("ana").types(f"/coupon campaign push campaign={SPLASH}")
    ana.submits(couponsession="z" * 21, message="Hello")
    world.tick()
    assert ana.was_told("Couponsession not found")
    assert world.slack.messages("approvals") == []
