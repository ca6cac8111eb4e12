"""The control API under `/_/`: what was called, what the account holds, trouble, a fresh start."""

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.coupontools.account import Account, Session
from sandbox.coupontools.faults import Fault
from sandbox.coupontools.world import World

SIZES = ("seed", "campaigns", "sessions")


def routes(world: World) -> list[Route]:
    def calls(_: Request) -> JSONResponse:
        return JSONResponse([*world.calls])

    def state(_: Request) -> JSONResponse:
        with world.lock:
            return JSONResponse(holds(world.account))

    async def faults(request: Request) -> JSONResponse:
        try:
            world.faults.add(Fault.read(json.loads(await request.body())))
        except ValueError as error:
            return _wrong(str(error))
        return JSONResponse({"ok": True})

    async def reset(request: Request) -> JSONResponse:
        try:
            sizes = _sizes(json.loads(await request.body() or b"{}"))
        except ValueError as error:
            return _wrong(str(error))
        await run_in_threadpool(lambda: world.reset(**sizes))
        return JSONResponse({"ok": True})

    return [
        Route("/_/calls", calls),
        Route("/_/state", state),
        Route("/_/faults", faults, methods=["POST"]),
        Route("/_/reset", reset, methods=["POST"]),
    ]


def holds(account: Account) -> dict[str, Any]:
    """Counts, and what was done through the API; never a hundred thousand rows."""
    sessions = [*account.shorts.values()]
    marks = ("saved", "opened", "claimed", "validated", "voided", "locked", "single_use")
    return {
        "campaigns": [
            {
                "ID": each.id,
                "name": each.name,
                "status": each.status,
                "sessions": len(each.sessions),
                "saved": sum(session.saved for session in each.sessions),
            }
            for each in account.campaigns.values()
        ],
        "sessions": {
            "count": len(sessions),
            **{mark: sum(bool(getattr(one, mark)) for one in sessions) for mark in marks},
            "created": [_made(session) for session in account.made],
        },
        "pushes": account.pushes,
        "batches": account.batches,
        "created": account.created,
        "updates": account.updates,
        "deleted": account.deleted,
    }


def _made(session: Session) -> dict[str, Any]:
    return {
        "campaign": session.campaign.id,
        "session": session.code,
        "own_validation_code": session.own_code,
        "customid": session.customid,
        **session.person._asdict(),
    }


def _sizes(given: Any) -> dict[str, int]:
    if not isinstance(given, dict) or given.keys() - set(SIZES):
        raise ValueError(f"only {', '.join(SIZES)} are known")
    sizes = {name: value for name, value in given.items() if value is not None}
    if not all(type(value) is int and value >= 0 for value in sizes.values()):
        raise ValueError(f"{', '.join(SIZES)} are whole numbers")
    return sizes


def _wrong(words: str) -> JSONResponse:
    return JSONResponse({"ok": False, "error": words}, 422)
