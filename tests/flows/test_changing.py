"""Forms for changes: they begin with what is there, and only what was changed goes out."""

import json
from typing import Any

import pytest

from actions import batch
from actions.catalog import CATALOG
from actions.errors import InvalidInputs
from store import queries
from tests.flows.asking import agree, seen
from tests.world import Human, World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

BAKERY = "sub_2001"
INFO, UPDATE = "/v4/subaccount", "/v4/subaccount/update"
SEARCH = "/v3/loyaltyusers/search"


def opens(world: World, more: str = "", by: str = "ana") -> Human:
    """The form for changing the bakery, as somebody types for it."""
    return world.person(by).types(f"/coupon subaccount update subaccount={BAKERY} {more}")


def sent(world: World, path: str = UPDATE) -> list[dict[str, Any]]:
    """The bodies of all calls of that path."""
    return [call["body"] for call in world.api.calls(path) if call["path"] == path]


def shown(person: Human) -> str:
    return words_of(person.view["blocks"])


def test_a_form_begins_with_what_is_there_and_sends_only_what_was_changed(world: World) -> None:
    ana = world.person("ana").types("/coupon subaccount update")
    assert [b["block_id"] for b in ana.view["blocks"] if b["type"] == "input"] == ["subaccount"]
    ana.submits(subaccount=BAKERY)
    was = {name: ana.filled[name] for name in ("company_name", "first_name", "country")}
    assert was == {"company_name": "Stone Bakery", "first_name": "Ada", "country": None}
    assert "as far as Coupontools tells how it stands" in shown(ana)
    assert f"Stone Bakery · {BAKERY}" in shown(ana)
    ana.submits(company_name="Stone & Sons", last_name=None)
    assert not ana.errors
    world.tick()
    assert sent(world) == [{"subaccount": BAKERY, "company_name": "Stone & Sons"}]
    assert world.request().facts == [["Company", "Stone Bakery → Stone & Sons"]]
    assert ana.was_told("Stone Bakery → Stone &amp; Sons")


def test_what_was_read_stands_on_record_once_and_not_in_the_form(world: World) -> None:
    ana = opens(world)
    with world.bot.office.store.look() as tx:
        reads = [e for e in queries.audit(tx, kind="read", most=9) if e.actor == "U0ANA"]
    assert [(entry.action, entry.surface) for entry in reads] == [("subaccount.info", "slack")]
    metadata = json.loads(ana.view["private_metadata"])
    assert set(metadata) == {"action", "page", "channel", "draft"}
    assert "Stone" not in ana.view["private_metadata"]


def test_private_values_are_masked_before_and_after(world: World) -> None:
    cy = opens(world, by="cy").submits(last_name="Sterling")
    world.tick()
    assert "S…g" in seen(world)
    assert "Sterling" not in seen(world)
    assert "Sterling" not in json.dumps(world.request().model_dump(mode="json"))
    agree(world, "bo")
    world.tick()
    assert sent(world) == [{"subaccount": BAKERY, "last_name": "Sterling"}]
    assert cy.was_told("The subaccount is changed")


def test_nothing_changed_is_an_error_under_the_form_and_it_can_be_sent_again(world: World) -> None:
    ana = opens(world).submits()
    assert list(ana.errors) == ["company_name"]
    assert "Nothing is changed yet." in ana.errors["company_name"]
    ana.submits(company_name=None)
    assert "ticked under “Empty these”" in ana.errors["company_name"]
    ana.submits(company_name="Nut Bar", status="customer")
    assert not ana.errors
    world.tick()
    assert sent(world) == [{"subaccount": BAKERY, "company_name": "Nut Bar", "status": "customer"}]
    assert len(world.requests()) == 1


