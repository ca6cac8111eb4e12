"""What people agree to is one set of bytes: it is shown in short, and looked at again."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from actions.desk import When
from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, agree, buttons, seen
from tests.world import World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PUSH = {"campaign": SPLASH, "message": "Summer"}
OTHER = "What would run is not what was agreed to."


def asks_for_tomorrow(world: World) -> None:
    when = When(world.now() + timedelta(days=1), timezone="Europe/Brussels")
    world.bot.desk.ask("campaign.push_all", PUSH, actor="U0ANA", when=when)
    world.tick()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("inputs", json.dumps([{**PUSH, "message": "Winter"}])),
        ("reach", 900),
        ("timezone", "Asia/Tokyo"),
        ("planned_at", "2030-01-01 00:00:00.000000"),
    ],
)
def test_the_card_shows_the_digest_in_short_and_what_was_altered_since_does_not_run(
    world: World, column: str, value: Any
) -> None:
    asks_for_tomorrow(world)
    assert f"digest `{world.request().digest[:8]}`" in words_of(world.slack.card())
    agree(world, "bo", "cy")
    world.tick()
    with world.bot.office.store.begin() as tx:  # past every rule of ours
        altered = text(f"UPDATE app_request SET {column} = :value")  # noqa: S608  of the table above
        tx.execute(altered, {"value": value})
    world.passes(days=1, minutes=1)
    assert world.api.pushed == []
    assert [run.state for run in world.operations()] == [Progress.DROPPED]
    assert OTHER in seen(world)
    world.tick()
    assert (world.request().state, world.request().version) == (Consent.WAITING, 2)


def test_another_moment_alone_voids_what_was_agreed_and_draws_the_card_anew(world: World) -> None:
    asks_for_tomorrow(world)
    agree(world, "bo", "cy")
    world.tick()
    before, old = world.request(), world.slack.card()
    assert before.state is Consent.GRANTED
    ana = world.person("ana").at_own_card("edit")
    later = int((world.now() + timedelta(days=2)).timestamp())
    ana.fills(when_at=later).submits()
    assert not ana.has_modal, ana.answer
    world.tick()
    after, card = world.request(), world.slack.card()
    assert (after.state, after.version) == (Consent.WAITING, 2)
    assert after.inputs == before.inputs
    assert after.digest != before.digest
    assert card["ts"] == old["ts"]
    assert "0 of 2 agreed" in words_of(card)
    assert "approve_with" in buttons(card)
    world.passes(days=1, minutes=1)
    assert world.api.pushed == []
