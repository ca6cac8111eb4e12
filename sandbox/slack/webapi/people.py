"""users.* and usergroups.*: who is in the workspace."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.slack import cast
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi.call import Call, Method
from sandbox.slack.world import World


def info(call: Call) -> Json:
    user = call.world.users.get(call.need("user"))
    if user is None:
        raise Refused("user_not_found")
    locale = {"locale": "en-US"} if call.flag("include_locale") else {}
    return {"user": {**full(user, call.world), **locale}}


def everyone(call: Call) -> Json:
    people, more = call.page(list(call.world.users.values()), 1000)
    return {"members": [full(user, call.world) for user in people], "cache_ts": 0, **more}


def by_email(call: Call) -> Json:
    wanted = call.need("email").lower()
    for user in call.world.users.values():
        if _email(user) == wanted and not user["deleted"]:
            return {"user": full(user, call.world)}
    raise Refused("users_not_found")


def groups(call: Call) -> Json:
    with_users = call.flag("include_users")
    return {"usergroups": [_group(g, with_users) for g in call.world.usergroups.values()]}


def group_members(call: Call) -> Json:
    group = call.world.usergroups.get(call.need("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": list(group["users"])}


def full(user: Json, world: World) -> Json:
    """A person as users.info shows them; the address only to those who may see it."""
    zone = ZoneInfo(user["tz"])
    offset = datetime.now(UTC).astimezone(zone).utcoffset()
    profile = {
        "real_name": user["real_name"],
        "display_name": user["name"],
        "title": user["title"],
        "team": user["team_id"],
    }
    if "users:read.email" in world.scopes and not user["is_bot"]:
        profile["email"] = _email(user)
    flags = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")
    return {
        "id": user["id"],
        "team_id": user["team_id"],
        "name": user["name"],
        "deleted": user["deleted"],
        "real_name": user["real_name"],
        "tz": user["tz"],
        "tz_label": user["tz"],
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_app_user": False,
        "updated": 0,
        **{flag: user[flag] for flag in flags},
    }


def _email(user: Json) -> str:
    return f"{user['name']}@northwind.example"


def _group(group: Json, with_users: bool) -> Json:
    shown = {
        "id": group["id"],
        "team_id": cast.TEAM["id"],
        "is_usergroup": True,
        "handle": group["handle"],
        "name": group["name"],
        "description": "",
        "date_delete": 0,
        "user_count": len(group["users"]),
    }
    return {**shown, "users": list(group["users"])} if with_users else shown


METHODS = {
    "users.info": Method(info, "4", "users:read"),
    "users.list": Method(everyone, "2", "users:read"),
    "users.lookupByEmail": Method(by_email, "3", "users:read.email"),
    "usergroups.list": Method(groups, "2", "usergroups:read"),
    "usergroups.users.list": Method(group_members, "2", "usergroups:read"),
}
