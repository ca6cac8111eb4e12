"""One consumer's copy of a coupon: found, looked at, changed; alone and with others."""

import csv
import io
from typing import Any

import pytest

from store.tables import Progress
from tests.flows.asking import SPLASH, agree
from tests.world import Human, World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

KEYS = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}


def makes(world: World, **about: str) -> str:
    """The code of a session that somebody else has made."""
    body = {"campaign": SPLASH, **about}
    answer = world.api.http.post(f"{world.api.url}/v3/singleuse/create", json=body, headers=KEYS)
    return str(answer.json()["single_use_code"])


def shown(person: Human) -> str:
    return words_of(person.view["blocks"])


def updates(world: World) -> list[tuple[str, str]]:
    return [(done["session"], done["operation"]) for done in world.api.state["updates"]]


def test_a_coupon_is_found_looked_at_and_validated(world: World) -> None:
    code = makes(world, email="ada@example.test")
    cy = world.person("cy").types(f"/coupon session search_campaign campaign={SPLASH}")
    cy.submits(email="ada@example.test")
    assert "1 coupon session" in shown(cy)
    presses(cy, f"Show {code[:6]}…").submits()
    assert "It can be claimed, validated, locked or voided." in shown(cy)

    presses(cy, "Mark as validated").submits(value="12,50")
    world.tick()
    assert f"Mark as validated: coupon session {code}, which is created" in words_of(
        world.slack.card()
    )
    assert updates(world) == []
    agree(world, "bo")
    world.tick()
    assert updates(world) == [(code, "validated")]
    assert cy.was_told("The coupon session is changed")
    cy.types(f"/coupon session info couponsession={code}").submits()
    assert "It is used up" in shown(cy)
    assert "12.50" in shown(cy)


def presses(person: Human, label: str) -> Human:
    """Press what the open modal offers under this label."""
    buttons: list[dict[str, Any]] = [
        element
        for block in person.view["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]
    [button] = [each for each in buttons if each["text"]["text"] == label]
    return person.presses(button["action_id"], view_id=person.view["id"])


def test_an_operator_locks_a_coupon_at_once(world: World) -> None:
    code = makes(world)
    ana = world.person("ana").types(f"/coupon session update couponsession={code[:6]}")
    ana.submits(operation="lock")
    world.tick()
    assert updates(world) == [(code, "lock")]
    ana.types(f"/coupon session info couponsession={code}").submits()
    assert "Unlock it before it can be used" in shown(ana)


def test_only_a_validation_keeps_a_value(world: World) -> None:
    ana = world.person("ana").types("/coupon session update couponsession=abc123")
    ana.submits(operation="void", value="3")
    assert ana.errors == {"value": "Only a validation keeps a value."}
    ana.submits(operation="validated", value="0")
    assert ana.errors == {"value": "A positive number, such as 10 or 2.50."}


def test_several_coupons_are_voided_at_once_and_those_unknown_are_named(world: World) -> None:
    codes = [makes(world) for _ in range(3)]
    ana = world.person("ana").types("/coupon session update many")
    ana.submits(couponsessions="not-a-code", operation="void")
    assert list(ana.errors) == ["couponsessions"]
    listed = f"{codes[0]}\n{codes[1]}, {codes[2][:6]};zzzzzz\n{codes[0]}"
    ana.submits(couponsessions=listed)
    assert not ana.errors
    world.tick()
    assert "Void: 4 coupon sessions" in words_of(world.slack.card())
    agree(world, "bo")
    world.tick()
    assert len(world.operations(Progress.DONE)) == 1
    assert updates(world) == [(code, "void") for code in codes]
    assert ana.was_told("3 of 4 coupon sessions are changed")
    assert ana.was_told("zzzzzz")
    [file] = world.slack.state["files"]
    _, *rows = csv.reader(io.StringIO(world.slack.file(file["id"]).decode()))
    assert rows[-1] == ["zzzzzz", "Couponsession not found."]


def test_at_most_five_hundred_coupons_at_once(world: World) -> None:
    ana = world.person("ana").types("/coupon session update_many operation=lock")
    ana.submits(couponsessions=",".join(f"a{n:05}" for n in range(426)))
    assert not ana.errors
    with pytest.raises(Exception, match="At most 500 session codes at once; these are 501"):
        many = "\n".join(f"a{n:05}" for n in range(501))
        given = {"couponsessions": many, "operation": "lock"}
        world.bot.desk.ask("session.update_many", given, actor="U0ANA")


def test_custom_fields_are_kept_with_a_change(world: World) -> None:
    code = makes(world)
    ana = world.person("ana").types(f"/coupon session update couponsession={code}")
    ana.submits(operation="claimed", customfield1="x" * 51)
    assert list(ana.errors) == ["customfield1"]
    ana.submits(customfield1="Table 7", customfield7="Window")
    world.tick()
    [sent] = [call["body"] for call in world.api.calls("/v3/couponsession/update")]
    assert sent == {
        "couponsession": code,
        "operation": "claimed",
        "customfield1": "Table 7",
        "customfield7": "Window",
    }
    assert "Window" not in words_of(world.slack.messages(ana.dm))
