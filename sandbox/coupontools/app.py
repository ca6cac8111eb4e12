"""The HTTP face of the account: keys, bodies, envelopes, and trouble when it was asked for."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.coupontools import campaigns, control, sessions, single_use
from sandbox.coupontools.answers import Failure, failure, no_such_call, success, wrong_keys
from sandbox.coupontools.faults import Fault
from sandbox.coupontools.rules import Params
from sandbox.coupontools.sessions import Handler
from sandbox.coupontools.world import World

CLIENT_ID, CLIENT_SECRET = "sandbox-id", "sandbox-secret"
KEYS = ("client_id", "client_secret")
SINGLE_PUSH = "/v3/coupon/pushnotification/single"

# Typed from the reference by hand, and from nothing else: a client with a wrong path must fail.
CALLS: Mapping[str, Handler] = {
    "/v3/coupon/list": campaigns.list_campaigns,
    "/v3/coupon/info": campaigns.campaign_info,
    "/v3/coupon/create": campaigns.create_campaign,
    "/v3/coupon/pushnotification/all": campaigns.push_all,
    SINGLE_PUSH: campaigns.push_single,
    "/v3/campaign/data": sessions.usage("retrieve_all_data", "created"),
    "/v3/campaign/opens": sessions.usage("retrieve_opens", "opened"),
    "/v3/campaign/claims": sessions.usage("retrieve_claims", "claimed"),
    "/v3/campaign/validations": sessions.usage("retrieve_validations", "validated"),
    "/v3/campaign/search": sessions.search_in_campaign,
    "/v3/couponsession/data": sessions.session_data,
    "/v3/couponsession/search": sessions.search,
    "/v3/couponsession/update": sessions.update,
    "/v3/singleuse/create": single_use.create,
    "/v3/singleuse/delete": single_use.delete,
    "/v3/multiplesingleuse/create": single_use.create_many,
}


def create() -> Starlette:
    """The sandbox as an application; its `state.world` is what it remembers."""
    world = World()

    async def api(request: Request) -> Response:
        body = await request.body()
        return await _answer(world, request, body)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    app = Starlette(routes=[*control.routes(world), Route("/{path:path}", api, methods=methods)])
    app.state.world = world
    return app


async def _answer(world: World, request: Request, body: bytes) -> Response:
    path, fault = request.url.path, world.faults.next_for(request.url.path)
    params = _params(request.headers.get("content-type", ""), body)
    call: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(),
        "method": request.method,
        "path": path,
        "body": _without_keys(params),
        "status": None,
    }
    world.calls.append(call)
    if fault.drop == "before":
        await asyncio.sleep(fault.delay_s)
        return await _hang_up(request)
    if fault.answers and fault.drop is None:
        response = _troubled(fault)
    else:
        response = await run_in_threadpool(_carried_out, world, request, params)
    await asyncio.sleep(fault.delay_s)
    if fault.drop == "after":
        return await _hang_up(request)
    call["status"] = response.status_code
    return response


def _carried_out(world: World, request: Request, params: Params | None) -> Response:
    path = request.url.path
    if path not in CALLS:
        return _json(no_such_call(404, "Not Found."), 404)
    if request.method != "POST":
        return _json(no_such_call(405, "Method Not Allowed. Use POST."), 405)
    if not _let_in(request.headers, params or {}):
        return _json(wrong_keys(), 401)
    try:
        if params is None:
            raise Failure((300, "Incorrect value: the body is neither JSON nor a form"))
        with world.lock:
            return _json(success(CALLS[path](world.account, _without_keys(params) or {})))
    except Failure as wrong:
        return _json(failure(wrong.problems, beside=path == SINGLE_PUSH), 422)


def _params(kind: str, body: bytes) -> Params | None:
    """The body as parameters, from JSON or a form; none when it is neither."""
    try:
        if kind.startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        found = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _without_keys(params: Params | None) -> Params | None:
    if params is None:
        return None
    return {name: value for name, value in params.items() if name not in KEYS}


def _let_in(headers: Mapping[str, str], params: Params) -> bool:
    """Keys come as headers or as parameters: one of the two places is enough."""
    given = (headers.get("x-client-id"), headers.get("x-client-secret"))
    if given == (None, None):
        given = (params.get(KEYS[0]), params.get(KEYS[1]))
    return given == (CLIENT_ID, CLIENT_SECRET)


def _troubled(fault: Fault) -> Response:
    """The answer of a fault: an envelope when it names a code, else what a gateway would say."""
    if fault.error_code is None:
        status = fault.status or 429
        response = Response(f"HTTP {status}", status, media_type="text/plain")
    elif fault.error_code == 1000:
        response = _json(wrong_keys(), fault.status or 401)
    else:
        words = "Refused on request."
        beside = fault.path == SINGLE_PUSH
        told = failure(((fault.error_code, words),), beside=beside)
        response = _json(told, fault.status or 422)
    if fault.retry_after is not None:
        response.headers["Retry-After"] = f"{fault.retry_after:g}"
    return response


async def _hang_up(request: Request) -> Response:
    """Cut the TCP connection; the server then has nobody to answer, and logs nothing."""
    cycle: Any = getattr(request.receive, "__self__", None)
    if cycle is None:
        raise RuntimeError("a connection can only be dropped when a real server holds it")
    cycle.transport.abort()
    while (await request.receive())["type"] != "http.disconnect":
        continue
    return Response()


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, media_type="application/json")
