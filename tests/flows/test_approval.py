"""Approval: who may, what counts, and cards that cannot lie."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from actions.desk import When
from store.tables import Consent
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


def test_a_launch_needs_one_other(world: World) -> None:
    request = asks_campaign(world)
    assert world.api.created == []
    agree(world, "bo")
    world.tick()
    assert [made["name"] for made in world.api.created] == ["Spring"]
    assert world.request().id == request.id
    assert world.request().state is Consent.SPENT


def test_nobody_agrees_to_what_they_asked_for(world: World) -> None:
    asks_campaign(world, "bo")
    bo = world.person("bo").approves()
    assert bo.was_told("You asked for this yourself: somebody else has to agree.")
    assert world.request().state is Consent.WAITING
    assert ("declined", "U0BO") in world.trail(world.request().id)


def test_a_guest_can_neither_ask_nor_approve(world: World) -> None:
    gil = world.person("gil").types("/coupon")
    assert gil.was_told("Guests and people from outside cannot use this.")
    gil.types("/coupon-push")
    assert not gil.has_modal
    asks_campaign(world)
    world.slack.does("member", channel="approvals", user="gil")
    gil.approves()
    assert gil.was_told("Only approvers can decide this.")
    assert world.request().state is Consent.WAITING


def test_a_guest_is_shown_nothing_at_home(world: World) -> None:
    asks_campaign(world)
    gil = world.person("gil").opens_home()
    assert "Guests and people from outside cannot use this." in gil.home
    assert "Percentage off" not in gil.home


def test_only_approvers_have_something_waiting_for_them(world: World) -> None:
    asks_campaign(world, "bo")
    assert "Nothing waits for you." in world.person("ana").opens_home().home
    assert "Nothing waits for you." in world.person("bo").opens_home().home
    assert "Nothing waits for you." not in world.person("cy").opens_home().home


def test_a_member_who_is_no_approver_cannot_approve(world: World) -> None:
    asks_campaign(world, "bo")
    ana = world.person("ana").approves()
    assert ana.was_told("Only approvers can decide this.")
    ana.at_card("refuse").submits(reason="I do not like it")
    assert ana.was_told("Only approvers can decide this.")
    assert world.request().state is Consent.WAITING


def test_somebody_who_has_left_approves_nothing(world: World) -> None:
    asks_campaign(world)
    world.slack.fails("users.info", error="internal_error")
    world.bot.people.forget()
    bo = world.person("bo").approves()
    click = world.slack.deliveries[-1]["index"]
    world.slack.does("person", user="bo", deleted=True)
    world.slack.does("redeliver", index=click)
    world.workers.rest()
    assert bo.was_told("Only approvers can decide this.")
    assert world.request().state is Consent.WAITING


@pytest.mark.parametrize("how", [{"error": "internal_error"}, {"status": 500}])
def test_without_slack_nobody_has_rights(world: World, how: dict[str, object]) -> None:
    asks_campaign(world)
    world.bot.people.forget()
    world.slack.fails("users.info", times=5, **how)
    bo = world.person("bo").approves()
    assert bo.was_told("Slack cannot say who you are just now, so nothing was done.")
    assert world.request().state is Consent.WAITING


def test_a_refusal_has_a_reason_that_reaches_everybody(world: World) -> None:
    asks_push(world)
    bo, ana = world.person("bo").at_card("refuse"), world.person("ana")
    bo.submits(reason="   ")
    assert "Please say why" in bo.errors["reason"]
    bo.submits(reason="Too close to <!channel> Christmas")
    assert not bo.has_modal
    world.tick()
    assert ana.was_told("Too close to &lt;!channel&gt; Christmas")
    assert "Too close to" in words_of(world.slack.card())
    assert buttons(world.slack.card()) == []
    assert world.api.pushed == []
    assert world.request().state is Consent.REFUSED


def test_what_is_withdrawn_is_not_done(world: World) -> None:
    ana = asks_push(world)
    agree(world, "bo")
    ana.at_own_card("withdraw")
    cy = world.person("cy").approves()
    assert cy.was_told("Too late: It was withdrawn.")
    world.tick()
    assert world.api.pushed == []
    assert "Withdrawn" in words_of(world.slack.card())
    assert buttons(world.slack.card()) == []


def test_what_is_agreed_can_be_withdrawn_before_it_runs(world: World) -> None:
    ana = asks_agreed_push(world)
    ana.at_own_card("withdraw")
    world.tick()
    assert world.api.pushed == []
    assert world.request().state is Consent.WITHDRAWN


def test_only_the_asker_withdraws(world: World) -> None:
    request = asks_campaign(world)
    world.slack.does("member", channel="D0ANA", user="bo")
    bo = world.person("bo").presses("withdraw", ts=world.slack.card("D0ANA")["ts"], channel="D0ANA")
    assert bo.was_told("Only the person who asked can withdraw this.")
    assert world.request().id == request.id
    assert world.request().state is Consent.WAITING


def test_a_click_on_an_old_card_is_told_the_truth(world: World) -> None:
    asks_campaign(world)
    agree(world, "bo")
    assert "approve" in buttons(world.slack.card())
    cy = world.person("cy").approves()
    assert cy.was_told("Too late: It has been approved already.")
    assert buttons(world.slack.card()) == []


def test_a_refusal_that_comes_too_late_is_told_the_truth(world: World) -> None:
    asks_campaign(world)
    cy = world.person("cy").at_card("refuse")
    agree(world, "bo")
    cy.submits(reason="No")
    assert cy.was_told("Too late: It has been approved already.")
    world.tick()
    assert len(world.api.created) == 1


def test_two_approvers_at_the_same_moment(world: World) -> None:
    tomorrow = When(world.now() + timedelta(days=1))
    for number in range(20):
        given = {"template": TEMPLATE, "name": f"Round {number}"}
        world.bot.desk.ask("campaign.create", given, actor="U0ANA", when=tomorrow)
    world.tick()
    cards = world.slack.messages("approvals")
    assert len(cards) == 20
    with ThreadPoolExecutor(2) as both:
        for card in cards:
            place = {"ts": card["ts"], "channel": "approvals", "action_id": "approve"}
            list(
                both.map(
                    lambda who, at=place: world.slack.does("press", user=who, **at), ["bo", "cy"]
                )
            )
    world.workers.rest()
    for request in world.requests():
        kinds = [kind for kind, _ in world.trail(request.id)]
        assert kinds.count("granted") == 1, kinds
        assert kinds.count("approved") == 0, kinds
    told = [
        world.person(name).sees.count("Too late: It has been approved") for name in ("bo", "cy")
    ]
    assert sum(told) == 20


TWO_FOR_ALL = "rules: [{rule: Everything, approvals: 2}]"


def test_a_hundred_clicks_have_one_effect(world: World) -> None:
    world.under(TWO_FOR_ALL)
    asks_campaign(world)
    ana, bo = world.person("ana"), world.person("bo")
    recorded = []
    for person in (ana, bo):
        person.presses("approve", ts=world.slack.card()["ts"], channel="approvals")
        recorded.append(world.slack.deliveries[-1]["index"])
    card = world.slack.card()["ts"]
    place = {"ts": card, "channel": "approvals", "action_id": "approve"}
    with ThreadPoolExecutor(12) as crowd:
        for number in range(100):
            if number % 10 == 5:
                crowd.submit(world.slack.does, "press", user="cy", **place)
            else:
                crowd.submit(world.slack.does, "redeliver", index=recorded[number % 2])
    world.tick()
    kinds = [kind for kind, _ in world.trail(world.request().id)]
    assert (kinds.count("approved"), kinds.count("granted")) == (1, 1)
    assert len(world.api.created) == 1


def test_what_nobody_answers_expires(world: World) -> None:
    ana = asks_push(world)
    world.passes(days=8)
    assert world.request().state is Consent.EXPIRED
    assert ana.was_told("Nobody answered in time.")
    assert buttons(world.slack.card()) == []
    assert "Nothing waits for you." in world.person("bo").opens_home().home


def test_one_card_through_the_whole_life(world: World) -> None:
    ana = asks_push(world)
    [card] = world.slack.messages("approvals")
    assert "Reaches 812 people" in words_of(card)
    assert "0 of 2 agreed" in words_of(card)
    agree(world, "bo")
    world.tick()
    [card] = world.slack.messages("approvals")
    assert "1 of 2 agreed: <@U0BO>" in words_of(card)
    agree(world, "cy")
    world.tick()
    [card] = world.slack.messages("approvals")
    assert "Done" in words_of(card)
    assert "Was sent to 812 people" in words_of(card)
    assert "Reaches" not in words_of(card)
    own = [message for message in world.slack.messages(ana.dm) if not message.get("thread_ts")]
    assert len(own) == 1
    assert ana.was_told("The push is sent")


def test_one_decides_at_home(world: World) -> None:
    asks_campaign(world)
    bo = world.person("bo").opens_home()
    bo.presses("approve")
    assert "Nothing left to decide here" in bo.home
    world.tick()
    assert len(world.api.created) == 1
    assert "Nothing waits for you." in bo.opens_home().home


def test_refusing_again_at_home_is_told_the_truth(world: World) -> None:
    asks_campaign(world)
    cy = world.person("cy").opens_home()
    agree(world, "bo")
    cy.presses("approve", view_id=world.slack.state["homes"][cy.id]["id"])
    assert cy.was_told("Too late: It has been approved already.")


def test_the_card_masks_nobody_and_notifies_nobody(world: World) -> None:
    asks_push(world, message="Now <!channel> & <@U0BO> *bold*")
    card = world.slack.card()
    assert set(card["notifies"]) <= {"U0ANA"}  # who asked is named
    assert "Now &lt;!channel&gt; &amp; &lt;@U0BO&gt;" in seen(world)


def test_a_submission_that_slack_cannot_vouch_for_is_kept_open(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign push_all")
    ana.fills(campaign="cam_123456", message="Summer")
    world.bot.people.forget()
    world.slack.fails("users.info", error="internal_error")
    ana.submits()
    assert ana.was_told("Slack cannot say who you are just now")
    assert world.requests() == []


def test_a_yes_and_a_withdrawal_at_the_same_moment(world: World) -> None:
    for number in range(5):
        request = asks_campaign(world, name=f"Round {number}")
        approvals, own = world.slack.card()["ts"], world.slack.card("D0ANA")["ts"]
        with ThreadPoolExecutor(2) as both:
            yes = {"user": "bo", "ts": approvals, "channel": "approvals", "action_id": "approve"}
            no = {"user": "ana", "ts": own, "channel": "D0ANA", "action_id": "withdraw"}
            list(both.map(lambda press: world.slack.does("press", **press), [yes, no]))
        world.tick()
        kinds = [kind for kind, _ in world.trail(request.id)]
        assert kinds.count("withdrawn") + kinds.count("done") == 1, kinds
