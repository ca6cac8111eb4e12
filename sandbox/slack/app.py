"""The sandbox as a web application: Web API, control API, sockets, files and the page."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from sandbox.slack import answers, control, webapi
from sandbox.slack.box import Sandbox
from sandbox.slack.deliver import Courier
from sandbox.slack.faults import Fault
from sandbox.slack.limits import Limits
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi import files
from sandbox.slack.world import Timing, World

PAGE = Path(__file__).parent.parent / "workspace"


def create(
    bot_url: str | None,
    signing_secret: str,
    manifest: Json | None = None,
    coupontools: str | None = None,
    *,
    rate_limits: bool = True,
    timing: Timing | None = None,
) -> Starlette:
    """A workspace that talks to the bot at `bot_url`, or over Socket Mode when that is None."""
    timing = timing or Timing()
    courier = Courier(bot_url, signing_secret, timing)
    box = Sandbox(World(manifest, timing), courier, Limits(rate_limits), coupontools=coupontools)
    routes = [
        *control.ROUTES,
        Route("/api/{method:str}", api, methods=["GET", "POST"]),
        Route("/upload/v1/{file:str}", upload, methods=["POST", "PUT"]),
        Route("/files/{file:str}", download),
        Route("/response/{token:str}", respond, methods=["POST"]),
        WebSocketRoute("/socket/{name:str}", socket),
        Route("/", page),
        Mount("/static", StaticFiles(directory=PAGE, check_dir=False)),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await courier.close()

    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.sandbox = box
    return app


async def api(request: Request) -> Response:
    """One call of the Web API."""
    box: Sandbox = request.app.state.sandbox
    box.world.base_url = str(request.base_url)
    name = request.path_params["method"]
    try:
        args = await _arguments(request)
    except ValueError:
        return JSONResponse({"ok": False, "error": "invalid_json"})
    token = str(args.pop("token", "") or "")
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else token
    fault = box.faults.take(name)
    if fault is not None:
        await asyncio.sleep(fault.delay_s)
        if fault.fails:
            return _failed(fault)
    try:
        body = webapi.answer(box.world, box.limits, name, args, token)
    except webapi.TooFast as too_fast:
        return _rate_limited(too_fast.seconds)
    method = webapi.METHODS.get(name)
    headers = {"x-oauth-scopes": ",".join(sorted(box.world.scopes))}
    if method and method.scope:
        headers["x-accepted-oauth-scopes"] = method.scope
    return JSONResponse(body, headers=headers)


async def upload(request: Request) -> Response:
    """The bytes of a file, plain or as a form."""
    world = request.app.state.sandbox.world
    content = await request.body()
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        content = _form_file(content, kind)
    with world.lock:
        problem = files.receive(world, request.path_params["file"], content)
    if problem:
        return PlainTextResponse(problem, 400)
    return PlainTextResponse(f"OK - {len(content)}")


async def download(request: Request) -> Response:
    world = request.app.state.sandbox.world
    name = request.path_params["file"]
    if name not in world.contents or "pending" in world.files[name]:
        return PlainTextResponse("file_not_found", 404)
    file = world.files[name]
    quoted = json.dumps(file["name"]).encode("ascii", "replace").decode()
    headers = {"content-disposition": f"inline; filename={quoted}"}
    return Response(world.contents[name], media_type=file["mimetype"], headers=headers)


async def respond(request: Request) -> Response:
    """A message for a response address: five within half an hour."""
    box: Sandbox = request.app.state.sandbox
    fault = box.faults.take("response_url")
    if fault is not None:
        await asyncio.sleep(fault.delay_s)
        if fault.fails:
            return _failed(fault)
    ticket = box.world.responses.get(request.path_params["token"])
    if ticket is None or time.monotonic() - ticket.issued > answers.LIFETIME:
        return JSONResponse({"ok": False, "error": "expired_url"}, 404)
    if ticket.uses >= answers.MOST_USES:
        return JSONResponse({"ok": False, "error": "used_url"}, 404)
    try:
        body = await _arguments(request)
        with box.world.lock:
            answers.respond(box.world, ticket, body)
    except Refused as no:
        return JSONResponse(no.body(), 400)
    except ValueError:
        return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
    ticket.uses += 1
    return PlainTextResponse("ok")


async def socket(line: WebSocket) -> None:
    """A connection of Socket Mode, if its address was handed out and is new."""
    box: Sandbox = line.app.state.sandbox
    name = line.path_params["name"]
    if name not in box.world.sockets:
        await line.close()
        return
    box.world.sockets.discard(name)
    await box.courier.exchange.serve(line)


async def page(_: Request) -> Response:
    index = PAGE / "index.html"
    if not index.exists():
        return PlainTextResponse("The workspace page is not installed.", 404)
    return FileResponse(index, headers={"cache-control": "no-cache"})


async def _arguments(request: Request) -> Json:
    """Query, form and JSON, merged; forms may carry JSON in a field named payload."""
    args: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if not body:
        return args
    if "json" in kind:
        found = json.loads(body)
        return {**args, **found} if isinstance(found, dict) else args
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    if "payload" in fields:
        fields = json.loads(fields["payload"])
    return {**args, **fields}


def _form_file(body: bytes, kind: str) -> bytes:
    """The content of the one file in a multipart form."""
    message = Message()
    message["content-type"] = kind
    boundary = b"--" + str(message.get_param("boundary")).encode()
    start = body.find(b"\r\n\r\n") + 4
    end = body.find(b"\r\n" + boundary, start)
    return body[start:end]


def _failed(fault: Fault) -> Response:
    """What a call looks like that was asked to fail."""
    if fault.retry_after is not None and fault.status in (None, 429):
        return _rate_limited(fault.retry_after)
    status = fault.status or 200
    error = fault.error or ("ratelimited" if status == 429 else "internal_error")
    return JSONResponse({"ok": False, "error": error}, status)


def _rate_limited(seconds: int) -> Response:
    headers = {"retry-after": str(seconds)}
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers)
