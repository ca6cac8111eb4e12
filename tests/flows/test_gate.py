"""Before a run: what people agreed to is what is there, and what goes out; else they are asked."""

from datetime import timedelta

import pytest

from actions.action import Risk
from actions.catalog import CATALOG
from actions.desk import When
from actions.replies import Campaign, as_it_is
from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, TEMPLATE, agree, asks_agreed_push, seen
from tests.world import World

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PUSH = "/v3/coupon/pushnotification/all"
READING = ("/info", "/list", "/data")
ASKED = {
    "campaign.push_all": {"campaign": SPLASH, "message": "Summer"},
    "single_use.create_many": {"campaign": SPLASH, "amount": 10},
    "single_use.create": {"campaign": SPLASH, "firstname": "Ada"},
    "campaign.push": {"campaign": SPLASH, "couponsession": "aB3dE6", "message": "Summer"},
    "message.email": {"campaign": SPLASH, "email": "ada@example.test"},
    "campaign.create": {"template": TEMPLATE, "name": "Spring"},
}


def test_each_of_what_makes_a_campaign_is_something_that_people_agree_to() -> None:
    known = {"ID": SPLASH, "name": "Splash", "title": "20%", "status": "active", "expirydate": ""}
    shown = as_it_is(Campaign.model_validate(known))
    for name in known:
        changed = as_it_is(Campaign.model_validate(known | {name: "other"}))
        assert sum(was != now for was, now in zip(shown, changed, strict=True)) == 1, name


@ON_SQLITE
def test_a_campaign_that_was_changed_is_asked_about_again(world: World) -> None:
    tomorrow = When(world.now() + timedelta(days=1))
    for action, given in ASKED.items():
        asker, *others = (
            ("bo", "cy") if CATALOG[action].risk is Risk.CHANGE else ("ana", "bo", "cy")
        )
        world.bot.desk.ask(action, given, actor=f"U0{asker.upper()}", when=tomorrow)
        world.tick()
        agree(world, *others[: world.request().quorum])
    assert {request.state for request in world.requests()} == {Consent.GRANTED}
    changes(world, campaign=SPLASH, expiry="2030-01-01 00:00:00")
    changes(world, campaign=TEMPLATE, title="Half the price")
    world.passes(days=1, seconds=1)
    assert len(world.operations(Progress.DROPPED)) == len(ASKED)
    assert all(call["path"].endswith(READING) for call in world.api.calls())
    world.tick()
    assert {request.state for request in world.requests()} == {Consent.WAITING}
    assert "Ends is “2030-01-01 00:00:00” by now" in seen(world)
    assert "Template title is “Half the price” by now" in seen(world)


def changes(world: World, **how: str) -> None:
    """Somebody changes a campaign on the pages of Coupontools."""
    world.api.http.post(f"{world.api.url}/_/change", json=how).raise_for_status()


@ON_SQLITE
def test_an_old_press_sends_nothing_again_once_it_is_unclear_anew(world: World) -> None:
    asks_agreed_push(world)
    world.api.fails(PUSH, times=2, drop="after")
    world.tick()
    bo = world.person("bo").at_card("go_on")  # Bo looked badly
    pressed = world.slack.deliveries[-1]["index"]
    world.tick()
    assert world.operations(Progress.UNCLEAR)
    assert len(world.api.pushed) == 2
    world.slack.does("redeliver", index=pressed)
    world.workers.rest()
    world.tick()
    assert len(world.api.pushed) == 2
    assert world.operations(Progress.UNCLEAR)
    assert bo.was_told("It has gone on since this card was drawn")


@ON_SQLITE
def test_the_run_of_one_card_is_not_decided_on_at_another(world: World) -> None:
    for message in ("First", "Second"):
        asks_agreed_push(world, message=message)
        world.api.fails(PUSH, drop="before")
        world.tick()
    first, _ = world.operations(Progress.UNCLEAR)
    card = world.slack.card()
    for block in card["blocks"]:
        for element in block.get("elements", ()):
            if element.get("action_id") == "happened":
                element["value"] = first.id
    where = {"channel": card["channel"], "ts": card["ts"]}
    world.bot.client.chat_update(**where, blocks=card["blocks"], text="x")
    bo = world.person("bo").presses("happened", **where)
    assert bo.was_told("This button does not belong to this card.")
    assert len(world.operations(Progress.UNCLEAR)) == 2
