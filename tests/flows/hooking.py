"""What stories about webhooks have in common: leaving one at our door, and what became of it."""

from collections import Counter
from typing import Any

import httpx
from sqlmodel import col, select

from bot.hooks import PATH
from store.hooks import Event, Hook
from tests.world import World

VERIFICATION = "/v3/webhook/verification"


def address(world: World, base: str) -> str:
    """Our door, for the account of these stories."""
    return f"{base}{PATH}{world.bot.office.addresses.tokens(world.bot.desk.account())[0]}"


def leave(url: str, body: bytes | str, **headers: str) -> int:
    """Leave something there; the status it is answered with."""
    return httpx.post(url, content=body, headers=headers, timeout=30).status_code


def storm(world: World, **wish: Any) -> dict[str, Any]:
    """Events of the sandbox, as they would be sent."""
    answer = world.api.http.post(f"{world.api.url}/_/storm", json={"send": False, **wish})
    answer.raise_for_status()
    return dict(answer.json())


def leaves(url: str, told: dict[str, Any]) -> None:
    for parcel in told["parcels"]:
        headers = {"Content-Type": "application/json", **parcel["headers"]}
        assert leave(url, parcel["body"], **headers) == 200


def signs(world: World, **habits: Any) -> None:
    """How Coupontools signs and brings from now on."""
    world.api.http.post(f"{world.api.url}/_/courier", json=habits).raise_for_status()


def checks(world: World) -> None:
    """The job that looks at what waits."""
    world.bot.jobs["webhooks"][0]()


def found(world: World) -> list[Hook]:
    with world.bot.office.store.look() as tx:
        return list(tx.exec(select(Hook).order_by(col(Hook.id))).all())


def states(world: World) -> Counter[str]:
    return Counter(str(hook.state) for hook in found(world))


def events(world: World) -> list[Event]:
    with world.bot.office.store.look() as tx:
        return list(tx.exec(select(Event).order_by(col(Event.at))).all())


def asked(world: World) -> int:
    """How often Coupontools was called back."""
    return len(world.api.calls(VERIFICATION))
