"""The workspace as one JSON document, for the page and the tests."""

from typing import Any

from sandbox.slack import cast, parameters
from sandbox.slack.shapes import Json
from sandbox.slack.world import World

HIDDEN_IN_MESSAGE = frozenset({"type", "app_id", "team"})


def state(world: World) -> Json:
    with world.lock:
        return {
            "version": world.version,
            "team": {"id": cast.TEAM["id"], "name": cast.TEAM["name"]},
            "bot": dict(cast.BOT),
            "users": list(world.users.values()),
            "usergroups": list(world.usergroups.values()),
            "channels": list(world.channels.values()),
            "messages": [_without(message, HIDDEN_IN_MESSAGE) for message in world.messages],
            "ephemerals": list(world.ephemerals),
            "views": [
                {**view, "user": user} for user, stack in world.stacks.items() for view in stack
            ],
            "homes": dict(world.homes),
            "files": [
                shown_file(world, file) for file in world.files.values() if "pending" not in file
            ],
            "commands": [
                {
                    "command": command["command"],
                    "description": command.get("description", ""),
                    "usage_hint": command.get("usage_hint", ""),
                }
                for command in world.features("slash_commands")
            ],
            "shortcuts": world.features("shortcuts"),
            "executions": [
                execution for id, execution in world.executions.items() if id not in world.menus
            ],
        }


def steps(world: World) -> list[Json]:
    """The steps of the app that Workflow Builder offers."""
    functions: Json = (world.manifest or {}).get("functions", {})
    return [
        {
            "callback_id": name,
            "title": function["title"],
            "description": function["description"],
            "inputs": parameters.listed(function.get("input_parameters")),
        }
        for name, function in functions.items()
        if not parameters.is_menu(function)
    ]


def shown_message(message: Json) -> Json:
    """A message as the Web API and the payloads show it."""
    hidden = frozenset({"channel", "notifies", "files"})
    shown = _without(message, hidden)
    return shown if message["blocks"] else _without(shown, frozenset({"blocks"}))


def shown_file(world: World, file: Json) -> Json:
    """A file with the addresses it can be fetched from."""
    address = f"{world.base_url}files/{file['id']}"
    return {**file, "url_private": address, "url_private_download": address}


def _without(thing: Json, keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if key not in keys}
