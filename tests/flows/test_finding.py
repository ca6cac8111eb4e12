"""The shortcut on a message: what it names is looked up, for whoever picked it alone."""

from typing import Any

import pytest

from sandbox.coupontools.account import Session
from tests.flows.asking import campaign_of
from tests.world import Human, World, words_of


def finds(world: World, text: str, by: str = "ana") -> Human:
    """Somebody writes a message, and somebody picks the shortcut on it."""
    ts = world.slack.does("say", user="bo", channel="marketing", text=text)["message"]["ts"]
    who = world.person(by)
    return who._does("shortcut", callback_id="find_coupon", ts=ts, channel="marketing")


def shown(person: Human) -> str:
    return words_of(person.view["blocks"])


def session() -> Session:
    """Somebody's copy of a coupon."""
    return campaign_of("Summer splash").sessions[0]


def test_the_address_of_a_copy_is_looked_up_at_once(world: World) -> None:
    known = session()
    ana = finds(world, f"A guest at the till has <{known.url}|this one>: is it good?")
    assert f"Coupon session {known.code}" in shown(ana)
    assert "*State*" in shown(ana)
    assert ("read", ana.id) in [(entry.kind, entry.actor) for entry in on_record(world)]


def test_so_are_a_code_an_address_of_a_person_and_a_campaign(world: World) -> None:
    known = session()
    assert known.code in shown(finds(world, f"Please check {known.code.upper()}."))
    person = finds(world, "<mailto:mia.vos@example.test|mia.vos@example.test> cannot open it")
    assert "coupon session" in shown(person)
    assert "Summer splash" in shown(finds(world, "How does cam_123456 do?"))


def test_the_address_of_a_campaign_shows_the_campaign(world: World) -> None:
    url = campaign_of("Student night").url
    assert "Student night" in shown(finds(world, f"{url}?utm_source=mail"))


def test_of_several_things_a_person_chooses(world: World) -> None:
    known = session()
    ana = finds(world, f"{known.url} of mia.vos@example.test")
    assert "names 2 things" in shown(ana)
    assert world.api.calls("/v3/couponsession") == []
    ana.presses("start:1")
    assert ana.filled["email"] == "mia.vos@example.test"


def test_when_there_is_nothing_it_says_so_and_how_to_go_on(world: World) -> None:
    ana = finds(world, "Lunch at 12:30 with <@U0BO>, see https://example.test/p/abc123")
    assert "names no coupon" in shown(ana)
    ana.presses("start:0")
    assert ana.view["title"]["text"] == "Find a coupon"


def test_what_is_not_there_is_said_so(world: World) -> None:
    assert "Coupontools cannot find that" in shown(finds(world, "NOSUCH-77Q"))


def test_a_guest_is_told_no(world: World) -> None:
    gil = finds(world, session().url, by="gil")
    assert not gil.has_modal
    assert gil.was_told("Guests and people from outside cannot use this")


def test_nobody_else_sees_what_was_found(world: World) -> None:
    before = len(world.slack.state["messages"])
    finds(world, session().url)
    assert len(world.slack.state["messages"]) == before + 1
    assert not world.person("bo").has_modal


@pytest.mark.parametrize("trouble", [500, 401])
def test_when_the_account_does_not_answer_the_window_says_so(world: World, trouble: int) -> None:
    world.api.fails("/v3/couponsession/data", times=50, status=trouble)
    ana = finds(world, session().url)
    assert ":warning:" in shown(ana)


def on_record(world: World) -> list[Any]:
    from sqlmodel import select

    from store.tables import AuditEntry

    with world.bot.office.store.look() as tx:
        return list(tx.exec(select(AuditEntry)).all())
