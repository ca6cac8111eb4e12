"""What a person does with buttons, menus and pickers, in messages and in views."""

from dataclasses import dataclass
from typing import Any

from sandbox.slack import acts, answers, elements, filling, payloads, snapshot, views
from sandbox.slack.box import Sandbox
from sandbox.slack.deliver import Parcel
from sandbox.slack.shapes import Impossible, Json, Refused
from sandbox.slack.world import Ticket, World

SEARCHING = ("external_select", "multi_external_select")


@dataclass(frozen=True)
class Spot:
    """Where something is pressed: a view, or a message."""

    thing: Json
    is_view: bool
    is_ephemeral: bool = False

    @property
    def key(self) -> str:
        return str(self.thing["id"] if self.is_view else self.thing["ts"])

    def values(self, world: World, user: str) -> Json:
        """What has been entered here: kept with the view, or for each reader of a message."""
        if self.is_view:
            entered: Json = self.thing["state"]["values"]
            return entered
        key = (self.key, user)
        known = views.values(self.thing["blocks"], world.entered.get(key, {}), None)
        world.entered[key] = known
        return known


async def press(box: Sandbox, wish: Json) -> Json:
    """Press a button, or choose something in a menu that tells the app at once."""
    world = box.world
    user = world.person(wish["user"])
    spot = _spot(world, user, wish)
    part = _part(spot.thing["blocks"], wish)
    with world.lock:
        action = _act(world, user, spot, part, wish.get("value"))
        world.changed()
    block, element = part
    if block["type"] == "input" and not block.get("dispatch_action"):
        return answers.shown(world, user["id"], delivered=False)
    more, ticket = _surroundings(world, user, spot)
    payload = payloads.interaction("block_actions", user, actions=[action], **more)
    answer = await box.courier.deliver(Parcel("block_actions", element["action_id"], payload))
    if answer.error:
        return answers.trouble(world, user["id"], answer)
    return answers.shown(world, user["id"], message=ticket.made if ticket else None)


async def options(box: Sandbox, wish: Json) -> Json:
    """Type into a searching picker and see what it offers."""
    world, query = box.world, str(wish.get("query") or "")
    user = world.person(wish["user"])
    spot = _spot(world, user, wish)
    block, element = _part(spot.thing["blocks"], wish)
    if element["type"] not in SEARCHING:
        raise Impossible(f"{element['action_id']} does not search")
    if len(query) < element.get("min_query_length", 3):
        return answers.shown(world, user["id"], options=[], delivered=False)
    place = {"block_id": block["block_id"], "action_id": element["action_id"]}
    more = _container(world, spot)
    payload = payloads.interaction("block_suggestion", user, value=query, **place, **more)
    answer = await box.courier.deliver(Parcel("block_suggestion", place["action_id"], payload))
    if answer.error:
        return answers.trouble(world, user["id"], answer)
    try:
        found = answers.options(answer.body)
    except Refused as no:
        return answers.unusable(world, user["id"], answer, no)
    offered = world.offered.setdefault((spot.key, place["block_id"], place["action_id"]), [])
    offered[:0] = found["options"]
    return answers.shown(world, user["id"], **found)


def _spot(world: World, user: Json, wish: Json) -> Spot:
    if wish.get("ts"):
        return _message_spot(acts.seen_message(world, user, wish), world)
    if wish.get("view_id"):
        return Spot(views.visible(world, user["id"], str(wish["view_id"])), is_view=True)
    for spot in _in_sight(world, user):
        if any(element["action_id"] == wish["action_id"] for _, element in _parts(spot)):
            return spot
    raise Impossible(f"action_not_found: {wish['action_id']}")


def _in_sight(world: World, user: Json) -> list[Spot]:
    """Where a person looks, in this order: the open view alone; else home, newest messages."""
    upper = views.top(world, user["id"])
    if upper:
        return [Spot(upper, is_view=True)]
    home = world.homes.get(user["id"])
    spots = [Spot(home, is_view=True)] if home else []
    own = [m for m in world.ephemerals if m["user"] == user["id"]]
    common = [m for m in world.messages if user["id"] in world.channels[m["channel"]]["members"]]
    newest = sorted([*own, *common], key=lambda message: str(message["ts"]), reverse=True)
    return spots + [_message_spot(message, world) for message in newest]


def _message_spot(message: Json, world: World) -> Spot:
    whispered = any(message is own for own in world.ephemerals)
    return Spot(message, is_view=False, is_ephemeral=whispered)


def _parts(spot: Spot) -> list[tuple[Json, Json]]:
    return list(elements.parts(spot.thing["blocks"]))


def _part(blocks: list[Json], wish: Json) -> tuple[Json, Json]:
    """The element that is meant; among several of one name, its block or its value tells."""
    name, block_id = str(wish["action_id"]), wish.get("block_id")
    found = [
        (block, element)
        for block, element in elements.parts(blocks)
        if element["action_id"] == name and block_id in (None, block["block_id"])
    ]
    if len(found) > 1:
        same = [part for part in found if part[1].get("value") == wish.get("value")]
        found = same if len(same) == 1 else found
    if len(found) > 1:
        raise Impossible(f"ambiguous_action: {name} is there {len(found)} times; say which block")
    if not found:
        raise Impossible(f"action_not_found: {name}")
    return found[0]


def _act(world: World, user: Json, spot: Spot, part: tuple[Json, Json], value: Any) -> Json:
    """The entry of `actions` for what was done."""
    block, element = part
    kind = element["type"]
    action: Json = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": payloads.now(),
    }
    if kind in elements.STATELESS and kind != "overflow":
        return action | {k: element[k] for k in ("text", "value", "style", "url") if k in element}
    slot = elements.SLOTS[kind]
    if kind == "overflow":
        return action | {slot: elements.entered(element, value, [])}
    values = spot.values(world, user["id"])
    filling.put(world, user, values, part, value, spot.key)
    return {**action, **values[block["block_id"]][element["action_id"]]}


def _container(world: World, spot: Spot) -> Json:
    """What a payload says about the place."""
    thing = spot.thing
    if spot.is_view:
        return {"container": {"type": "view", "view_id": thing["id"]}, "view": thing}
    container = {
        "type": "message",
        "message_ts": thing["ts"],
        "channel_id": thing["channel"],
        "is_ephemeral": spot.is_ephemeral,
    }
    if thing.get("thread_ts"):
        container["thread_ts"] = thing["thread_ts"]
    room = payloads.channel(world.channels[thing["channel"]])
    shown = {} if spot.is_ephemeral else {"message": snapshot.shown_message(thing)}
    return {"container": container, "channel": room, **shown}


def _surroundings(world: World, user: Json, spot: Spot) -> tuple[Json, Ticket | None]:
    """Container, tickets and state of a block action."""
    more = _container(world, spot)
    if spot.is_view:
        modal = spot.thing["id"] if spot.thing["type"] == "modal" else None
        channel = world.origins.get(spot.thing["id"])
        more["trigger_id"] = world.issue_trigger(user["id"], channel, modal)
        return more, None
    channel = spot.thing["channel"]
    url, ticket = world.issue_response(
        user["id"],
        channel,
        message_ts=spot.thing["ts"],
        ephemeral=spot.is_ephemeral,
        thread_ts=spot.thing.get("thread_ts"),
    )
    more |= {
        "trigger_id": world.issue_trigger(user["id"], channel),
        "response_url": url,
        "state": {"values": spot.values(world, user["id"])},
    }
    return more, ticket
