"""What a person does outside of forms: commands, shortcuts, the home tab, talk."""

import re
from typing import Any

from sandbox.slack import answers, cast, payloads, snapshot
from sandbox.slack.box import Sandbox
from sandbox.slack.deliver import Parcel
from sandbox.slack.shapes import Impossible, Json, Refused
from sandbox.slack.world import World

NAMED = re.compile(r"(?<![\w<])([@#])([a-z0-9][a-z0-9._-]*)")


async def command(box: Sandbox, wish: Json) -> Json:
    """Type a slash command into a channel."""
    world, name = box.world, str(wish["command"])
    user = world.person(wish["user"])
    room = place(world, user, wish["channel"])
    declared = {entry["command"]: entry for entry in world.features("slash_commands")}
    if not name.startswith("/") or (world.manifest is not None and name not in declared):
        raise Impossible(f"{name} is not a valid command.")
    text = str(wish.get("text") or "")
    if declared.get(name, {}).get("should_escape"):
        text = _escaped(world, text)
    url, ticket = world.issue_response(user["id"], room["id"])
    trigger = world.issue_trigger(user["id"], room["id"])
    payload = payloads.command(user, room, name, text, response_url=url, trigger_id=trigger)
    answer = await box.courier.deliver(Parcel("command", name, payload))
    if answer.error:
        return answers.trouble(world, user["id"], answer)
    try:
        with world.lock:
            message = answers.command(world, ticket, answer.body)
    except Refused as no:
        return answers.unusable(world, user["id"], answer, no)
    return answers.shown(world, user["id"], message=message or ticket.made)


async def shortcut(box: Sandbox, wish: Json) -> Json:
    """Pick a shortcut: from the menu, or on a message when `ts` names one."""
    world, name = box.world, str(wish["callback_id"])
    user = world.person(wish["user"])
    kind = "message" if wish.get("ts") else "global"
    known = [(entry["callback_id"], entry["type"]) for entry in world.features("shortcuts")]
    if world.manifest is not None and (name, kind) not in known:
        raise Impossible(f"shortcut_not_found: {name} ({kind})")
    more: Json = {"callback_id": name, "action_ts": payloads.now()}
    channel, ticket = None, None
    if kind == "message":
        message = seen_message(world, user, wish)
        channel = message["channel"]
        url, ticket = world.issue_response(user["id"], channel, message_ts=message["ts"])
        more |= {
            "response_url": url,
            "message_ts": message["ts"],
            "channel": payloads.channel(world.channels[channel]),
            "message": snapshot.shown_message(message),
        }
    more["trigger_id"] = world.issue_trigger(user["id"], channel)
    kind = "message_action" if kind == "message" else "shortcut"
    payload = payloads.interaction(kind, user, **more)
    answer = await box.courier.deliver(Parcel(kind, name, payload))
    if answer.error:
        return answers.trouble(world, user["id"], answer)
    return answers.shown(world, user["id"], message=ticket.made if ticket else None)


async def home(box: Sandbox, wish: Json) -> Json:
    """Open the app's home tab."""
    world = box.world
    user = world.person(wish["user"])
    direct = world.dm(user["id"])
    event: Json = {
        "type": "app_home_opened",
        "user": user["id"],
        "channel": direct["id"] if direct else None,
        "tab": "home",
        "event_ts": payloads.now(),
    }
    if user["id"] in world.homes:
        event["view"] = world.homes[user["id"]]
    await announce(box, event)
    view = world.homes.get(user["id"])
    return {"ok": True, "view": view} if view else {"ok": True}


async def say(box: Sandbox, wish: Json) -> Json:
    """Write a message like anybody."""
    world = box.world
    user = world.person(wish["user"])
    room = place(world, user, wish["channel"])
    text, thread_ts = str(wish["text"]), wish.get("thread_ts")
    if not text:
        raise Impossible("no_text")
    with world.lock:
        message = world.post(room["id"], user["id"], text, thread_ts=thread_ts)
    event: Json = {
        "type": "message",
        "user": user["id"],
        "channel": room["id"],
        "channel_type": "im" if room["is_im"] else "channel",
        "text": text,
        "ts": message["ts"],
        "event_ts": message["ts"],
        "team": cast.TEAM["id"],
        **({"thread_ts": thread_ts} if thread_ts else {}),
    }
    await announce(box, event, f"message.{'im' if room['is_im'] else 'channels'}")
    if cast.BOT["user_id"] in message["notifies"]:
        await announce(box, {**event, "type": "app_mention"})
    return {"ok": True, "message": message}


async def announce(box: Sandbox, inner: Json, name: str | None = None) -> None:
    """Send an event, if the app has subscribed to it."""
    name = name or inner["type"]
    if name in box.world.events:
        await box.courier.announce(Parcel("event", name, payloads.event(box.world, inner)))


def place(world: World, user: Json, ref: Any) -> Json:
    """A channel the person is in."""
    room = world.room(ref)
    if room is None:
        raise Impossible(f"channel_not_found: {ref}")
    if user["id"] not in room["members"]:
        raise Impossible("not_in_channel")
    return room


def seen_message(world: World, user: Json, wish: Json) -> Json:
    """A message the person can see: theirs alone, or one in a channel they are in."""
    ts = str(wish["ts"])
    channel = place(world, user, wish["channel"])["id"] if wish.get("channel") else None
    for message in world.ephemerals:
        if message["ts"] == ts and message["user"] == user["id"]:
            return message
    message = world.message(channel, ts) or {}
    if not message or user["id"] not in world.channels[message["channel"]]["members"]:
        raise Impossible(f"message_not_found: {ts}")
    return message


def _escaped(world: World, text: str) -> str:
    """`@name` and `#channel` as Slack hands them to a command with `should_escape`."""

    def mark(match: re.Match[str]) -> str:
        sign, name = match.groups()
        if sign == "@":
            found = world.handles().get(name, "")
            group = f"<!subteam^{found}|@{name}>"
            person = f"<@{found}|{name}>" if found else match[0]
            return group if found.startswith("S") else person
        room = world.room(name)
        return f"<#{room['id']}|{room['name']}>" if room else match[0]

    return NAMED.sub(mark, text)
