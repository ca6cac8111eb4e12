"""What Slack sends to an app: commands, interactions and events, word for word."""

import time
from typing import Any

from sandbox.slack import cast
from sandbox.slack.shapes import Json
from sandbox.slack.world import World


def command(user: Json, channel: Json, name: str, text: str, **tickets: str) -> Json:
    """A slash command; its fields travel as a form."""
    return {
        "token": cast.VERIFICATION,
        "team_id": cast.TEAM["id"],
        "team_domain": cast.TEAM["domain"],
        "channel_id": channel["id"],
        "channel_name": channel["name"],
        "user_id": user["id"],
        "user_name": user["name"],
        "command": name,
        "text": text,
        "api_app_id": cast.BOT["app_id"],
        "is_enterprise_install": "false",
        **tickets,
    }


def interaction(kind: str, user: Json, **more: Any) -> Json:
    """What every interaction says about itself, and its own part."""
    return {
        "type": kind,
        "user": {
            "id": user["id"],
            "username": user["name"],
            "name": user["name"],
            "team_id": cast.TEAM["id"],
        },
        "api_app_id": cast.BOT["app_id"],
        "token": cast.VERIFICATION,
        "team": {"id": cast.TEAM["id"], "domain": cast.TEAM["domain"]},
        "enterprise": None,
        "is_enterprise_install": False,
        **more,
    }


def event(world: World, inner: Json) -> Json:
    """An event in its envelope."""
    room = world.channels.get(str(inner.get("channel"))) or {}
    return {
        "token": cast.VERIFICATION,
        "team_id": cast.TEAM["id"],
        "api_app_id": cast.BOT["app_id"],
        "event": inner,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": cast.TEAM["id"],
                "user_id": cast.BOT["user_id"],
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": bool(room.get("shared")),
    }


def channel(room: Json) -> Json:
    return {"id": room["id"], "name": room["name"]}


def now() -> str:
    """A timestamp of an action: seconds with microseconds."""
    return f"{time.time():.6f}"
