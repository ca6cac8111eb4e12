"""A searching picker over ten thousand campaigns: how soon it has its options."""

import asyncio
import json
import time
from collections.abc import Iterator

from bench.load import Answer, interaction, send
from bench.peers.bolt import OPTION
from bench.row import Row
from bench.stage import PATIENCE, SQLITE, Stage, stage
from bench.sums import percentile, spread
from sandbox.slack import payloads
from tests.processes import until

LONGEST_MS = 300
TYPED = ("sum", "coffee", "Ghent", "brunch", "cam_20", "waffles Bruges", "late", "zzz", "", "w")
ANA = {"id": "U0ANA", "name": "ana"}


def run(campaigns: int = 10_000, searches: int = 300, at_once: int = 5) -> Iterator[Row]:
    """One row: what 99 of 100 searches do not exceed."""
    with stage(SQLITE) as at:
        at.http.post(f"{at.api}/_/reset", json={"campaigns": campaigns}).raise_for_status()
        with at.replicas(1) as bots:
            url = bots[0].url
            until(lambda: opened(at, url), "campaigns are known", PATIENCE)
            answers = asyncio.run(searching(at, url, searches, at_once))
        with at.bare(1) as urls:
            bare = asyncio.run(searching(at, urls[0], searches, at_once))
    took, theirs = [each.took * 1000 for each in answers], [each.took * 1000 for each in bare]
    assert all(each.status == 200 for each in [*answers, *bare]), "a search failed"
    p99 = percentile(took, 0.99)
    yield Row(
        "picker",
        p99,
        "ms, p99",
        {f"under {LONGEST_MS} ms": p99 < LONGEST_MS},
        percentile(theirs, 0.99),
        {
            "campaigns": campaigns,
            "searches": searches,
            "at_once": at_once,
            "ms": spread(took),
            "offered": sum(map(offered, answers)) / len(answers),
            "baseline": f"a bare Bolt app that always offers the one option “{OPTION}”",
        },
    )


async def searching(at: Stage, url: str, searches: int, at_once: int) -> list[Answer]:
    """Several people type, each the next search when the one before is answered."""
    waiting = [typed(at, TYPED[n % len(TYPED)]) for n in range(searches)]
    found: list[Answer] = []

    async def person() -> None:
        while waiting:
            found.append(await send(url, waiting.pop()))

    await asyncio.gather(*(person() for _ in range(at_once)))
    return found


def opened(at: Stage, url: str) -> int:
    """How many options there are for somebody who has only opened it."""
    time.sleep(0.2)
    return offered(asyncio.run(send(url, typed(at, ""))))


def typed(at: Stage, query: str) -> bytes:
    """What Slack sends when somebody types into the picker of a form."""
    place = {"block_id": "campaign", "action_id": "lookup:campaign.list"}
    view = {"id": "V0BENCH", "type": "modal", "callback_id": "form", "blocks": []}
    payload = payloads.interaction(
        "block_suggestion",
        ANA,
        value=query,
        container={"type": "view", "view_id": view["id"]},
        view=view,
        **place,
    )
    return interaction(at.secret, payload)


def offered(answer: Answer) -> int:
    """How many options it has."""
    return len(json.loads(answer.body or b"{}").get("options", []))
