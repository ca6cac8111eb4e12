"""Many events at once: some told twice, some out of turn, some that nobody but a forger tells."""

import json
import random
from dataclasses import fields, replace
from typing import Any

from sandbox.coupontools import webhooks
from sandbox.coupontools.account import LETTERS, MIXED, Account, seconds, written
from sandbox.coupontools.courier import SIGNATURES, Event, Habits, Parcel
from sandbox.coupontools.lookups import campaign_of
from sandbox.coupontools.world import World

NUMBERS = ("count", "duplicates", "forged", "seed")
KNOWN = {*NUMBERS, "type", "campaign", "endpoint", "shuffle", "send"}
PLACE = "http://127.0.0.1:9/hook"


def habit(world: World, wish: Any) -> dict[str, Any]:
    """How parcels are signed and brought from now on."""
    names = {field.name for field in fields(Habits)}
    if not isinstance(wish, dict) or wish.keys() - names:
        raise ValueError(f"only {', '.join(sorted(names))} are known")
    if wish.get("signature", "hmac") not in SIGNATURES:
        raise ValueError(f"signature is one of {', '.join(SIGNATURES)}")
    world.courier.habits = replace(world.courier.habits, **wish)
    return {}


def rages(world: World, wish: Any) -> dict[str, Any]:
    """So many events, each of another session, in whatever order; without `send`, to be sent.

    Half of the forgeries name an event that there is not, half a true one with another session.
    """
    if not isinstance(wish, dict) or wish.keys() - KNOWN:
        raise ValueError(f"only {', '.join(sorted(KNOWN))} are known")
    numbers = {name: wish.get(name, 0) for name in NUMBERS}
    if not all(type(value) is int and value >= 0 for value in numbers.values()):
        raise ValueError(f"{', '.join(NUMBERS)} are whole numbers")
    chance = random.Random(numbers["seed"])  # noqa: S311  of a sandbox
    kind, place = wish.get("type", "coupon_claimed"), wish.get("endpoint", PLACE)
    with world.lock:
        account, habits = world.account, world.courier.habits
        named = wish.get("campaign")
        campaign = campaign_of(account, wish) if named else webhooks.first(account)
        sessions = account.add_sessions(campaign, numbers["count"])
        genuine = []
        for session in sessions:
            happened = webhooks.happening(account, {"type": kind, "session": session.code})
            told, _ = webhooks.event_of(account, habits, *happened)
            genuine.append(_parcel(account, habits, told, place))
        twice = chance.choices(genuine, k=numbers["duplicates"]) if genuine else []
        false = [_forged(account, chance, genuine, n, place) for n in range(numbers["forged"])]
    parcels = [*genuine, *twice, *false]
    if wish.get("shuffle"):
        chance.shuffle(parcels)
    if wish.get("send", True):
        for parcel in parcels:
            world.courier.send(parcel)
    told_of = [parcel.event.id for parcel in genuine]
    return {"events": told_of, "parcels": [_shown(parcel) for parcel in parcels]}


def _parcel(account: Account, habits: Habits, told: dict[str, Any], place: str) -> Parcel:
    body = json.dumps(told).encode()
    headers = habits.headers(body, account.keys[1])
    return Parcel(account.events[told["id"]], place, body, headers)


def _forged(
    account: Account, chance: random.Random, genuine: list[Parcel], number: int, place: str
) -> Parcel:
    """What a forger tells, who does not know the account's secret."""
    session = "".join(chance.choices(LETTERS, k=21))
    told = {
        "id": f"evt_{''.join(chance.choices(MIXED, k=20))}",
        "type": "coupon_claimed",
        "datetime": written(seconds()),
        "campaign": next(iter(account.campaigns)),
        "session": session,
    }
    if number % 2 and genuine:
        told = {**json.loads(chance.choice(genuine).body), "session": session}
    body = json.dumps(told).encode()
    headers = Habits("wrong").headers(body, account.keys[1])
    event = Event(told["id"], told["type"], seconds(), told["campaign"], session)
    return Parcel(event, place, body, headers)


def _shown(parcel: Parcel) -> dict[str, Any]:
    return {"body": parcel.body.decode(), "headers": parcel.headers}
