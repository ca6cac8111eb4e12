"""What an answer of the bot does to what a person sees; wrong answers are refused as by Slack."""

from sandbox.slack import blockkit, cast, views
from sandbox.slack.deliver import FAILED, Answer
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi.chat import message_blocks
from sandbox.slack.world import Ticket, World

LIFETIME = 1800
MOST_USES = 5


def shown(world: World, user: str, **more: object) -> Json:
    """What the person sees now: the top view, and whatever came with it."""
    answer: Json = {"ok": True, **{key: value for key, value in more.items() if value is not None}}
    upper = views.top(world, user)
    return {**answer, "view": upper} if upper else answer


def trouble(world: World, user: str, answer: Answer) -> Json:
    """The bot did not answer, or not in a way that can be shown."""
    return {**shown(world, user), "ok": False, "error": answer.error}


def unusable(world: World, user: str, answer: Answer, no: Refused) -> Json:
    """The bot answered, but with something Slack does not take."""
    detail = [no.error, *no.messages]
    answer.record.update(error=FAILED, detail=detail)
    return {**shown(world, user), "ok": False, "error": FAILED, "detail": detail}


def command(world: World, ticket: Ticket, body: Json) -> Json | None:
    """The message in the answer to a command, if there is one."""
    text, blocks = body.get("text") or "", message_blocks(world, body.get("blocks"))
    if not text and not blocks:
        return None
    if body.get("response_type") == "in_channel":
        return world.post(str(ticket.channel), cast.BOT["user_id"], str(text), blocks=blocks)
    return world.whisper(str(ticket.channel), ticket.user, str(text), blocks=blocks)


def submission(world: World, user: str, view: Json, body: Json) -> Json:
    """Close, correct, change or stack the view that was submitted."""
    action = body.get("response_action")
    match action:
        case None if not body:
            views.close(world, user, view)
            return {}
        case "clear":
            views.clear(world, user)
        case "errors":
            return {"response_action": action, "errors": _errors(view, body.get("errors"))}
        case "update":
            views.replace(world, view, views.checked(world, body.get("view"), "modal"))
        case "push":
            views.push(world, user, views.checked(world, body.get("view"), "modal"))
        case _:
            raise Refused("invalid_response_action", [f"not an answer to a submission: {body}"])
    return {"response_action": action}


def options(body: Json) -> Json:
    """The options in an answer, flat and in groups; Refused if no picker could show them."""
    groups = body.get("option_groups")
    if groups is None:
        found = body.get("options")
        problems = blockkit.option_problems(found)
        if problems:
            raise Refused("invalid_options", views.located(problems, ""))
        return {"options": found}
    if not isinstance(groups, list) or len(groups) > 100:
        raise Refused("invalid_options", ["between 0 and 100 option groups are allowed"])
    flat: list[Json] = []
    for group in groups:
        problems = blockkit.option_problems(group.get("options"))
        problems += list(blockkit.fits("PlainTextElement", group.get("label"), "/label"))
        if problems:
            raise Refused("invalid_options", views.located(problems, "/option_groups"))
        flat += group["options"]
    return {"options": flat, "option_groups": groups}


def respond(world: World, ticket: Ticket, body: Json) -> None:
    """A message sent to a response address: new, or in the place of the one it came from."""
    original = _original(world, ticket)
    if body.get("delete_original"):
        if original is None:
            raise Refused("message_not_found")
        kept = world.ephemerals if ticket.ephemeral else world.messages
        kept.remove(original)
        world.changed()
        return
    text, blocks = body.get("text") or "", message_blocks(world, body.get("blocks"))
    if not text and not blocks:
        raise Refused("no_text")
    if body.get("replace_original") and original is not None:
        world.rewrite(original, str(text), blocks or [])
        ticket.made = original
        return
    thread_ts = body.get("thread_ts")
    post = {"blocks": blocks, "thread_ts": thread_ts}
    if body.get("response_type") == "in_channel":
        ticket.made = world.post(str(ticket.channel), cast.BOT["user_id"], str(text), **post)
    else:
        ticket.made = world.whisper(str(ticket.channel), ticket.user, str(text), **post)


def _original(world: World, ticket: Ticket) -> Json | None:
    if ticket.message_ts is None:
        return None
    if not ticket.ephemeral:
        return world.message(ticket.channel, ticket.message_ts)
    found = (m for m in world.ephemerals if m["ts"] == ticket.message_ts)
    return next(found, None)


def _errors(view: Json, errors: object) -> Json:
    """Each error belongs under an input of this view."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise Refused("invalid_errors", ["errors must name at least one block"])
    wrong = [key for key in errors if key not in inputs]
    if wrong:
        raise Refused(
            "invalid_errors", [f"not an input block of this view: {key}" for key in wrong]
        )
    if not all(isinstance(text, str) and text for text in errors.values()):
        raise Refused("invalid_errors", ["every error must be a text"])
    return errors
