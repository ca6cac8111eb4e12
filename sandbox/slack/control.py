"""The control API under /_/: what tests, demos and the page do and see."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.slack import acts, filling, members, presses, snapshot, workflows
from sandbox.slack.box import Sandbox
from sandbox.slack.shapes import Impossible, Json

Act = Callable[[Sandbox, Json], Awaitable[Json]]
KEEP_ALIVE = 15.0


async def faults(box: Sandbox, wish: Json) -> Json:
    """Trouble to come; or `over`: none any more."""
    box.faults.clear() if wish.get("over") else box.faults.add(wish)
    return {"ok": True}


async def reset(box: Sandbox, _: Json) -> Json:
    box.reset()
    return {"ok": True}


async def blocks(box: Sandbox, wish: Json) -> Json:
    """Be a workspace that does not know these blocks yet, until the next reset."""
    with box.world.lock:
        box.world.unknown_blocks = {str(kind) for kind in wish["unknown"]}
    return {"ok": True}


async def redeliver(box: Sandbox, wish: Json) -> Json:
    """Send a recorded delivery again; its answer is shown, and changes nothing."""
    index = int(wish["index"])
    if not 0 <= index < len(box.courier.records):
        raise Impossible(f"delivery_not_found: {index}")
    answer = await box.courier.again(index)
    shown: Json = {"ok": answer.error is None, "status": answer.status, "answer": answer.body}
    return {**shown, "error": answer.error} if answer.error else shown


async def member(box: Sandbox, wish: Json) -> Json:
    """Put somebody, or the bot, into a channel or out of it."""
    world, room = box.world, box.world.room(wish["channel"])
    if room is None:
        raise Impossible(f"channel_not_found: {wish['channel']}")
    names = {user["name"]: user["id"] for user in world.users.values()}
    user = names.get(wish["user"], wish["user"])
    with world.lock:
        room["members"] = [one for one in room["members"] if one != user]
        if wish.get("member", True):
            room["members"].append(user)
        world.changed()
    return {"ok": True, "channel": room}


ACTS: dict[str, Act] = {
    "command": acts.command,
    "shortcut": acts.shortcut,
    "home": acts.home,
    "say": acts.say,
    "step": workflows.step,
    "menu": workflows.menu,
    "clock": workflows.clock,
    "submit": filling.submit,
    "close": filling.close,
    "press": presses.press,
    "options": presses.options,
    "faults": faults,
    "reset": reset,
    "blocks": blocks,
    "redeliver": redeliver,
    "person": members.person,
    "member": member,
    "usergroup": members.usergroup,
}


async def act(request: Request) -> Response:
    """Run one of the acts; what is not possible is a 404, what is not said a 400."""
    run = ACTS.get(request.path_params["act"])
    if run is None:
        return JSONResponse({"ok": False, "error": "not_found"}, 404)
    box: Sandbox = request.app.state.sandbox
    box.world.base_url = str(request.base_url)
    try:
        wish = json.loads(await request.body() or b"{}")
        return JSONResponse(await run(box, wish))
    except Impossible as no:
        return JSONResponse({"ok": False, "error": str(no)}, 404)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        text = f"bad_request: {type(wrong).__name__} {wrong}"
        return JSONResponse({"ok": False, "error": text}, 400)


async def state(request: Request) -> Response:
    """All of it, or what `only` names: a long history takes a while to write down."""
    box: Sandbox = request.app.state.sandbox
    box.world.base_url = str(request.base_url)
    whole, only = snapshot.state(box.world), request.query_params.get("only")
    return JSONResponse({only: whole[only]} if only in whole else whole)


async def deliveries(request: Request) -> Response:
    return JSONResponse(list(request.app.state.sandbox.courier.records))


async def steps(request: Request) -> Response:
    """What Workflow Builder offers of the app; asked for apart, as there may be many."""
    return JSONResponse(snapshot.steps(request.app.state.sandbox.world))


async def stream(request: Request) -> Response:
    """One line for each change, as server-sent events."""
    world = request.app.state.sandbox.world

    async def lines() -> AsyncIterator[str]:
        changed = asyncio.Event()
        watcher = (asyncio.get_running_loop(), changed)
        world.watchers.add(watcher)
        try:
            while True:
                changed.clear()
                yield f"data: {json.dumps({'version': world.version})}\n\n"
                while not changed.is_set():
                    try:
                        await asyncio.wait_for(changed.wait(), KEEP_ALIVE)
                    except TimeoutError:
                        yield ": still here\n\n"
        finally:
            world.watchers.discard(watcher)

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)


async def coupontools(request: Request) -> Response:
    """What the other sandbox remembers, so that the page needs one address only."""
    box: Sandbox = request.app.state.sandbox
    if box.coupontools is None:
        return JSONResponse({"ok": False, "error": "no coupontools sandbox"}, 404)
    address = f"{box.coupontools.rstrip('/')}/_/{request.path_params['what']}"
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            answer = await client.get(address)
    except httpx.HTTPError:
        return JSONResponse({"ok": False, "error": "coupontools does not answer"}, 502)
    return Response(answer.content, answer.status_code, media_type="application/json")


ROUTES = [
    Route("/_/state", state),
    Route("/_/deliveries", deliveries),
    Route("/_/steps", steps),
    Route("/_/stream", stream),
    Route("/_/coupontools/{what:str}", coupontools),
    Route("/_/{act:str}", act, methods=["POST"]),
]
