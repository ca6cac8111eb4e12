"""Carrying out: what is known to have happened, what is not, and what people do then."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from actions.action import Catalog, Step
from actions.catalog import CATALOG
from actions.desk import When
from actions.runner import Runner
from coupontools.endpoints import CAMPAIGN_LIST
from store.lifecycle import enter
from store.tables import Consent, Operation, Progress
from tests.flows.asking import (
    TEMPLATE,
    agree,
    asks_agreed_push,
    asks_campaign,
    asks_push,
    buttons,
    seen,
)
from tests.world import World, words_of

PUSH, CREATE, INFO = "/v3/coupon/pushnotification/all", "/v3/coupon/create", "/v3/coupon/info"


def the_run(world: World) -> str:
    [operation] = world.operations()
    return operation.state


def test_told_to_come_back_later_it_comes_back_once(world: World) -> None:
    asks_agreed_push(world)
    world.api.fails(PUSH, retry_after=1)
    world.tick()
    assert the_run(world) == Progress.DONE
    assert len(world.api.pushed) == 1
    assert [call["status"] for call in world.api.calls(PUSH)] == [429, 200]


def test_a_refusal_is_told_in_the_words_of_the_api_and_can_go_on(world: World) -> None:
    asks_campaign(world)
    agree(world, "bo")
    world.api.fails(CREATE, error_code=501)
    world.tick()
    assert the_run(world) == Progress.FAILED
    ana = world.person("ana")
    assert ana.was_told("Refused on request (code 501)")
    assert "code 501" in words_of(world.slack.card())
    ana.at_own_card("go_on")
    world.tick()
    assert the_run(world) == Progress.DONE
    assert len(world.api.created) == 1
    assert ana.was_told("is made")


def test_what_is_no_template_fails_and_says_so(world: World) -> None:
    asks_campaign(world, template="cam_123456")
    agree(world, "bo")
    world.tick()
    assert the_run(world) == Progress.FAILED
    assert world.person("ana").was_told("Template not found (code 501)")


@pytest.mark.parametrize(("drop", "happened"), [("before", 0), ("after", 1)])
def test_a_push_without_an_answer_is_unclear(world: World, drop: str, happened: int) -> None:
    ana = asks_agreed_push(world)
    world.api.fails(PUSH, drop=drop)
    world.tick()
    assert the_run(world) == Progress.UNCLEAR
    assert len(world.api.pushed) == happened
    assert buttons(world.slack.card()) == ["happened", "go_on"]
    assert ana.was_told("Unclear")
    ana.at_own_card("happened")
    world.tick()
    assert the_run(world) == Progress.DONE
    assert len(world.api.pushed) == happened
    assert buttons(world.slack.card()) == []
    assert ana.was_told("Done")


def test_only_somebody_else_has_an_unclear_push_sent_again(world: World) -> None:
    ana, bo = asks_agreed_push(world), world.person("bo")
    world.api.fails(PUSH, drop="before")
    world.tick()
    ana.at_card("go_on")
    assert ana.was_told("To send it again, somebody else has to look first.")
    assert the_run(world) == Progress.UNCLEAR
    bo.at_card("go_on")
    world.tick()
    assert the_run(world) == Progress.DONE
    assert len(world.api.pushed) == 1
    cy = world.person("cy")
    world.slack.does("redeliver", index=world.slack.deliveries[-1]["index"])
    world.workers.rest()
    assert bo.was_told("Too late: It is done already.")
    assert len(world.api.pushed) == 1
    assert not cy.was_told("Too late")


def test_unclear_is_settled_at_home(world: World) -> None:
    asks_agreed_push(world)
    world.api.fails(PUSH, drop="after")
    world.tick()
    bo = world.person("bo").opens_home()
    assert "Unclear: somebody has to look" in bo.home
    bo.presses("happened")
    assert "Unclear: somebody has to look" not in bo.home
    world.tick()
    assert the_run(world) == Progress.DONE


def test_a_read_without_an_answer_repeats_by_itself(world: World) -> None:
    world.api.fails("/v3/coupon/list", drop="after")
    world.bot.desk.ask("campaign.list", {}, actor="U0ANA")
    world.tick()
    assert the_run(world) == Progress.DONE
    assert len(world.api.calls("/v3/coupon/list")) == 2
    assert world.person("ana").was_told("campaigns")


def test_a_server_error_on_a_push_is_unclear(world: World) -> None:
    asks_agreed_push(world)
    world.api.fails(PUSH, status=502)
    world.tick()
    assert the_run(world) == Progress.UNCLEAR
    assert len(world.api.calls(PUSH)) == 1


@pytest.mark.parametrize("how", [{"drop": "before"}, {"status": 500}, {"retry_after": 1}])
def test_coupontools_down_while_it_is_checked(world: World, how: dict[str, Any]) -> None:
    world.api.fails(INFO, **how)
    world.bot.desk.ask("campaign.create", {"template": TEMPLATE}, actor="U0ANA")
    world.tick()
    assert world.request().state is Consent.ASKED
    assert world.person("ana").was_told("It is tried again by itself.")
    assert world.slack.messages("approvals") == []
    world.passes(seconds=5)
    assert world.request().state is Consent.WAITING
    assert not world.person("ana").was_told("It is tried again by itself.")
    assert "approve" in buttons(world.slack.card())


def test_nothing_listens_where_coupontools_should_be(world: World) -> None:
    address = world.settings.coupontools_url
    world.starts_with(coupontools_url="http://127.0.0.1:9")
    world.bot.desk.ask("campaign.create", {"template": TEMPLATE}, actor="U0ANA")
    world.tick()
    assert world.person("ana").was_told("Coupontools could not be reached.")
    world.starts_with(coupontools_url=address)
    world.passes(minutes=1)
    assert world.request().state is Consent.WAITING


def test_a_blast_that_has_grown_is_asked_about_again(world: World) -> None:
    ana = asks_agreed_push(world)
    old = world.slack.deliveries[-2]["index"]  # the press before the words
    world.api.reset(sessions=2_480)
    world.tick()
    assert the_run(world) == Progress.DROPPED
    assert world.api.pushed == []
    world.tick()
    request = world.request()
    assert (request.state, request.version, request.reach) == (Consent.WAITING, 2, 1_624)
    assert "It would reach 1,624 people by now; 812 were agreed to." in seen(world)
    assert "0 of 2 agreed" in seen(world)
    assert ana.was_told("It would reach 1,624 people by now")
    world.slack.does("redeliver", index=old)
    world.workers.rest()
    cy = world.person("cy")
    assert cy.was_told("The request has changed since this card was drawn")
    agree(world, "bo", "cy")
    world.tick()
    assert [push["reached"] for push in world.api.state["pushes"]] == [1_624]


def test_a_blast_that_has_grown_a_little_goes_out(world: World) -> None:
    asks_agreed_push(world)
    world.api.reset(sessions=1_300)
    world.tick()
    assert the_run(world) == Progress.DONE


def test_a_campaign_that_is_gone_is_not_pushed_to(world: World) -> None:
    ana = asks_agreed_push(world)
    world.api.fails(INFO, error_code=502)
    world.tick()
    assert the_run(world) == Progress.DROPPED
    assert world.api.pushed == []
    assert ana.was_told("code 502")


def test_wrong_keys_are_told(world: World) -> None:
    world.starts_with(coupontools_client_secret=SecretStr("x"))
    ana = world.person("ana")
    world.bot.desk.ask("campaign.create", {"template": TEMPLATE}, actor=ana.id)
    world.tick()
    assert world.request().state is Consent.VOID
    assert ana.was_told("Coupontools does not let this account do that.")
    assert ana.was_told("code 1000")


def test_wrong_keys_at_the_call_are_told(world: World) -> None:
    asks_campaign(world)
    agree(world, "bo")
    world.api.fails(CREATE, error_code=1000)
    world.tick()
    assert the_run(world) == Progress.FAILED
    assert world.person("ana").was_told("code 1000")


def test_a_stop_between_yes_and_call_loses_nothing(world: World) -> None:
    asks_push(world)
    agree(world, "bo", "cy")
    world.stops()
    world.starts()
    world.tick()
    assert len(world.api.pushed) == 1


def begun_twice(world: World) -> tuple[Runner, Operation]:
    """A run of two calls, of a series of Ana's."""
    twice = (
        Step("first", CAMPAIGN_LIST, lambda *_: {}),
        Step("second", CAMPAIGN_LIST, lambda *_: {}),
    )
    catalog = Catalog([replace(CATALOG["campaign.list"], steps=twice)])
    office, gate = world.bot.office, world.bot.runner._gate
    runner = Runner(office.store, catalog, office.vault, gate, office.clients, world.now)
    when = When(world.now(), crontab="0 9 * * *")
    request = world.bot.desk.ask("campaign.list", {}, actor="U0ANA", when=when)
    world.bot.jobs["prepare"][0]()
    run = Operation(
        id=f"{request.id}.by_hand",
        request=request.id,
        due=world.now(),
        run_at=world.now(),
        account="main",
        action="campaign.list",
        inputs={},
        state=Progress.RUNNING,
    )
    with office.store.begin() as tx:
        enter(tx, run, actor="calendar", at=world.now())
    return runner, run


@pytest.mark.parametrize("busy", [False, True])
def test_withdrawn_in_the_middle_it_makes_no_further_call(world: World, busy: bool) -> None:
    runner, run = begun_twice(world)
    if busy:
        world.api.fails("/v3/coupon/list", retry_after=1)
    assert runner.take(run.id) is not None  # there is more to do
    world.bot.desk.withdraw(run.request, actor="U0ANA")
    assert runner.take(run.id) is None
    assert len(world.api.calls("/v3/coupon/list")) == 1
    [found] = world.operations()
    said = "It was withdrawn after “first” was sent. What was to follow was not."
    state = (Progress.DROPPED, "It was withdrawn.") if busy else (Progress.FAILED, said)
    assert (found.state, found.problem) == state
