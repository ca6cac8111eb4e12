"""conversations.*: channels and direct messages."""

from sandbox.slack import cast
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi.call import Call, Method


def info(call: Call) -> Json:
    channel = _channel(call)
    shown = public(channel)
    if call.flag("include_num_members"):
        shown["num_members"] = len(channel["members"])
    return {"channel": shown}


def open_direct(call: Call) -> Json:
    """The direct messages with one person; the sandbox has no group messages."""
    if call.text("channel"):
        channel = _channel(call)
        return {"channel": {"id": channel["id"]}}
    wanted = call.need("users").split(",")
    if len(wanted) != 1:
        raise Refused("method_not_supported_for_channel_type")
    user = call.world.users.get(wanted[0].strip())
    if user is None:
        raise Refused("user_not_found")
    if user["deleted"]:
        raise Refused("user_disabled")
    direct = call.world.dm(user["id"])
    if direct is None:
        raise Refused("cannot_dm_bot")
    return {"no_op": True, "already_open": True, "channel": {"id": direct["id"]}}


def members(call: Call) -> Json:
    people, more = call.page(_channel(call)["members"], 100)
    return {"members": people, **more}


def everywhere(call: Call) -> Json:
    kinds = (call.text("types") or "public_channel").split(",")
    found = [
        public(channel)
        for channel in call.world.channels.values()
        if ("im" if channel["is_im"] else "public_channel") in kinds
    ]
    some, more = call.page(found, 100)
    return {"channels": some, **more}


def public(channel: Json) -> Json:
    if channel["is_im"]:
        return {
            "id": channel["id"],
            "is_im": True,
            "is_channel": False,
            "user": channel["user"],
            "is_open": True,
            "is_archived": False,
        }
    return {
        "id": channel["id"],
        "name": channel["name"],
        "name_normalized": channel["name"],
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_private": False,
        "is_archived": False,
        "is_member": cast.BOT["user_id"] in channel["members"],
        "context_team_id": cast.TEAM["id"],
    }


def _channel(call: Call) -> Json:
    """A channel by its id, if the scopes let the app see it."""
    channel = call.world.channels.get(call.need("channel"))
    if channel is None:
        raise Refused("channel_not_found")
    need = "im:read" if channel["is_im"] else "channels:read"
    if need not in call.world.scopes:
        provided = ",".join(sorted(call.world.scopes))
        raise Refused("missing_scope", needed=need, provided=provided)
    return channel


METHODS = {
    "conversations.info": Method(info, "3"),
    "conversations.members": Method(members, "4"),
    "conversations.open": Method(open_direct, "3", "im:write"),
    "conversations.list": Method(everywhere, "2", "channels:read"),
}
