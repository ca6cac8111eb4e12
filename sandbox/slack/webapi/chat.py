"""chat.*: posting, changing and taking back messages."""

from typing import Any

from sandbox.slack import blockkit, cast, here, snapshot, views
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi.call import Call, Method
from sandbox.slack.world import World

LONGEST_POST = 40_000
LONGEST_UPDATE = 4_000


def content(call: Call, longest: int = LONGEST_POST) -> tuple[str, list[Json] | None]:
    """The text and the blocks of a message, as far as given; Refused where Slack refuses."""
    text, blocks = call.text("text"), message_blocks(call.world, call.json("blocks"))
    if not text and not blocks and not call.json("attachments"):
        raise Refused("no_text")
    if len(text or "") > longest:
        raise Refused("msg_too_long")
    return text or "", blocks


def message_blocks(world: World, blocks: Any) -> list[Json] | None:
    """Blocks a message may have, with their ids; None stays None."""
    if blocks is None:
        return None
    found = blockkit.problems(blocks, "message") or here.problems(world, blocks)
    if found and found[0].rule == "msg_blocks_too_long":
        raise Refused("msg_blocks_too_long")
    if found:
        raise Refused("invalid_blocks", views.located([_bare(p) for p in found], "/blocks"))
    return views.named(blocks)


def target(call: Call) -> Json:
    """The channel to post into: by id, by name, or a person's direct messages."""
    world, wanted = call.world, call.need("channel")
    user = world.users.get(wanted)
    channel = None if user and user["deleted"] else world.dm(wanted) or world.room(wanted)
    if channel is None:
        raise Refused("channel_not_found")
    stranger = cast.BOT["user_id"] not in channel["members"]
    if stranger and "chat:write.public" not in world.scopes:
        raise Refused("not_in_channel")
    return channel


def thread(world: World, channel: Json, thread_ts: str | None) -> str | None:
    if thread_ts and world.message(channel["id"], thread_ts) is None:
        raise Refused("thread_not_found")
    return thread_ts


def post_message(call: Call) -> Json:
    channel = target(call)
    text, blocks = content(call)
    thread_ts = thread(call.world, channel, call.text("thread_ts"))
    aloud = thread_ts and call.flag("reply_broadcast")
    links = call.flag("link_names") or call.text("parse") == "full"
    message = call.world.post(
        channel["id"],
        cast.BOT["user_id"],
        text,
        blocks=blocks,
        thread_ts=thread_ts,
        subtype="thread_broadcast" if aloud else None,
        attachments=call.json("attachments"),
        metadata=call.json("metadata"),
        handles=call.world.handles() if links else None,
    )
    return {
        "channel": channel["id"],
        "ts": message["ts"],
        "message": snapshot.shown_message(message),
    }


def update(call: Call) -> Json:
    message = _message(call)
    if message["user"] != cast.BOT["user_id"]:
        raise Refused("cant_update_message")
    text, blocks = content(call, LONGEST_UPDATE)
    call.world.rewrite(message, None if call.text("text") is None else text, blocks)
    message["edited"] = {"user": cast.BOT["user_id"], "ts": call.world.stamp()}
    return {
        "channel": message["channel"],
        "ts": message["ts"],
        "text": message["text"],
        "message": snapshot.shown_message(message),
    }


def delete(call: Call) -> Json:
    message = _message(call)
    if message["user"] != cast.BOT["user_id"]:
        raise Refused("cant_delete_message")
    call.world.messages.remove(message)
    call.world.changed()
    return {"channel": message["channel"], "ts": message["ts"]}


def post_ephemeral(call: Call) -> Json:
    channel = target(call)
    user = call.world.users.get(call.need("user"))
    if user is None or user["deleted"]:
        raise Refused("user_not_found")
    if user["id"] not in channel["members"]:
        raise Refused("user_not_in_channel")
    text, blocks = content(call)
    thread_ts = thread(call.world, channel, call.text("thread_ts"))
    made = call.world.whisper(channel["id"], user["id"], text, blocks=blocks, thread_ts=thread_ts)
    return {"message_ts": made["ts"]}


def get_permalink(call: Call) -> Json:
    channel = call.world.channels.get(call.need("channel"))
    if channel is None:
        raise Refused("channel_not_found")
    message = call.world.message(channel["id"], call.need("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    ts = message["ts"]
    link = f"https://{cast.TEAM['domain']}.slack.com/archives/{channel['id']}/p"
    link += ts.replace(".", "")
    if message.get("thread_ts"):
        link += f"?thread_ts={message['thread_ts']}&cid={channel['id']}"
    return {"channel": channel["id"], "permalink": link}


def _message(call: Call) -> Json:
    """The message of a channel id and a timestamp; names and people do not do here."""
    channel = call.world.channels.get(call.need("channel"))
    if channel is None:
        raise Refused("channel_not_found")
    message = call.world.message(channel["id"], call.need("ts"))
    if message is None:
        raise Refused("message_not_found")
    return message


def _bare(problem: blockkit.Problem) -> blockkit.Problem:
    return problem._replace(pointer=problem.pointer.removeprefix("/blocks"))


METHODS = {
    "chat.postMessage": Method(post_message, "message", "chat:write"),
    "chat.update": Method(update, "3", "chat:write"),
    "chat.delete": Method(delete, "3", "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, "4", "chat:write"),
    "chat.getPermalink": Method(get_permalink, "special"),
}
