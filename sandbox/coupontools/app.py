"""The HTTP face of the account: keys, bodies, envelopes, and trouble when it was asked for."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sandbox.coupontools import (
    campaigns,
    control,
    directories,
    loyalty,
    messages,
    rest,
    sessions,
    single_use,
    subaccounts,
    webhooks,
)
from sandbox.coupontools.account import Account, today
from sandbox.coupontools.answers import Failure, failure, no_such_call, success, wrong_keys
from sandbox.coupontools.faults import Fault
from sandbox.coupontools.profiles import DOCUMENTED, Profile
from sandbox.coupontools.rules import Params
from sandbox.coupontools.sessions import Handler
from sandbox.coupontools.world import World

KEYS = ("client_id", "client_secret")
HIDDEN = {*KEYS, "password"}
QUERIED = ("GET", "HEAD", "DELETE")
SINGLE_PUSH = "/v3/coupon/pushnotification/single"

# Typed from the reference by hand, and from nothing else: a client with a wrong path must fail.
CALLS: Mapping[str, Handler] = {
    "/v4/subaccount/list": subaccounts.list_subaccounts,
    "/v4/subaccount": subaccounts.subaccount_info,
    "/v4/subaccount/create": subaccounts.create_subaccount,
    "/v4/subaccount/update": subaccounts.update_subaccount,
    "/v3/subaccount/reset/url": subaccounts.reset_url,
    "/v3/subaccount/sso": subaccounts.subaccount_sso,
    "/v3/account/sso": subaccounts.account_sso,
    "/v3/teammate/sso": subaccounts.teammate_sso,
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
    "/v3/multiplecouponsession/update": sessions.update_many,
    "/v3/singleuse/create": single_use.create,
    "/v3/singleuse/delete": single_use.delete,
    "/v3/multiplesingleuse/create": single_use.create_many,
    "/v3/loyalty/list": loyalty.list_cards,
    "/v3/loyalty/info": loyalty.card_info,
    "/v3/loyaltyusers/list": loyalty.list_users,
    "/v3/loyaltyusers/update": loyalty.update_user,
    "/v3/loyaltyusers/create": loyalty.create_user,
    "/v3/loyaltyusers/link": loyalty.link_user,
    "/v3/loyaltyusers/search": loyalty.search_users,
    "/v3/loyalty/pushnotification/single": loyalty.push_single,
    "/v3/loyalty/pushnotification/all": loyalty.push_all,
    "/v3/directory/list": directories.list_directories,
    "/v3/directory/info": directories.directory_info,
    "/v3/directory/campaigns": directories.directory_campaigns,
    "/v3/directoryusers/list": directories.list_users,
    "/v3/directoryusers/update": directories.update_user,
    "/v3/category/list": directories.list_categories,
    "/v3/category/main/list": directories.list_main_categories,
    "/v3/send/email": messages.send_email,
    "/v3/send/sms": messages.send_sms,
    "/v3/smstool/grouplist": messages.list_sms_groups,
    "/v3/smstool/userlist": messages.sms_contacts,
    "/v3/smstool/addgroup": messages.create_sms_group,
    "/v3/smstool/addcontact": messages.add_sms_contact,
    "/v3/emailtool/grouplist": messages.list_email_groups,
    "/v3/webhook/create": webhooks.create_webhook,
    "/v3/webhook/list": webhooks.list_webhooks,
    "/v3/webhook/delete": webhooks.delete_webhook,
    "/v3/webhook/verification": webhooks.verification,
}


def create(profile: str = DOCUMENTED) -> Starlette:
    """The sandbox as an application; its `state.world` is what it remembers."""
    world = World(profile)

    async def api(request: Request) -> Response:
        fault = world.faults.next_for(request.url.path)
        try:
            body = b"" if fault.drop == "amid" else await request.body()
        except ClientDisconnect:  # half a request is none
            return Response(status_code=400)
        return await _answer(world, request, body, fault)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    app = Starlette(routes=[*control.routes(world), Route("/{path:path}", api, methods=methods)])
    app.state.world = world
    return app


async def _answer(world: World, request: Request, body: bytes, fault: Fault) -> Response:
    path, sent = request.url.path, _sent(request, body)
    call: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(),
        "method": request.method,
        "path": path,
        "body": _without(sent, HIDDEN),
        "status": None,
    }
    world.calls.append(call)
    if fault.drop in ("amid", "before"):
        await asyncio.sleep(fault.delay_s)
        return await _hang_up(request)
    if fault.answers and fault.drop is None:
        response = _troubled(world.profile, fault)
    else:
        response = await run_in_threadpool(_carried_out, world, request, sent)
    await asyncio.sleep(fault.delay_s)
    if fault.drop == "after":
        return await _hang_up(request)
    if fault.drop == "half":
        return _Half(response, request)
    call["status"] = response.status_code
    return _shortened(response, fault.short) if fault.short else response


def _carried_out(world: World, request: Request, sent: Any) -> Response:
    path = request.url.path
    if found := rest.matches(path):
        return _at_rest(world, request, found, sent)
    if path not in CALLS:
        return _json(world.profile, no_such_call(404, "Not Found."), 404)
    if request.method not in (verbs := world.profile.verbs(path)):
        words = f"Method Not Allowed. Use {verbs[0]}."
        return _json(world.profile, no_such_call(405, words), 405)
    params = sent if isinstance(sent, dict) else None
    try:
        with world.lock:
            account = world.opened_by(_keys(request.headers, params or {}))
            if account is None:
                return _json(world.profile, wrong_keys(), 401)
            _refuse_expired(account)
            if params is None:
                raise Failure((300, "Incorrect value: the body is neither JSON nor a form"))
            given = world.profile.heard(path, _without(params, {*KEYS}))
            payload = CALLS[path](account, given)
            world.tell(account)
            return _json(world.profile, success(payload))
    except Failure as wrong:
        refused = failure(wrong.problems, beside=path == SINGLE_PUSH)
        return _json(world.profile, refused, 422)


def _at_rest(world: World, request: Request, found: list[rest.Match], sent: Any) -> Response:
    """A call in the other dialect."""
    match = rest.called(found, request.method)
    if match is None:
        return rest.answer({"message": "Method Not Allowed"}, 405)
    with world.lock:
        account = world.opened_by(rest.keys(request.headers, client_keys=world.profile.client_keys))
        if account is None or _expired(account):
            return rest.unauthorized()
        return rest.carried_out(account, match, sent)


def _sent(request: Request, body: bytes) -> Any:
    """What came as a query, as JSON or as a form; none when it is nothing of these."""
    if request.method in QUERIED:
        return rest.nested(parse_qsl(request.url.query, keep_blank_values=True))
    try:
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        return json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        return None


def _without(sent: Any, hidden: set[str]) -> Any:
    if isinstance(sent, list):
        return [_without(each, hidden) for each in sent]
    if not isinstance(sent, dict):
        return sent
    return {name: value for name, value in sent.items() if name not in hidden}


def _keys(headers: Mapping[str, str], params: Params) -> tuple[str, str]:
    """Keys come as headers or as parameters: one of the two places is enough."""
    if "x-client-id" in headers or "x-client-secret" in headers:
        return headers.get("x-client-id", ""), headers.get("x-client-secret", "")
    return str(params.get(KEYS[0], "")), str(params.get(KEYS[1], ""))


def _refuse_expired(account: Account) -> None:
    if _expired(account):
        raise Failure((101, "Account expired"))


def _expired(account: Account) -> bool:
    return account.expiry != "" and account.expiry < today()


def _troubled(profile: Profile, fault: Fault) -> Response:
    """The answer of a fault: an envelope when it names a code, else what a gateway would say."""
    if rest.matches(fault.path) and fault.error_code is not None:
        response = _troubled_at_rest(fault)
    elif fault.error_code is None:
        status = fault.status or 429
        response = Response(f"HTTP {status}", status, media_type="text/plain")
    elif fault.error_code == 1000:
        response = _json(profile, wrong_keys(), fault.status or 401)
    else:
        words = "Refused on request."
        beside = fault.path == SINGLE_PUSH
        told = failure(((fault.error_code, words),), beside=beside)
        response = _json(profile, told, fault.status or 422)
    if fault.retry_after is not None:
        response.headers["Retry-After"] = f"{fault.retry_after:g}"
    return response


def _troubled_at_rest(fault: Fault) -> Response:
    if fault.error_code == 1000:
        return rest.unauthorized()
    return rest.answer({"message": "Refused on request."}, fault.status or 422)


class _Half(Response):
    """An answer that breaks off in the middle of its body."""

    def __init__(self, whole: Response, request: Request) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))
        self._request = request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  ASGI
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        half = self.body[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _hang_up(self._request, at_once=False)


async def _hang_up(request: Request, *, at_once: bool = True) -> Response:
    """Cut the TCP connection; the server then has nobody to answer, and logs nothing."""
    cycle: Any = getattr(request.receive, "__self__", None)
    if cycle is None:
        raise RuntimeError("a connection can only be dropped when a real server holds it")
    cycle.transport.abort() if at_once else cycle.transport.close()
    while (await request.receive())["type"] != "http.disconnect":
        continue
    return Response()


def _shortened(response: Response, count: int) -> Response:
    """The same answer, without its last records."""
    body = json.loads(bytes(response.body))
    body["data"] = body["data"][:-count]
    return Response(json.dumps(body), response.status_code, media_type="application/json")


def _json(profile: Profile, envelope: dict[str, Any], status: int = 200) -> Response:
    body, status = profile.spoken(envelope, status)
    return Response(json.dumps(body), status, media_type="application/json")
