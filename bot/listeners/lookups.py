"""A picker was opened, or somebody typed in it."""

import re
from typing import Any

from slack_bolt import Ack, App

from actions.desk import Desk
from actions.fields import Option
from actions.lookups import Lookups, found, shelf
from bot.settings import zones
from bot.views.kinds import line

MOST = 100


def register(app: App, desk: Desk, lookups: Lookups) -> None:
    """Listen to pickers; they are answered from a cache, within Slack's three seconds."""

    @app.options(re.compile("^lookup:"))
    def options(ack: Ack, payload: dict[str, Any]) -> None:
        action = payload["action_id"].partition(":")[2]
        matching = lookups.options(action, desk.account(), payload.get("value", ""))
        ack(options=[line(option) for option in matching])

    @app.options("zones")
    def zone(ack: Ack, payload: dict[str, Any]) -> None:
        every = [Option(name, name.replace("_", " ")) for name in sorted(zones())]
        ack(
            options=[
                line(option) for option in found(shelf(every), payload.get("value", ""))[:MOST]
            ]
        )