def test_emptying_is_said_and_never_guessed(world: World) -> None:
    ana = opens(world).submits(clear=["company_name"], first_name="Adele")
    world.tick()
    assert sent(world) == [{"subaccount": BAKERY, "first_name": "Adele", "company_name": ""}]
    assert ["Company", "Stone Bakery → emptied"] in world.request().facts
    assert opens(world).filled["company_name"] is None
    assert ana.was_told("The subaccount is changed")


def test_a_new_value_for_what_is_emptied_is_an_error_under_it(world: World) -> None:
    ana = opens(world).submits(clear=["first_name", "country"], first_name="Adele")
    assert ana.errors == {"first_name": "Give it a new value or empty it, not both."}
    ana.submits(first_name="Ada")
    assert not ana.errors
    world.tick()
    assert sent(world) == [{"subaccount": BAKERY, "first_name": "", "country": ""}]


def test_what_is_typed_stands_over_what_is_there(world: World) -> None:
    ana = opens(world, 'company_name="Nut Bar" clear=country')
    assert ana.filled["company_name"] == "Nut Bar"
    assert ana.filled["first_name"] == "Ada"
    ana.submits()
    world.tick()
    assert sent(world) == [{"subaccount": BAKERY, "company_name": "Nut Bar", "country": ""}]


def test_what_is_typed_is_kept_while_it_is_asked_what_is_meant(world: World) -> None:
    ana = world.person("ana").types("/coupon subaccount update subaccount=nut first_name=Adele")
    assert "Adele" not in ana.view["private_metadata"]
    ana.submits(subaccount=BAKERY)
    assert (ana.filled["first_name"], ana.filled["last_name"]) == ("Adele", "Stone")
    ana.submits()
    world.tick()
    assert sent(world) == [{"subaccount": BAKERY, "first_name": "Adele"}]


def test_a_slow_api_is_waited_for_in_sight(world: World) -> None:
    world.api.fails(INFO, delay_s=1.5)
    world.slack.does(
        "command",
        user="ana",
        channel="marketing",
        command="/coupon",
        text=f"subaccount update subaccount={BAKERY}",
    )
    ana = world.person("ana")
    world.until(lambda: ana.has_modal, "a modal")
    assert "Looking how it stands" in shown(ana)
    world.workers.rest()
    assert ana.filled["company_name"] == "Stone Bakery"


def test_an_api_that_is_down_leaves_the_boxes_empty_and_says_so(world: World) -> None:
    world.api.fails(INFO, status=500)
    ana = opens(world)
    assert "its servers failed" in shown(ana).lower()
    assert "The boxes are empty" in shown(ana)
    assert ana.filled["company_name"] is None
    ana.submits(company_name="Nut Bar")
    world.tick()
    assert sent(world) == [{"subaccount": BAKERY, "company_name": "Nut Bar"}]
    assert ana.was_told("Stone Bakery → Nut Bar")


def test_what_is_not_there_cannot_be_changed(world: World) -> None:
    ana = world.person("ana").types("/coupon subaccount update subaccount=sub_9")
    assert "Subaccount ID not correct" in shown(ana)
    assert [block["type"] for block in ana.view["blocks"]] == ["section"]


def test_a_moment_may_be_chosen_and_nothing_is_lost(world: World) -> None:
    ana = opens(world).fills(company_name="Nut Bar", first_name=None, when="repeat")
    assert (ana.filled["company_name"], ana.filled["first_name"]) == ("Nut Bar", None)
    assert BAKERY in shown(ana)
    ana.fills(when="now").submits()
    world.tick()
    assert sent(world) == [{"subaccount": BAKERY, "company_name": "Nut Bar"}]


def test_what_changed_meanwhile_shows_on_the_card(world: World) -> None:
    cy = opens(world, by="cy")
    opens(world).submits(company_name="Nut Bar")
    world.tick()
    cy.submits(company_name="Tea House")
    world.tick()
    assert "Nut Bar → Tea House" in seen(world)


def test_a_form_that_stood_open_for_days_is_opened_again(world: World) -> None:
    ana = opens(world)
    world.later(days=2)
    opens(world, by="bo")
    ana.submits(company_name="Nut Bar")
    assert "stood open for more than a day" in shown(ana)


