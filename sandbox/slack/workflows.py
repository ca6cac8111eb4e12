"""Workflows: somebody runs one that reaches a step of the app, or builds one and opens a menu."""

import re
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from sandbox.slack import blockkit, cast, parameters, payloads
from sandbox.slack.acts import announce
from sandbox.slack.box import Sandbox
from sandbox.slack.deliver import Parcel
from sandbox.slack.parameters import USER_CONTEXT
from sandbox.slack.shapes import Impossible, Json
from sandbox.slack.world import World

REFERENCE = re.compile(r"\{\{\s*(\w+)\.(\w+)\s*\}\}")


async def step(box: Sandbox, wish: Json) -> Json:
    """Run a workflow up to one of the app's steps, as a person or, without one, on a schedule.

    What Workflow Builder would not let be published cannot be run; `unchecked` sends it as it is.
    """
    world, name = box.world, str(wish["callback_id"])
    inputs, user = dict(wish.get("inputs") or {}), _runner(world, wish)
    if not wish.get("unchecked"):
        inputs = _filled(_declared(world, name), inputs, user)
    execution = _begin(world, name, inputs, user)
    await announce(box, _event(world, execution))
    return {"ok": True, "execution": execution}


async def menu(box: Sandbox, wish: Json) -> Json:
    """Open the menu of an input while building a workflow; the app has to fill it at once."""
    world, builder = box.world, box.world.person(wish["user"])
    source, inputs = _source(world, wish, builder)
    execution = _begin(world, source, inputs, builder)
    world.menus.add(execution["id"])
    event = payloads.event(world, _event(world, execution))
    answer = await box.courier.deliver(Parcel("event", "function_executed", event))
    if answer.error:
        return {"ok": False, "error": answer.error}
    if execution["status"] == "failed":
        return {"ok": False, "error": execution["error"]}
    if execution["status"] != "completed":
        return {"ok": False, "error": "acknowledged before the options were there"}
    options = execution["outputs"]["options"]
    if options and (found := blockkit.option_problems(options)):
        return {"ok": False, "error": "invalid_options", "detail": [str(each) for each in found]}
    return {"ok": True, "options": options}


async def clock(box: Sandbox, wish: Json) -> Json:
    """Put the clock forward by which the tokens of workflows die."""
    box.world.ahead += float(wish["ahead_s"])
    return {"ok": True, "ahead_s": box.world.ahead}


def _runner(world: World, wish: Json) -> Json | None:
    return world.person(wish["user"]) if wish.get("user") else None


def _declared(world: World, name: str) -> Json:
    function: Json | None = (world.manifest or {}).get("functions", {}).get(name)
    if function is None:
        raise Impossible(f"function_not_found: {name}")
    return function


def _filled(function: Json, inputs: Json, user: Json | None) -> Json:
    """What the builder has set, and the person, for whom Slack vouches."""
    side: Json = function.get("input_parameters") or {}
    for name, parameter in side.get("properties", {}).items():
        if parameter["type"] != USER_CONTEXT:
            continue
        if name in inputs:
            raise Impossible(f"cannot be set by hand: {name}")
        if user is not None:
            inputs[name] = _context(user)
        elif name in side.get("required", []):
            raise Impossible(f"cannot be published: nobody is there who could be {name}")
    if found := parameters.problems(side, inputs):
        raise Impossible(f"cannot be run: {'; '.join(found)}")
    return inputs


def _source(world: World, wish: Json, builder: Json) -> tuple[str, Json]:
    """The step behind a menu, and its inputs with their references resolved."""
    function, name = _declared(world, str(wish["callback_id"])), str(wish["input"])
    asked: Json = function["input_parameters"]["properties"].get(name, {})
    dynamic: Json | None = asked.get("dynamic_options")
    if dynamic is None:
        raise Impossible(f"no menu: {name}")
    source = dynamic["function"].removeprefix("#/functions/")
    client = {"query": str(wish.get("query") or ""), "builder_context": _context(builder)}
    known = {"client": client, "input_parameters": dict(wish.get("inputs") or {})}
    inputs = {key: _resolved(each["value"], known) for key, each in dynamic["inputs"].items()}
    if found := parameters.problems(_declared(world, source).get("input_parameters"), inputs):
        raise Impossible(f"cannot be run: {'; '.join(found)}")
    return source, inputs


def _resolved(value: Any, known: dict[str, Json]) -> Any:
    match = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return known[match[1]].get(match[2]) if match else value


def _context(user: Json) -> Json:
    return {"id": user["id"], "secret": secrets.token_hex(8)}


def _begin(world: World, name: str, inputs: Json, user: Json | None) -> Json:
    """A step that runs until the app says how it ended, and its token."""
    function: Json = (world.manifest or {}).get("functions", {}).get(name, {})
    execution: Json = {
        "id": world.new_id("Fx"),
        "workflow": world.new_id("Wx"),
        "callback_id": name,
        "title": function.get("title", name),
        "user": user["id"] if user else None,
        "inputs": inputs,
        "status": "running",
        "at": datetime.now(UTC).isoformat(),
        "token": f"xwfp-{secrets.token_hex(8)}",
    }
    with world.lock:
        world.executions[execution["id"]] = execution
        world.tokens[execution["token"]] = (execution["id"], world.monotonic())
        world.changed()
    return execution


def _event(world: World, execution: Json) -> Json:
    name = execution["callback_id"]
    function: Json = (world.manifest or {}).get("functions", {}).get(name, {})
    return {
        "type": "function_executed",
        "function": {
            "id": "Fn" + name.upper()[:9],
            "callback_id": name,
            "title": function.get("title", name),
            "description": function.get("description", ""),
            "type": "app",
            "input_parameters": parameters.listed(function.get("input_parameters")),
            "output_parameters": parameters.listed(function.get("output_parameters")),
            "app_id": cast.BOT["app_id"],
            "date_created": int(time.time()),
            "date_updated": int(time.time()),
            "date_deleted": 0,
        },
        "inputs": execution["inputs"],
        "function_execution_id": execution["id"],
        "workflow_execution_id": execution["workflow"],
        "event_ts": payloads.now(),
        "bot_access_token": execution["token"],
    }
