"""Change and resubmit: the form of a request filled with what was asked, and consent begun anew."""

import json
from datetime import date, timedelta

import pytest

from actions.catalog import CATALOG
from actions.desk import When
from bot.forms import form_for
from bot.forms.when import read_when, when_asked
from store.tables import Consent, Request
from tests.catalog.filling import fill
from tests.flows.asking import SPLASH, agree, asks_push, buttons
from tests.world import World, words_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_whoever_asked_changes_it_and_everybody_is_asked_again(world: World) -> None:
    ana = asks_push(world)
    agree(world, "bo")
    stale, own = world.slack.card()["ts"], world.slack.card(ana.dm)
    ana.presses("edit", ts=own["ts"], channel=ana.dm)
    assert ana.filled["message"] == "Summer"
    assert ana.filled["campaign"] == SPLASH
    assert "whoever has agreed will be asked again" in words_of(ana.view)
    cy = world.person("cy").at_card("approve_with")  # opened before, sent after the change
    ana.submits(message="Autumn")
    assert not ana.has_modal, ana.answer
    world.tick()
    cy.submits(reached="812")
    assert cy.was_told("The request has changed since this card was drawn")
    world.tick()
    request = world.request()
    assert (request.state, request.version) == (Consent.WAITING, 2)
    card = world.slack.card()
    assert card["ts"] == stale
    assert "Autumn" in words_of(card)
    assert "0 of 2 agreed" in words_of(card)
    agree(world, "bo", "cy")
    world.tick()
    assert [push["message"] for push in world.api.pushed] == ["Autumn"]


@ON_SQLITE
def test_an_old_button_changes_nothing_and_nobody_else_sees_what_was_asked(world: World) -> None:
    ana = asks_push(world, message="Only mine")
    old = world.slack.card(ana.dm)
    world.slack.does("member", channel=ana.dm, user="bo")
    bo = world.person("bo").presses("edit", ts=old["ts"], channel=ana.dm)
    assert not bo.has_modal
    assert bo.was_told("Only the person who asked can change this.")
    ana.presses("edit", ts=old["ts"], channel=ana.dm)
    ana.submits(message="Newer")
    ana.presses("edit", ts=old["ts"], channel=ana.dm)
    assert not ana.has_modal
    assert ana.was_told("here is how it stands now")
    declined = [actor for kind, actor in world.trail(world.request().id) if kind == "declined"]
    assert declined == [bo.id, ana.id]


@ON_SQLITE
def test_what_came_to_nothing_is_asked_for_again_with_another_moment(world: World) -> None:
    ana = asks_push(world, when="at", when_at=int((world.now() + timedelta(days=2)).timestamp()))
    world.person("bo").at_card("refuse").submits(reason="Not on a Monday")
    world.tick()
    assert buttons(world.slack.card(ana.dm))[:1] == ["ask_again"]
    ana.at_own_card("ask_again")
    assert ana.filled["when"] == "at"
    assert ana.filled["message"] == "Summer"
    ana.submits(when="now")
    world.tick()
    first, second = world.requests()
    assert (first.state, second.state) == (Consent.REFUSED, Consent.WAITING)
    assert first.id != second.id
    assert second.planned_at is None
    assert "ask_again" in buttons(world.slack.messages(ana.dm)[0])  # the old card stays true


@ON_SQLITE
def test_the_pages_of_a_campaign_open_with_what_was_asked(world: World) -> None:
    tomorrow = When(world.now() + timedelta(days=1))
    given = {"template": "cam_100001", "name": "Spring", "title": "Ten off"}
    world.bot.desk.ask("campaign.create", given, actor="U0ANA", when=tomorrow)
    world.tick()
    agree(world, "bo")  # granted, and not begun before tomorrow
    world.tick()
    ana = world.person("ana").at_own_card("edit")
    assert ana.filled["name"] == "Spring"
    ana.submits(name="Late spring")
    assert ana.filled["title"] == "Ten off"
    ana.submits().submits()
    assert ana.filled["when"] == "at"
    ana.submits()
    assert not ana.has_modal, ana.answer
    world.tick()
    request = world.request()
    assert (request.state, request.version) == (Consent.WAITING, 2)
    assert request.planned_at == tomorrow.at.replace(microsecond=0)
    assert request.inputs[0]["name"] == "Late spring"


@ON_SQLITE
def test_a_change_opens_over_what_is_there_and_private_values_stay_private(world: World) -> None:
    given = {"subaccount": "sub_2001", "company_name": "Stone & Sons", "last_name": "Hopper"}
    world.bot.desk.ask("subaccount.update", given, actor="U0BO")
    world.tick()
    bo = world.person("bo").at_own_card("edit")
    kept = [bo.filled[name] for name in ("company_name", "last_name", "first_name")]
    assert kept == ["Stone & Sons", "Hopper", "Ada"]
    assert "Hopper" not in bo.view["private_metadata"]
    bo.submits(company_name="Stone Ltd")
    assert not bo.has_modal, bo.answer
    world.tick()
    agree(world, "cy")
    world.tick()
    sent = world.api.calls("/v4/subaccount/update")[-1]["body"]
    assert sent == {"subaccount": "sub_2001", "company_name": "Stone Ltd", "last_name": "Hopper"}
    assert "Hopper" not in json.dumps([request.inputs for request in world.requests()])


@ON_SQLITE
def test_a_sheet_has_no_button_and_says_what_to_do(world: World) -> None:
    rows = [{"campaign": SPLASH, "email": f"c{n}@example.test"} for n in range(2)]
    world.bot.desk.ask("single_use.create", *rows, actor="U0ANA")
    world.tick()
    card = world.slack.card("D0ANA")
    assert "edit" not in buttons(card)
    assert "hand in a new one" in words_of(card)


def test_the_form_of_every_action_shows_what_its_row_holds() -> None:
    for action in CATALOG.values():
        asked = action.inputs.model_validate(action.example.inputs)
        kept = asked.model_dump(mode="json", exclude_none=True)
        form, raw = form_for(action.name), {}
        for page in range(form.pages):
            raw |= form.read(fill(form.view(action, kept, page=page).to_dict(), {}))
        assert action.inputs.model_validate(raw) == asked, action.name


def test_a_series_opens_with_its_days_and_its_clock() -> None:
    asked = Request(crontab="30 8 * * mon,wed", timezone="Europe/Brussels", runs=20)
    asked.until = date(2026, 12, 24)
    assert when_asked(asked) == {
        "when": "repeat",
        "when_zone": "Europe/Brussels",
        "when_days": ["mon", "wed"],
        "when_time": "08:30",
        "when_until": "2026-12-24",
        "when_runs": 20,
    }
    assert when_asked(Request(crontab="")) == {}


@pytest.mark.parametrize("crontab", ["*/15 8 * * *", "0 9 1 * *", "30 9 * * 1"])
def test_a_series_that_days_and_a_time_cannot_say_is_kept_as_it_is(crontab: str) -> None:
    asked = Request(action="campaign.list", crontab=crontab, timezone="Europe/Brussels")
    form, action = form_for("campaign.list"), CATALOG["campaign.list"]
    view = form.view(action, when_asked(asked), zone="UTC").to_dict()
    assert f"As before: {crontab}" in words_of(view)
    assert read_when(fill(view, {}), "UTC") == {"crontab": crontab, "timezone": "Europe/Brussels"}
