"""Modals and home tabs: checked, given ids, stacked, and kept with what people typed."""

import copy
import json
import secrets
import time
from typing import Any

from sandbox.slack import blockkit, cast, elements, here
from sandbox.slack.shapes import Impossible, Json, Refused
from sandbox.slack.world import World

LARGEST = 250_000
DEEPEST = 3


def checked(world: World, view: Any, *surfaces: str) -> Json:
    """A view that Slack would take; Refused otherwise, naming each place."""
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", ["[ERROR] must provide an object [json-pointer:/view]"])
    if len(json.dumps(view, ensure_ascii=False).encode()) > LARGEST:
        raise Refused("view_too_large")
    kind = view.get("type")
    if kind not in surfaces:
        text = f"[ERROR] must be one of: {', '.join(surfaces)} [json-pointer:/view/type]"
        raise Refused("invalid_arguments", [text])
    found = blockkit.problems(view, str(kind)) or here.problems(world, view["blocks"])
    if found:
        raise Refused("invalid_arguments", located(found, "/view"))
    return view


def located(found: list[blockkit.Problem], root: str) -> list[str]:
    return [f"[ERROR] {p.message} [json-pointer:{root}{p.pointer}]" for p in found]


def named(blocks: list[Json]) -> list[Json]:
    """A copy of blocks as Slack keeps them: every block and element has its id."""
    blocks = copy.deepcopy(blocks)
    _name_blocks(blocks)
    for _, element in elements.parts(blocks):
        element.setdefault("action_id", secrets.token_urlsafe(4))
    _spell_out(blocks)
    return blocks


def _name_blocks(blocks: list[Json]) -> None:
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        _name_blocks(block.get("child_blocks") or [])
        if block["type"] == "carousel":
            _name_blocks(block.get("elements") or [])


def _spell_out(node: Any) -> None:
    """Slack writes the defaults of text objects into what it hands back."""
    if isinstance(node, list):
        for inner in node:
            _spell_out(inner)
    elif isinstance(node, dict):
        if node.get("type") == "plain_text":
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn":
            node.setdefault("verbatim", False)
        for inner in node.values():
            _spell_out(inner)


def values(blocks: list[Json], kept: Json, channel: str | None) -> Json:
    """`state.values`: what was typed where block and action are the same, else what is initial."""
    found: Json = {}
    for block, element in elements.parts(blocks):
        if element["type"] in elements.STATELESS:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        before = kept.get(block_id, {}).get(action_id)
        if not before or not elements.still_possible(element, before):
            before = elements.shown(element, channel)
        found.setdefault(block_id, {})[action_id] = before
    return found


def build(world: World, payload: Json, id: str, *, kept: Json, channel: str | None) -> Json:
    """The full view object as Slack gives it back."""
    blocks = named(payload["blocks"])
    world.origins[id] = channel
    view: Json = {
        "id": id,
        "team_id": cast.TEAM["id"],
        "type": payload["type"],
        "blocks": blocks,
        "private_metadata": payload.get("private_metadata", ""),
        "callback_id": payload.get("callback_id", ""),
        "state": {"values": values(blocks, kept, channel)},
        "hash": f"{int(time.time())}.{secrets.token_hex(4)}",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": payload.get("clear_on_close", False),
        "notify_on_close": payload.get("notify_on_close", False),
        "previous_view_id": None,
        "root_view_id": id,
        "app_id": cast.BOT["app_id"],
        "external_id": payload.get("external_id", ""),
        "app_installed_team_id": cast.TEAM["id"],
        "bot_id": cast.BOT["bot_id"],
    }
    for key in ("title", "close", "submit"):
        if payload.get(key):
            view[key] = copy.deepcopy(payload[key])
            _spell_out(view[key])
    return view


def open_new(world: World, user: str, payload: Json, channel: str | None) -> Json:
    """A modal of its own; whatever the person had open makes room."""
    _sole(world, payload, None)
    view = build(world, payload, world.new_id("V"), kept={}, channel=channel)
    world.stacks[user] = [view]
    world.changed()
    return view


def push(world: World, user: str, payload: Json) -> Json:
    """A modal on top of the open one, three deep at most."""
    stack = world.stacks.get(user) or []
    if len(stack) >= DEEPEST:
        raise Refused("push_limit_reached")
    if not stack:
        raise Refused("invalid_trigger_id", ["[ERROR] there is no view to push onto"])
    _sole(world, payload, None)
    channel = world.origins.get(stack[0]["id"])
    view = build(world, payload, world.new_id("V"), kept={}, channel=channel)
    view["previous_view_id"] = stack[-1]["id"]
    view["root_view_id"] = stack[0]["id"]
    stack.append(view)
    world.changed()
    return view


def replace(world: World, view: Json, payload: Json) -> Json:
    """Other content in the same view; entries survive where block and action are the same."""
    _sole(world, payload, view)
    kept, channel = view["state"]["values"], world.origins.get(view["id"])
    fresh = build(world, payload, view["id"], kept=kept, channel=channel)
    fresh["previous_view_id"] = view["previous_view_id"]
    fresh["root_view_id"] = view["root_view_id"]
    if not payload.get("external_id"):
        fresh["external_id"] = view["external_id"]
    view.update(fresh)
    world.changed()
    return view


def publish(world: World, user: str, payload: Json) -> Json:
    home = world.homes.get(user)
    if home is not None:
        return replace(world, home, payload)
    _sole(world, payload, None)
    home = build(world, payload, world.new_id("V"), kept={}, channel=None)
    world.homes[user] = home
    world.changed()
    return home


def close(world: World, user: str, view: Json) -> None:
    """The view and what lies above it go; the one below is seen again."""
    stack = world.stacks.get(user) or []
    if view in stack:
        del stack[stack.index(view) :]
    if not stack:
        world.stacks.pop(user, None)
    world.changed()


def clear(world: World, user: str) -> None:
    world.stacks.pop(user, None)
    world.changed()


def top(world: World, user: str) -> Json | None:
    stack = world.stacks.get(user)
    return stack[-1] if stack else None


def everywhere(world: World) -> list[Json]:
    """Every view that is open or published."""
    return [view for stack in world.stacks.values() for view in stack] + [*world.homes.values()]


def visible(world: World, user: str, view_id: str | None) -> Json:
    """The view a person can use: the top of their modals, or their home tab."""
    upper = top(world, user)
    home = world.homes.get(user)
    if view_id is None and upper:
        return upper
    for view in (upper, home):
        if view and view["id"] == view_id:
            return view
    raise Impossible(f"view_not_found: {view_id or 'no view is open'}")


def _sole(world: World, payload: Json, own: Json | None) -> None:
    wanted = payload.get("external_id")
    if wanted and any(v["external_id"] == wanted and v is not own for v in everywhere(world)):
        raise Refused("duplicate_external_id")
