"""Pushes that are due at given moments: how late each of them goes out, with us and with others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bench.stage import POSTGRES, SQLITE, Stage, stage
from bench.work import (
    APS,
    DURABLE,
    PACE,
    PROCRASTINATE,
    all_called,
    fresh,
    in_time,
    late,
    peer,
    put_down,
    soon,
)

Dues = Callable[[datetime], list[datetime]]
"""All moments, from the first one on."""

PEERS: Mapping[str, Sequence[str]] = {
    SQLITE: [APS, DURABLE],
    POSTGRES: [PROCRASTINATE, APS, DURABLE],
}
"""With whom we are compared on which database; the first is the baseline."""

NAMES = {
    APS: "APScheduler 3.11, SQLAlchemyJobStore",
    PROCRASTINATE: "Procrastinate",
    DURABLE: "DBOS by itself",
}


def lateness(dues: Dues, ahead: float) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """For each database, seconds that every push was late: ours as `vouchdesk`, and the peers'.

    The first one is due `ahead` seconds after everybody is ready.
    """
    for kind in (SQLITE, POSTGRES):
        with stage(kind, limits=True, vouchdesk_pace=PACE) as at:
            yield kind, {"vouchdesk": ours(at, dues, ahead)} | theirs(at, kind, dues, ahead)


def ours(at: Stage, dues: Dues, ahead: float) -> list[float]:
    """Of requests that everybody has agreed to, one for each moment."""
    with at.office() as office, at.replicas(1):
        moments = dues(soon(ahead))
        put_down(office, moments)
        in_time(office.now(), moments)
        return late(moments, all_called(at, len(moments)))


def theirs(at: Stage, kind: str, dues: Dues, ahead: float) -> dict[str, list[float]]:
    """Of the peers on that kind of database."""
    found: dict[str, list[float]] = {}
    for name in PEERS[kind]:
        fresh(at)
        moments = dues(soon(ahead))
        with peer(name, at, moments) as other:
            other.moment()
            in_time(other.moment(), moments)
            found[name] = late(moments, all_called(at, len(moments)))
    return found


def told(kind: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Which database it was, who the baseline is, and what the others took."""
    baseline, *others = PEERS[kind]
    return {
        "database": kind,
        "replicas": 1,
        "baseline": NAMES[baseline],
        "vouchdesk": found["vouchdesk"],
        **{NAMES[name]: found[name] for name in (baseline, *others)},
    }
