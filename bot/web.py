"""HTTP in: Slack's requests, the two questions a load balancer asks, and figures."""

import time
from collections.abc import Awaitable, Callable
from threading import Event

import structlog
from prometheus_client import CONTENT_TYPE_LATEST
from slack_bolt import App, BoltRequest, BoltResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.watching import Watching
from store import queries
from store.db import Store

LARGEST = 1_000_000
"""Bytes of a request that are read; Slack's are far smaller."""

log = structlog.get_logger()


class Door:
    """Whether more may be sent to us: not once we have been told to stop."""

    def __init__(self, store: Store, is_lost: Callable[[], bool]) -> None:
        self._store, self._is_lost, self._closing = store, is_lost, Event()

    def close(self) -> None:
        """From now on the load balancer is to send people elsewhere; who comes is still served."""
        self._closing.set()

    @property
    def closing(self) -> bool:
        return self._closing.is_set()

    def why_not(self) -> str:
        """The reason why we are not ready; empty: we are."""
        if self.closing:
            return "draining"
        if self._is_lost():
            return "Another process has its place."
        try:
            with self._store.look() as tx:
                return "" if queries.accounts(tx) else "There is no Coupontools account."
        except SQLAlchemyError as error:
            return f"The database does not answer ({type(error).__name__})."


def web(bolt: App, door: Door, watching: Watching, *more: Route) -> Starlette:
    """The ASGI application, with `more` ways in."""

    async def events(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response("Too large", 413)
        if not request.headers.get("x-slack-request-timestamp", "").isdecimal():
            return Response("Not signed by Slack", 401)  # Bolt stumbles over any other word
        began = time.perf_counter()
        answer = await run_in_threadpool(_dispatched, bolt, watching, request, body)
        watching.metrics.acked(time.perf_counter() - began, answer.status_code)
        return answer

    async def healthz(_: Request) -> Response:
        return JSONResponse({"ok": True})

    async def readyz(_: Request) -> Response:
        # While it drains it says so at once, whatever the threads are busy with.
        reason = door.why_not() if door.closing else await run_in_threadpool(door.why_not)
        if reason:
            return JSONResponse({"ready": False, "reason": reason}, 503)
        return JSONResponse({"ready": True})

    return Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", _figures(watching)),
            *more,
        ]
    )


def _dispatched(bolt: App, watching: Watching, request: Request, body: str) -> Response:
    with watching.about("surface.slack"):
        try:
            incoming = BoltRequest(
                body=body, query=str(request.query_params), headers=dict(request.headers)
            )
            return _answer(bolt.dispatch(incoming))
        except Exception as error:  # before any listener: it has no shape that Slack sends
            log.warning("a request that cannot be read", error=type(error).__name__)
            return Response("Cannot be read", 400)


def _figures(watching: Watching) -> Callable[[Request], Awaitable[Response]]:
    async def figures(_: Request) -> Response:
        try:
            text = await run_in_threadpool(watching.metrics.text)
        except SQLAlchemyError as error:
            log.warning("figures cannot be read", error=type(error).__name__)
            return Response("The database does not answer.", 503)
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return figures


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
