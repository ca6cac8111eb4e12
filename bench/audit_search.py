"""Finding lines among a million of the record: by each filter there is, and by two at once."""

import random
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from actions.catalog import CATALOG
from bench.row import Row
from bench.stage import POSTGRES, SQLITE, database_of
from bench.sums import percentile, spread
from store import schema
from store.db import Store
from store.queries import record
from store.queries.record import Wanted
from store.tables import AuditEntry

LONGEST = 0.1
START = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = {"done": 300, "granted": 300, "read": 250, "declined": 120, "refused": 29, "broke glass": 1}
"""And how common each is."""
PEOPLE = [f"U{n:04}" for n in range(200)]
ACTIONS, CAMPAIGNS = list(CATALOG), 10_000


def run(lines: int = 1_000_000, asked: int = 300) -> Iterator[Row]:
    """One row for each kind of database; the baseline reads as many of the newest lines."""
    for kind in (SQLITE, POSTGRES):
        with database_of(kind) as url:
            store = Store(url)
            schema.upgrade(store)
            fill(store, lines)
            dice = random.Random(7)  # noqa: S311  the same questions each time
            took: dict[str, list[float]] = {name: [] for name in filters(dice, lines)}
            newest: list[float] = []
            for _ in range(asked):
                newest.append(timed(store, {}))
                for name, by in filters(dice, lines).items():
                    took[name].append(timed(store, by))
            store.close()
        every = [each for name in took.values() for each in name]
        slowest = percentile(every, 0.99)
        yield Row(
            f"audit_search_{kind}",
            slowest * 1000,
            "ms, p99",
            {f"under {LONGEST * 1000:g} ms": slowest < LONGEST},
            percentile(newest, 0.99) * 1000,
            {
                "lines": lines,
                "questions": len(every),
                "p99_ms_by": {name: percentile(each, 0.99) * 1000 for name, each in took.items()},
                "all_s": spread(every),
                "baseline": "the newest lines, without any filter",
            },
        )


def filters(dice: random.Random, lines: int) -> dict[str, dict[str, Any]]:
    """One question of each sort."""
    person, action = dice.choice(PEOPLE), dice.choice(ACTIONS)
    kind = dice.choice(list(KINDS))
    since = START + timedelta(seconds=dice.randrange(lines))
    return {
        "person": {"person": person},
        "action": {"action": action},
        "account": {"account": "main"},
        "request": {"request": name(dice.randrange(lines // 5))},
        "kind": {"kind": kind},
        "campaign": {"campaign": campaign(dice.randrange(CAMPAIGNS))},
        "since": {"since": since},
        "until": {"until": since},
        "a day": {"since": since, "until": since + timedelta(days=1)},
        "words": {"text": "too early"},
        "words nobody said": {"text": "nonsense"},
        "words of a person": {"person": person, "text": "nonsense"},
        "a page far back": {"below": dice.randrange(lines)},
        "person and kind": {"person": person, "kind": kind},
        "person and action": {"person": person, "action": action},
        "nobody": {"person": "U0NOBODY"},
    }


def timed(store: Store, by: Mapping[str, Any]) -> float:
    began = time.perf_counter()
    with store.look() as tx:
        record.page(tx, Wanted(**by))
    return time.perf_counter() - began


def fill(store: Store, lines: int) -> None:
    """So many of them, a second apart, five of each request."""
    dice = random.Random(1)  # noqa: S311
    kinds = dice.choices(list(KINDS), list(KINDS.values()), k=lines)
    rows = (
        {
            "at": START + timedelta(seconds=number),
            "actor": dice.choice(PEOPLE),
            "surface": "slack",
            "kind": kinds[number],
            "team": "T0",
            "account": "main",
            "action": dice.choice(ACTIONS),
            "campaign": campaign(number // 50 % CAMPAIGNS),
            "request": name(number // 5),
            "because": "Too early" if number % 1_000 == 0 else "",
        }
        for number in range(lines)
    )
    while part := list(islice(rows, 10_000)):
        with store.begin(patience=60) as tx:
            tx.execute(insert(AuditEntry), part)


def campaign(number: int) -> str:
    return f"cam_{number}"


def name(number: int) -> str:
    """A request's."""
    return f"req_{number:016x}"
