"""HTTP in: Slack's requests, and the two questions a load balancer asks."""

from collections.abc import Callable

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

LARGEST = 1_000_000
"""Bytes of a request that are read; Slack's are far smaller."""

log = structlog.get_logger()


def web(bolt: App, is_ready: Callable[[], str]) -> Starlette:
    """The ASGI application. `is_ready` gives the reason why not, or nothing."""

    async def events(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response("Too large", 413)
        if not request.headers.get("x-slack-request-timestamp", "").isdecimal():
            return Response("Not signed by Slack", 401)  # Bolt stumbles over any other word
        try:
            incoming = BoltRequest(
                body=body, query=str(request.query_params), headers=dict(request.headers)
            )
            return _answer(await run_in_threadpool(bolt.dispatch, incoming))
        except Exception as error:  # before any listener: it has no shape that Slack sends
            log.warning("a request that cannot be read", error=type(error).__name__)
            return Response("Cannot be read", 400)

    async def healthz(_: Request) -> Response:
        return JSONResponse({"ok": True})

    async def readyz(_: Request) -> Response:
        reason = await run_in_threadpool(is_ready)
        if reason:
            return JSONResponse({"ready": False, "reason": reason}, 503)
        return JSONResponse({"ready": True})

    return Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
        ]
    )


async def _body(request: Request) -> str | None:
    """The body as text; None when it is larger than any of Slack's."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST:
            return None
    return content.decode("utf-8", errors="replace")


def _answer(answer: BoltResponse) -> Response:
    response = Response(answer.body, answer.status)
    for name, values in answer.headers.items():
        for value in values:
            response.headers.append(name, value)
    return response
