"""People and user groups that come, change and go, and what Slack tells an app about it."""

import time
from typing import Any

from sandbox.slack import cast, payloads
from sandbox.slack.acts import announce
from sandbox.slack.box import Sandbox
from sandbox.slack.shapes import Impossible, Json
from sandbox.slack.webapi.people import full
from sandbox.slack.world import World

ROOMS = ("marketing", "approvals", "audit")
"""Where somebody new is, too."""


async def person(box: Sandbox, wish: Json) -> Json:
    """Change somebody: deactivated, a guest, in another time zone. `real_name` lets one join."""
    world, ref = box.world, str(wish["user"])
    with world.lock:
        user = _known(world, ref)
        is_new = user is None and bool(wish.get("real_name"))
        if user is None:
            user = _join(world, ref, wish)
        user.update({key: value for key, value in wish.items() if key in user and key != "id"})
        world.changed()
        shown = full(user, world)
    stamps: Json = {"cache_ts": int(time.time()), "event_ts": payloads.now()}
    kind = "team_join" if is_new else "user_change"
    await announce(box, {"type": kind, "user": shown, **stamps})
    return {"ok": True, "user": user}


async def usergroup(box: Sandbox, wish: Json) -> Json:
    """Say who is in a user group; `name` makes one that is not there."""
    world, ref = box.world, str(wish["usergroup"])
    users: list[str] = list(wish["users"])
    with world.lock:
        found = [one for one in world.usergroups.values() if ref in (one["id"], one["handle"])]
        if not found and not wish.get("name"):
            raise Impossible(f"usergroup_not_found: {ref}")
        group = found[0] if found else cast.group(f"S0{_bare(ref)}", ref, str(wish["name"]), [])
        world.usergroups[group["id"]] = group
        was, group["users"] = group["users"], users
        world.changed()
    if not found:
        await _tell(box, "subteam_created", {"subteam": _subteam(group)})
    await _tell(box, "subteam_updated", {"subteam": _subteam(group)})
    await _tell(box, "subteam_members_changed", _changes(group, was))
    return {"ok": True, "usergroup": group}


async def _tell(box: Sandbox, kind: str, more: Json) -> None:
    await announce(box, {"type": kind, **more, "event_ts": payloads.now()})


def _known(world: World, ref: str) -> Json | None:
    return next((one for one in world.users.values() if ref in (one["id"], one["name"])), None)


def _join(world: World, name: str, wish: Json) -> Json:
    if not wish.get("real_name"):
        raise Impossible(f"user_not_found: {name}")
    zone = str(wish.get("tz") or "UTC")
    user = cast.user(f"U0{_bare(name)}", name, str(wish["real_name"]), "", zone)
    world.users[user["id"]] = user
    direct = cast.direct_messages(user["id"])
    world.channels[direct["id"]] = direct
    for room in world.channels.values():
        if room["name"] in ROOMS:
            room["members"].append(user["id"])
    return user


def _bare(name: str) -> str:
    return "".join(char for char in name.upper() if char.isalnum())


def _subteam(group: Json) -> Json:
    now = int(time.time())
    return {
        "id": group["id"],
        "team_id": cast.TEAM["id"],
        "is_usergroup": True,
        "is_subteam": True,
        "name": group["name"],
        "description": "",
        "handle": group["handle"],
        "is_external": False,
        "date_create": now,
        "date_update": now,
        "date_delete": 0,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": cast.PEOPLE[0],
        "updated_by": cast.PEOPLE[0],
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "users": list(group["users"]),
        "user_count": len(group["users"]),
        "channel_count": 0,
    }


def _changes(group: Json, was: list[Any]) -> Json:
    added = [user for user in group["users"] if user not in was]
    removed = [user for user in was if user not in group["users"]]
    now = int(time.time())
    return {
        "subteam_id": group["id"],
        "team_id": cast.TEAM["id"],
        "date_previous_update": now,
        "date_update": now,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
    }
