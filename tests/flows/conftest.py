"""What holds at the end of every story."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.slack import blockkit
from tests.world import World, words_of

OF_A_VIEW = (
    *("type", "title", "blocks", "submit", "close", "private_metadata", "callback_id"),
    *("clear_on_close", "notify_on_close"),
)


@pytest.fixture(autouse=True)
def everything_shown_is_proper(request: pytest.FixtureRequest) -> Iterator[None]:
    """All that people see is what Slack takes, nobody sees a stumble, no delivery was lost."""
    world = request.getfixturevalue("world") if "world" in request.fixturenames else None
    yield
    if world is not None:
        assert improper(world.slack.state) == []
        assert lost(world) == []


def improper(state: dict[str, Any]) -> list[str]:
    """What Slack would not take, or what says that something broke."""
    found: list[str] = []
    for said in [*state["messages"], *state["ephemerals"]]:
        if said.get("blocks"):
            message = {"text": said["text"], "blocks": said["blocks"]}
            found += blockkit.check(message, "message")
        assert said["text"] or said.get("files"), said
    for view in [*state["views"], *state["homes"].values()]:
        shown = {name: view[name] for name in OF_A_VIEW if view.get(name)}
        found += blockkit.check(shown, view["type"])
    everything = [state[place] for place in ("messages", "ephemerals", "views", "homes")]
    found += [line for line in words_of(everything).splitlines() if "stumbled over" in line]
    return found


def lost(world: World) -> list[dict[str, Any]]:
    """Deliveries that Slack would show to the person as failed."""
    return [
        delivery
        for delivery in world.slack.deliveries
        if (delivery["status"] != 200 or delivery.get("error"))
        and delivery.get("error") not in world.forgiven
    ]
