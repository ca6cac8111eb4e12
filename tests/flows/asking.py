"""What most stories begin with: something is asked for, and others agree to it."""

from functools import cache
from typing import Any

from sandbox.coupontools.account import Campaign
from sandbox.coupontools.seed import fresh
from store.tables import Request
from tests.world import Human, World, words_of

SPLASH = "cam_123456"
TEMPLATE = "cam_100001"


@cache
def campaign_of(name: str) -> Campaign:
    """A campaign as the account of every story has it at the beginning."""
    return next(each for each in fresh().campaigns.values() if each.name == name)


def asks_push(world: World, by: str = "ana", message: str = "Summer", **more: Any) -> Human:
    """Ask for a push to everyone; it waits for two others."""
    person = world.person(by)
    person.types("/coupon campaign push_all").submits(campaign=SPLASH, message=message, **more)
    assert not person.errors, person.errors
    world.tick()
    return person


def asks_campaign(world: World, by: str = "ana", **raw: Any) -> Request:
    """Ask for a campaign, past the form; it waits for one other."""
    given = {"template": TEMPLATE, "name": "Spring", **raw}
    request = world.bot.desk.ask("campaign.create", given, actor=f"U0{by.upper()}")
    world.tick()
    return request


def agree(world: World, *names: str) -> None:
    """These people approve what the newest card asks."""
    for name in names:
        person = world.person(name).approves()
        assert person.answer["ok"], person.answer


def asks_agreed_push(world: World, **more: Any) -> Human:
    """A push that two others have agreed to and that has not begun."""
    ana = asks_push(world, **more)
    agree(world, "bo", "cy")
    return ana


def buttons(message: dict[str, Any]) -> list[str]:
    """The verbs of a card's buttons."""
    return [
        element["action_id"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def seen(world: World, channel: str = "approvals") -> str:
    """All text in a channel."""
    return words_of(world.slack.messages(channel))
