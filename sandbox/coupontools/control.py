"""The control API under `/_/`: what was called and is held, trouble, events, a fresh start."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.coupontools import areas, storms, webhooks
from sandbox.coupontools.account import Account, Session
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.campaigns import item
from sandbox.coupontools.faults import Fault
from sandbox.coupontools.world import World

BY_HAND = ("name", "title", "status", "expiry")
SIZES = ("seed", "campaigns", "sessions", "balance")


def routes(world: World) -> list[Route]:
    def calls(_: Request) -> JSONResponse:
        return JSONResponse([*world.calls])

    def state(_: Request) -> JSONResponse:
        with world.lock:
            return JSONResponse(holds(world.account))

    def faults(wish: Any) -> dict[str, Any]:
        world.faults.add(Fault.read(wish))
        return {}

    def event(wish: Any) -> dict[str, Any]:
        return _happens(world, wish)

    def change(wish: Any) -> dict[str, Any]:
        return _changes(world, wish)

    def reset(wish: Any) -> dict[str, Any]:
        wanted = {**wish} if isinstance(wish, dict) else wish
        profile = wanted.pop("profile", None) if isinstance(wish, dict) else None
        world.reset(profile, **_sizes(wanted))
        return {}

    return [
        Route("/_/calls", calls),
        Route("/_/state", state),
        Route("/_/faults", _asked(faults), methods=["POST"]),
        Route("/_/event", _asked(event), methods=["POST"]),
        Route("/_/storm", _asked(lambda wish: storms.rages(world, wish)), methods=["POST"]),
        Route("/_/courier", _asked(lambda wish: storms.habit(world, wish)), methods=["POST"]),
        Route("/_/change", _asked(change), methods=["POST"]),
        Route("/_/reset", _asked(reset), methods=["POST"]),
    ]


def _asked(act: Callable[[Any], dict[str, Any]]) -> Callable[[Request], Awaitable[JSONResponse]]:
    """An endpoint that acts on what it is sent, or says what is wrong with that."""

    async def endpoint(request: Request) -> JSONResponse:
        try:
            wish = json.loads(await request.body() or b"{}")
            done = await run_in_threadpool(act, wish)
        except ValueError as error:
            return _wrong(str(error))
        except Failure as refused:
            return _wrong(" ".join(words for _, words in refused.problems))
        return JSONResponse({"ok": True, **done})

    return endpoint


def _happens(world: World, wish: Any) -> dict[str, Any]:
    """An event on demand; what is told, and the endpoints that are told."""
    with world.lock:
        happened = webhooks.happening(world.account, wish)
        told_as = str(wish.get("as") or "")
        told, parcels = webhooks.event_of(
            world.account, world.courier.habits, *happened, told_as=told_as
        )
        for parcel in parcels:
            world.courier.send(parcel)
        return {"event": told, "to": [parcel.endpoint for parcel in parcels]}


def _changes(world: World, wish: Any) -> dict[str, Any]:
    """Somebody changes a campaign by hand, on the pages of Coupontools."""
    if not isinstance(wish, dict) or wish.keys() - {"campaign", *BY_HAND}:
        raise ValueError(f"of a campaign, only {', '.join(BY_HAND)} are changed")
    new = {name: wish[name] for name in BY_HAND if name in wish}
    if not all(isinstance(value, str) for value in new.values()):
        raise ValueError(f"{', '.join(BY_HAND)} are text")
    with world.lock:
        campaign = world.account.campaigns.get(str(wish.get("campaign")))
        if campaign is None:
            raise ValueError("there is no such campaign")
        for name, value in new.items():
            setattr(campaign, name, value)
        return item(campaign)


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
        **areas.holds(account),
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
