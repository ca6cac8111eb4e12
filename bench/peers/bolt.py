"""A bare Bolt app whose listeners do nothing, behind the same server as ours."""

import os
import re
import socket

import uvicorn
from slack_bolt import Ack, App, BoltRequest
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ANYTHING = re.compile(".*")
OPTION = "The only one"
"""What its pickers offer."""
GIVEN = ("SLACK_API_URL", "SLACK_SIGNING_SECRET")
"""Settings that it has in common with the bot."""


def bare(slack: str, secret: str) -> Starlette:
    """Acknowledges whatever comes, and does nothing about it."""
    client = WebClient("xoxb-sandbox", slack)
    app = App(client=client, signing_secret=secret, token_verification_enabled=False)
    for listen in (app.action, app.command, app.view):
        listen(ANYTHING)(_empty)
    app.options(ANYTHING)(_one)

    async def events(request: Request) -> Response:
        incoming = BoltRequest(body=(await request.body()).decode(), headers=dict(request.headers))
        answer = await run_in_threadpool(app.dispatch, incoming)
        return Response(answer.body, answer.status)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


def _empty(ack: Ack) -> None:
    ack()


def _one(ack: Ack) -> None:
    ack(options=[{"text": {"type": "plain_text", "text": OPTION}, "value": OPTION}])


def main() -> None:
    app = bare(*(os.environ[name] for name in GIVEN))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        config = uvicorn.Config(app, log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