def test_points_are_added_to_what_is_there(world: World) -> None:
    ana = world.person("ana").types("/coupon loyalty update loyaltycard=loy_500 user=usr_9")
    assert "Ada Stone" in shown(ana)
    assert ana.filled["voided"] == "no"
    before = sent(world, SEARCH)
    assert before == [{"loyaltycard": "loy_500", "search": "usr_9"}]
    ana.submits(points=5)
    assert not ana.errors
    world.tick()
    update = world.api.state["loyalty_updates"][-1]
    was, now = update["points"] - 5, update["points"]
    assert ana.was_told(f"5 points for usr_9 on loy_500: {was} → {now}")
    assert "voided" not in sent(world, "/v3/loyaltyusers/update")[-1]
    ana.types("/coupon loyalty update loyaltycard=loy_500 user=usr_9").submits(voided="yes")
    world.tick()
    assert world.request().facts == [["Voided", "no → yes"]]


def test_a_holder_is_corrected_by_number(world: World) -> None:
    ana = world.person("ana").types("/coupon loyalty update_holder card=600001 user=620001")
    assert (ana.filled["first_name"], ana.filled["last_name"]) == ("Ada", "Stone")
    had = {name for name, value in ana.filled.items() if value and name != "when"}
    ana.submits(last_name="Sterling", clear=["email"])
    assert not ana.errors
    world.tick()
    path = "/v4/loyalty/loyalty-cards/600001/stats/620001"
    assert sent(world, path)[-1] == {"last_name": "Sterling", "email": ""}
    assert "a…t → emptied" in dict(world.request().facts)["E-mail"]
    assert ana.was_told("Other data of user 620001 of “Coffee card”")
    ana.types("/coupon loyalty update_holder card=600001 user=620001")
    assert ana.filled["last_name"] == "Sterling"
    assert {name for name, value in ana.filled.items() if value and name != "when"} == had - {
        "email"
    }


def test_a_user_who_is_let_in_already_is_not_let_in_again(world: World) -> None:
    ana = world.person("ana").types("/coupon directory block directory=700001 user=810001")
    assert ana.filled["block"] == "no"
    ana.submits()
    assert ana.errors == {"block": "Nothing is changed yet."}
    ana.submits(block="yes")
    world.tick()
    assert ana.was_told("User 810001 is blocked in “City deals”")
    assert world.request().facts == [["Blocked", "no → yes"]]
    ana.types("/coupon directory block directory=700001 user=810001")
    assert ana.filled["block"] == "yes"


def test_a_sheet_takes_what_is_to_be_emptied_by_name_or_title(world: World) -> None:
    action = CATALOG["loyalty.update_holder"]
    text = 'card,user,city,Empty these\n600001,620001,,"E-mail, city"\n600001,620002,Ghent,city\n'
    report = batch.check(world.bot.desk, action.name, batch.read(action, text))
    assert report.good == [{"card": "600001", "user": "620001", "clear": "email,city"}]
    assert report.bad[0].problems == {"city": "Give it a new value or empty it, not both."}


def test_the_desk_takes_a_change_without_any_form(world: World) -> None:
    desk = world.bot.desk
    asked = desk.ask(
        "subaccount.update",
        {"subaccount": BAKERY, "first_name": "Adele", "clear": "company_name, country"},
        actor="U0ANA",
        surface="cli",
    )
    assert asked.inputs[0]["clear"] == ["company_name", "country"]
    world.tick()
    assert sent(world) == [
        {"subaccount": BAKERY, "first_name": "Adele", "company_name": "", "country": ""}
    ]
    for clear, words in ((",", "Name at least one"), ("email", "cannot be emptied")):
        with pytest.raises(InvalidInputs, match=words):
            desk.check("subaccount.update", {"subaccount": BAKERY, "clear": clear})
