"""Ten thousand webhooks in a minute, some told twice, some forged; and what people type then."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.ack import command, ms
from bench.costs import since, spent
from bench.load import Answer, send
from bench.row import Row
from bench.stage import POSTGRES, SQLITE, Stage, stage
from bench.sums import percentile, spread
from bench.work import PACE
from bot.demo import sandbox
from bot.office import Office
from store import queries
from store.hooks import Check
from store.queries import hooks
from store.tables import Account
from tests.processes import until

LONGEST, SOON = 3.0, 10.0
TYPED = 5
"""Commands a second."""
WAYS = ((SQLITE, "hmac"), (POSTGRES, "hmac"), (POSTGRES, "call"))
PATIENCE = 900.0


def run(count: int = 10_000, seconds: float = 60.0, ways: Any = WAYS) -> Iterator[Row]:
    """A row for each database, and for each way of checking: a tenth twice, a tenth forged."""
    for database, way in ways:
        given = {"vouchdesk_webhook_check": way, "vouchdesk_webhook_calls": 60_000}
        with stage(database, vouchdesk_pace=PACE, **given) as at, at.office() as office:
            tenth = count // 10
            wish = {"count": count - 2 * tenth, "duplicates": tenth, "forged": tenth}
            told = at.http.post(
                f"{at.api}/_/storm", json={**wish, "send": False, "shuffle": True}
            ).json()
            with at.replicas(1) as bots:
                yield played(at, office, bots[0].url, told, seconds, f"{database}, {way}")


def played(
    at: Stage, office: Office, url: str, told: dict[str, Any], seconds: float, where: str
) -> Row:
    """The minute, what came of it, and the same minute at a bare door."""
    with office.store.look() as tx:
        account = queries.accounts(tx)[0]
    path = office.addresses.tokens(account)[0]
    letters = [letter(f"/webhooks/coupontools/{path}", parcel) for parcel in told["parcels"]]
    before, began = spent(), time.perf_counter()
    left, typed = asyncio.run(minute(url, letters, [command(at)], seconds))
    took = time.perf_counter() - began
    until(lambda: at_rest(office), "all are looked at", PATIENCE)
    settled, cpu = time.perf_counter() - began - took, since(before)
    with sandbox("bench.peers.door") as door:
        bare, _ = asyncio.run(minute(door, letters, [], seconds))
    return row(
        outcome(office, account, told),
        left,
        typed,
        bare,
        settled,
        {
            "where": where,
            "took_s": took,
            "cpu_s": cpu,
        },
    )


@dataclass(frozen=True)
class Outcome:
    """What is on record in the end."""

    genuine: set[str]
    counted: set[str]
    states: dict[str, int]


def outcome(office: Office, account: Account, told: dict[str, Any]) -> Outcome:
    with office.store.look() as tx:
        counted = hooks.happened(tx, account.name, told["events"])
        states = hooks.by_state(tx)
    return Outcome(set(told["events"]), counted, states)


def at_rest(office: Office) -> bool:
    with office.store.look() as tx:
        return not hooks.waiting(tx)


def letter(path: str, parcel: dict[str, Any]) -> bytes:
    """A whole HTTP request."""
    body = parcel["body"].encode()
    more = "".join(f"{name}: {value}\r\n" for name, value in parcel["headers"].items())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n{more}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return b"".join((head.encode(), body))


async def minute(
    url: str, letters: Sequence[bytes], commands: Sequence[bytes], seconds: float
) -> tuple[list[Answer], list[Answer]]:
    """All of them, spread evenly; and somebody who types all the while."""
    posts = asyncio.create_task(evenly(url, letters, seconds))
    typed = [*commands] * int(TYPED * seconds)
    said = asyncio.create_task(evenly(url, typed, seconds))
    return await posts, await said


async def evenly(url: str, requests: Sequence[bytes], seconds: float) -> list[Answer]:
    """Each at its moment, whether the one before it was answered or not."""
    began, goes = time.perf_counter(), []
    for number, request in enumerate(requests):
        ahead = began + number * seconds / len(requests) - time.perf_counter()
        if ahead > 0:
            await asyncio.sleep(ahead)
        goes.append(asyncio.create_task(send(url, request)))
    return list(await asyncio.gather(*goes))


def row(
    came: Outcome,
    left: Sequence[Answer],
    typed: Sequence[Answer],
    bare: Sequence[Answer],
    settled: float,
    detail: dict[str, Any],
) -> Row:
    acks, answers, theirs = ms(typed), ms(left), ms(bare)
    once = came.states.get(Check.COUNTED, 0) == len(came.genuine) == len(came.counted)
    by_call = detail["where"].endswith("call")
    return Row(
        "webhooks",
        percentile(answers, 0.99),
        "ms, p99 of the answer",
        {
            "each genuine one counted once": once,
            "every one is 200": all(each.status == 200 for each in (*left, *typed)),
            f"Slack acknowledged under {LONGEST:g} s": max(acks) < LONGEST * 1000,
            **({} if by_call else {f"counted within {SOON:g} s": settled < SOON}),
        },
        percentile(theirs, 0.99),
        {
            "webhooks": len(left),
            **detail,
            "settled_s": settled,
            "states": came.states,
            "acks_ms": spread(acks),
            "answers_ms": spread(answers),
            "baseline_ms": spread(theirs),
            "statuses": Counter(str(each.status) for each in left),
            "baseline": "a bare Starlette endpoint that only answers 200, behind the same server",
        },
    )
