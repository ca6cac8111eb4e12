"""views.*: opening, pushing, updating and publishing; blocks.validate."""

from sandbox.slack import blockkit, views
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi.call import Call, Method


def open_view(call: Call) -> Json:
    payload, trigger = views.checked(call.world, call.json("view"), "modal"), _trigger(call)
    ticket = call.world.spend_trigger(trigger)
    return {"view": views.open_new(call.world, ticket.user, payload, ticket.channel)}


def push_view(call: Call) -> Json:
    payload, trigger = views.checked(call.world, call.json("view"), "modal"), _trigger(call)
    ticket = call.world.spend_trigger(trigger)
    if ticket.view_id is None:
        raise Refused("invalid_trigger_id", ["[ERROR] the trigger does not come from a view"])
    return {"view": views.push(call.world, ticket.user, payload)}


def update_view(call: Call) -> Json:
    payload = views.checked(call.world, call.json("view"), "modal", "home")
    view = _found(call)
    _same_hash(call, view)
    if payload["type"] != view["type"]:
        raise Refused("invalid_arguments", ["[ERROR] type must not change [json-pointer:/view]"])
    return {"view": views.replace(call.world, view, payload)}


def publish_view(call: Call) -> Json:
    payload = views.checked(call.world, call.json("view"), "home")
    user = call.world.users.get(call.need("user_id"))
    if user is None or user["deleted"] or user["is_bot"]:
        raise Refused("user_not_found")
    features = (call.world.manifest or {}).get("features")
    if features is not None and not features.get("app_home", {}).get("home_tab_enabled"):
        raise Refused("not_enabled")
    if user["id"] in call.world.homes:
        _same_hash(call, call.world.homes[user["id"]])
    return {"view": views.publish(call.world, user["id"], payload)}


def validate_blocks(call: Call) -> Json:
    """Slack's own check of a payload; works without a token."""
    view, message = call.json("view"), call.json("message")
    if isinstance(view, dict):
        found = blockkit.problems(view, "home" if view.get("type") == "home" else "modal")
    else:
        blocks = message.get("blocks") if isinstance(message, dict) else call.json("blocks")
        found = blockkit.problems(blocks, "message")
    errors = [{"pointer": p.pointer, "code": p.rule, "message": p.message} for p in found]
    return {"errors": errors}


def _trigger(call: Call) -> str:
    return call.text("trigger_id") or call.need("interactivity_pointer")


def _found(call: Call) -> Json:
    key = "view_id" if call.text("view_id") else "external_id"
    wanted = call.need(key)
    for view in views.everywhere(call.world):
        if view["id" if key == "view_id" else "external_id"] == wanted:
            return view
    raise Refused("not_found")


def _same_hash(call: Call, view: Json) -> None:
    if call.text("hash") and call.text("hash") != view["hash"]:
        raise Refused("hash_conflict")


METHODS = {
    "views.open": Method(open_view, "4"),
    "views.push": Method(push_view, "4"),
    "views.update": Method(update_view, "4"),
    "views.publish": Method(publish_view, "4"),
    "blocks.validate": Method(validate_blocks, "special", caller="none"),
}
