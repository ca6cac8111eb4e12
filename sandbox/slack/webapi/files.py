"""files.*: the upload in three steps, and what was uploaded."""

from typing import Any

from sandbox.slack import cast, snapshot
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi import chat
from sandbox.slack.webapi.call import Call, Method
from sandbox.slack.world import World, file_record

LARGEST = 1_000_000_000


def get_upload_url(call: Call) -> Json:
    name, length = call.need("filename"), call.number("length", 0)
    if length <= 0:
        text = "[ERROR] must be greater than 0 [json-pointer:/length]"
        raise Refused("invalid_arguments", [text])
    if length > LARGEST:
        raise Refused("file_upload_size_restricted")
    world = call.world
    file = file_record(world.new_id("F"), name, length, cast.BOT["user_id"])
    file["pending"] = True
    if call.text("alt_txt"):
        file["alt_txt"] = call.text("alt_txt")
    world.files[file["id"]] = file
    return {"upload_url": f"{world.base_url}upload/v1/{file['id']}", "file_id": file["id"]}


def receive(world: World, file_id: str, content: bytes) -> str | None:
    """The bytes for an upload address; says what is wrong, if anything."""
    file = world.files.get(file_id)
    if file is None or not file.get("pending"):
        return "file_not_found"
    if len(content) != file["size"]:
        return f"expected {file['size']} bytes, not {len(content)}"
    world.contents[file_id] = content
    return None


def complete_upload(call: Call) -> Json:
    wanted = call.json("files")
    if not isinstance(wanted, list) or not wanted:
        raise Refused("invalid_arguments", ["[ERROR] missing required field: files"])
    files = [_uploaded(call.world, one) for one in wanted]
    rooms = _rooms(call)
    blocks = chat.message_blocks(call.world, call.json("blocks"))
    for room in rooms:
        chat.thread(call.world, room, call.text("thread_ts"))
    for file, one in zip(files, wanted, strict=True):
        file.pop("pending")
        file["title"] = one.get("title") or file["name"]
        file["channels"] = [room["id"] for room in rooms]
        if call.text("thread_ts"):
            file["thread_ts"] = call.text("thread_ts")
    for room in rooms:
        call.world.post(
            room["id"],
            cast.BOT["user_id"],
            call.text("initial_comment") or "",
            blocks=blocks,
            thread_ts=call.text("thread_ts"),
            files=[file["id"] for file in files],
        )
    call.world.changed()
    return {"files": [snapshot.shown_file(call.world, file) for file in files]}


def info(call: Call) -> Json:
    file = call.world.files.get(call.need("file"))
    if file is None or file.get("pending"):
        raise Refused("file_not_found")
    return {"file": snapshot.shown_file(call.world, file), "comments": []}


def _uploaded(world: World, one: Any) -> Json:
    file = world.files.get(str(one.get("id"))) if isinstance(one, dict) else None
    if file is None or not file.get("pending") or file["id"] not in world.contents:
        raise Refused("file_not_found")
    return file


def _rooms(call: Call) -> list[Json]:
    """Channels by id only: a person's id does not do here."""
    one = call.text("channel_id")
    rooms = []
    for name in [one] if one else call.names("channels"):
        room = call.world.channels.get(name)
        if room is None:
            raise Refused("channel_not_found")
        if cast.BOT["user_id"] not in room["members"]:
            raise Refused("not_in_channel")
        rooms.append(room)
    return rooms


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, "4", "files:write"),
    "files.completeUploadExternal": Method(complete_upload, "4", "files:write"),
    "files.info": Method(info, "4", "files:read"),
}
