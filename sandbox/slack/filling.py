"""What a person does in a form: fill it in, submit it, close it."""

import copy
from typing import Any

from sandbox.slack import answers, elements, payloads, snapshot, views
from sandbox.slack.box import Sandbox
from sandbox.slack.deliver import Parcel
from sandbox.slack.shapes import Impossible, Json, Refused
from sandbox.slack.world import World


async def submit(box: Sandbox, wish: Json) -> Json:
    """Fill in the open view and submit it."""
    world = box.world
    user = world.person(wish["user"])
    view = views.visible(world, user["id"], wish.get("view_id"))
    if view["type"] != "modal":
        raise Impossible("only a modal can be submitted")
    with world.lock:
        for block_id, value in (wish.get("values") or {}).items():
            fill(world, user, view, block_id, value)
        world.changed()
    if not view["submit"]:
        raise Impossible("this view has no submit button")
    errors = complaints(view)
    if errors:
        more = {"response_action": "errors", "errors": errors, "delivered": False}
        return answers.shown(world, user["id"], **more)
    return await _submitted(box, user, view)


async def _submitted(box: Sandbox, user: Json, view: Json) -> Json:
    world = box.world
    urls, ticket = _response_urls(world, user, view)
    payload = payloads.interaction(
        "view_submission",
        user,
        trigger_id=world.issue_trigger(user["id"], world.origins.get(view["id"]), view["id"]),
        view=copy.deepcopy(view),
        response_urls=urls,
    )
    answer = await box.courier.deliver(Parcel("view_submission", view["callback_id"], payload))
    if answer.error:
        return answers.trouble(world, user["id"], answer)
    try:
        with world.lock:
            outcome = answers.submission(world, user["id"], view, answer.body)
    except Refused as no:
        return answers.unusable(world, user["id"], answer, no)
    made = ticket.made if ticket else None
    return answers.shown(world, user["id"], message=made, **outcome)


async def close(box: Sandbox, wish: Json) -> Json:
    """Close the open view, or all of them where the view says so."""
    world = box.world
    user = world.person(wish["user"])
    view = views.visible(world, user["id"], wish.get("view_id"))
    if view["type"] != "modal":
        raise Impossible("only a modal can be closed")
    cleared = bool(view["clear_on_close"] or wish.get("clear"))
    with world.lock:
        if cleared:
            views.clear(world, user["id"])
        else:
            views.close(world, user["id"], view)
    if view["notify_on_close"]:
        payload = payloads.interaction("view_closed", user, view=view, is_cleared=cleared)
        answer = await box.courier.deliver(Parcel("view_closed", view["callback_id"], payload))
        if answer.error:
            return answers.trouble(world, user["id"], answer)
    return answers.shown(world, user["id"])


def fill(world: World, user: Json, view: Json, block_id: str, value: Any) -> None:
    """Enter a value into the one element of a block."""
    found = [
        (block, element)
        for block, element in elements.parts(view["blocks"])
        if block["block_id"] == block_id and element["type"] not in elements.STATELESS
    ]
    if len(found) != 1:
        raise Impossible(f"block_not_found: {block_id}")
    put(world, user, view["state"]["values"], found[0], value, view["id"])


def put(
    world: World, user: Json, values: Json, part: tuple[Json, Json], value: Any, where: str
) -> None:
    """Enter a value into an element; `where` is the view or message it is in."""
    block, element = part
    place = (block["block_id"], element["action_id"])
    offered = world.offered.get((where, *place), [])
    entry = elements.shown(element)
    content = elements.entered(element, value, offered)
    if element["type"] == "file_input":
        content = [_file(world, user, one) for one in content]
    _known(world, element["type"], content)
    entry[elements.SLOTS[element["type"]]] = content
    values.setdefault(place[0], {})[place[1]] = entry


def complaints(view: Json) -> dict[str, str]:
    """What Slack's client itself finds wrong with what was entered."""
    found: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        entry = view["state"]["values"][block["block_id"]][block["element"]["action_id"]]
        words = elements.complaint(block, entry)
        if words:
            found[block["block_id"]] = words
    return found


def _known(world: World, kind: str, content: Any) -> None:
    """People and channels can be picked only if they exist."""
    chosen = content if isinstance(content, list) else [content]
    pickable = {"users": world.users, "channels": world.channels}
    pickable["conversations"] = {**world.channels}
    wanted = pickable.get(kind.removeprefix("multi_").removesuffix("_select"))
    if wanted is not None and any(one is not None and one not in wanted for one in chosen):
        raise Impossible(f"{kind} does not offer {content!r}")


def _file(world: World, user: Json, one: Any) -> Json:
    """A file by its id, or made from {name, content}."""
    if isinstance(one, dict):
        file = world.keep_file(str(one["name"]), str(one["content"]).encode(), user["id"])
    elif one in world.contents:
        file = world.files[one]
    else:
        raise Impossible(f"file_not_found: {one}")
    return snapshot.shown_file(world, file)


def _response_urls(world: World, user: Json, view: Json) -> tuple[list[Json], Any]:
    urls, ticket = [], None
    for block, element in elements.parts(view["blocks"]):
        if not element.get("response_url_enabled"):
            continue
        place = {"block_id": block["block_id"], "action_id": element["action_id"]}
        entry = view["state"]["values"][place["block_id"]][place["action_id"]]
        channel = entry[elements.SLOTS[element["type"]]]
        if channel:
            url, ticket = world.issue_response(user["id"], channel)
            urls.append({**place, "channel_id": channel, "response_url": url})
    return urls, ticket
