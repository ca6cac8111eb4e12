"""The Web API: every method, behind the same gate of token, scope and pace."""

from sandbox.slack import cast
from sandbox.slack.limits import Limits
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi import basics, chat, conversations, files, modals, people, workflows
from sandbox.slack.webapi.call import Call, Method
from sandbox.slack.world import World

METHODS: dict[str, Method] = {
    **basics.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **modals.METHODS,
    **people.METHODS,
    **workflows.METHODS,
}


WORKFLOW_TOKEN = 900.0
"""Seconds that the token of a step lives."""


class TooFast(Exception):
    """Called too often; tells how many seconds to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def answer(world: World, limits: Limits, name: str, args: Json, token: str) -> Json:
    """What Slack answers to a call; TooFast when it does not look at it at all."""
    try:
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        _admit(world, method, token)
        where = str(args.get("channel", "")) if method.tier == "message" else ""
        wait = limits.wait(name, method.tier, where)
        if wait:
            raise TooFast(wait)
        with world.lock:
            return {"ok": True, **method.run(Call(world, args, token))}
    except Refused as no:
        return no.body()


def _admit(world: World, method: Method, token: str) -> None:
    """Let a call in: the right kind of token, and the scope."""
    if method.caller == "none":
        return
    if not token:
        raise Refused("not_authed")
    if token in world.tokens:
        _still_good(world, token)
    elif token not in (cast.BOT_TOKEN, cast.APP_TOKEN):
        raise Refused("invalid_auth")
    app_level = token == cast.APP_TOKEN
    if method.caller != "any" and app_level != (method.caller == "app"):
        raise Refused("not_allowed_token_type")
    if method.scope and method.scope not in world.scopes:
        provided = ",".join(sorted(world.scopes))
        raise Refused("missing_scope", needed=method.scope, provided=provided)


def _still_good(world: World, token: str) -> None:
    """The token of a step dies with the step, and after a quarter of an hour."""
    execution, issued = world.tokens[token]
    running = world.executions[execution]["status"] == "running"
    if not running or world.monotonic() - issued > WORKFLOW_TOKEN:
        raise Refused("token_revoked")
