"""HTTP in: Slack's requests, and the two questions a load balancer asks."""

from collections.abc import Callable

from slack_bolt import App, BoltRequest, BoltResponse
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

LARGEST = 1_000_000
"""Bytes of a request that are read; Slack's are far smaller."""


def web(bolt: App, is_ready: Callable[[], str]) -> Starlette:
    """The ASGI application. `is_ready` gives the reason why not, or nothing."""

    async def events(request: Request) -> Response:
        if int(request.headers.get("content-length", 0) or 0) > LARGEST:
            return Response("Too large", 413)
        body = (await request.body()).decode("utf-8", errors="replace")
        incoming = BoltRequest(
            body=body, query=str(request.query_params), headers=dict(request.headers)
        )
        return _answer(await run_in_threadpool(bolt.dispatch, incoming))

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


def _answer(answer: BoltResponse) -> Response:
    response = Response(answer.body, answer.status)
    for name, values in answer.headers.items():
        for value in values:
            response.headers.append(name, value)
    return response
