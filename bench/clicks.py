"""A thousand clicks at once on one card, by fifty people, on three replicas of one PostgreSQL."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.policy import Person
from bench.costs import since, spent
from bench.load import Answer, at_once, interaction, listening
from bench.row import Row
from bench.stage import POSTGRES, Stage, stage
from bench.sums import spread
from bot.errors import STANDS
from bot.office import Office
from sandbox.slack import payloads
from store import queries
from store.tables import Progress
from tests.processes import until

ASKER = "U0ANA"
WISH = {"template": "cam_100001", "name": "Benchmark", "title": "10% off", "discount_value": "10"}
TRUE = [f"Too late: {STANDS[state]}" for state in ("granted", "spent")]
LONGEST = 3.0
"""Seconds after which Slack shows the person a failure."""
QUIET = 100
"""Tenths of a second without any answer, after which no more are waited for."""


def run(people: int = 50, clicks: int = 1_000, replicas: int = 3) -> Iterator[Row]:
    """One row: until the last of them has its answer."""
    with stage(POSTGRES) as at, at.office() as office:
        crowd = at.people(people)
        asker = {"id": ASKER, "name": "ana"}
        with at.replicas(replicas) as bots:
            request, card = waiting(at, office)
            urls = [bot.url for bot in bots]
            asyncio.run(storm(urls, at.secret, card, [asker], replicas))
            before = spent()
            acks, told = asyncio.run(storm(urls, at.secret, card, crowd, clicks))
            cpu = since(before)
            until(lambda: at_rest(office, request), "it is carried out", 120)
            clickers = [crowd[n % people]["id"] for n in range(clicks)]
            with office.store.look() as tx:
                trail = Counter(entry.kind for entry in queries.audit_of(tx, request))
                asked = queries.request_seen(tx, request)
                approvers = [each.person for each in queries.approvals(tx, asked)] if asked else []
            created = len(at.http.get(f"{at.api}/_/state").json()["created"])
        outcome = Outcome(acks, told, clickers, trail, approvers, created, cpu)
        yield row(outcome, replicas, slowest_bare(at, card, crowd, clicks, replicas))


def waiting(at: Stage, office: Office) -> tuple[str, Mapping[str, Any]]:
    """A request on record, and its card once it can be decided on."""
    request = office.desk(_member).ask("campaign.create", WISH, actor=ASKER).id

    def cards() -> list[dict[str, Any]]:
        found = at.cards("C0APPROVALS")
        return [card for card in found if button(card)]

    until(cards, "a card that can be approved")
    return request, cards()[0]


def button(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """The button that approves, as the card has it."""
    rows = [block for block in card["blocks"] if block["type"] == "actions"]
    each = [(row, one) for row in rows for one in row["elements"]]
    found = [one | {"block_id": row["block_id"]} for row, one in each]
    return next((one for one in found if one["action_id"] == "approve"), {})


async def storm(
    urls: Sequence[str],
    secret: str,
    card: Mapping[str, Any],
    crowd: Sequence[dict[str, Any]],
    clicks: int,
    *,
    hears: bool = True,
) -> tuple[list[Answer], dict[int, tuple[float, str]]]:
    """Everybody presses, again and again: how that is acknowledged, and what each is told when."""
    async with listening() as ear:
        presses = [
            interaction(secret, pressed(card, crowd[n % len(crowd)], f"{ear.url}/{n}"))
            for n in range(clicks)
        ]
        began, quiet = time.perf_counter(), 0
        acks = await at_once(urls, presses)
        while hears and len(ear.heard) < clicks - 1 and quiet < QUIET:
            before = len(ear.heard)
            await asyncio.sleep(0.1)
            quiet = quiet + 1 if len(ear.heard) == before else 0
    return acks, {int(n): (at - began, words) for n, (at, words) in ear.heard.items()}


def pressed(card: Mapping[str, Any], user: dict[str, Any], reply_to: str) -> dict[str, Any]:
    """What Slack sends when this person presses that button."""
    one = button(card)
    place = {
        "type": "message",
        "message_ts": card["ts"],
        "channel_id": card["channel"],
        "is_ephemeral": False,
    }
    return payloads.interaction(
        "block_actions",
        user,
        actions=[{**one, "action_ts": payloads.now()}],
        container=place,
        channel={"id": card["channel"], "name": "approvals"},
        message={key: value for key, value in card.items() if key != "channel"},
        state={"values": {}},
        trigger_id=f"1.2.{user['id']}",
        response_url=reply_to,
    )


def slowest_bare(
    at: Stage,
    card: Mapping[str, Any],
    crowd: Sequence[dict[str, Any]],
    clicks: int,
    count: int,
) -> float:
    """The slowest acknowledgement of bare Bolt apps under the same load."""
    with at.bare(count) as urls:
        asyncio.run(storm(urls, at.secret, card, crowd, count, hears=False))
        acks, _ = asyncio.run(storm(urls, at.secret, card, crowd, clicks, hears=False))
    assert all(ack.status == 200 for ack in acks), Counter(ack.status for ack in acks)
    return max(ack.took for ack in acks)


@dataclass(frozen=True)
class Outcome:
    """What came of the clicks, by what people were told and by what is on record."""

    acks: Sequence[Answer]
    told: Mapping[int, tuple[float, str]]
    clickers: Sequence[str]
    """Who made each click."""
    trail: Counter[str]
    approvers: Sequence[str]
    created: int
    cpu: Mapping[str, float]

    @property
    def unanswered(self) -> list[int]:
        return [n for n in range(len(self.clickers)) if n not in self.told]

    @property
    def true(self) -> int:
        """How many were told what is so; whose yes counted learns it from the card."""
        return sum(words in TRUE for _, words in self.told.values())

    @property
    def effects(self) -> int:
        """What happened, of which there should be one."""
        return max(self.created, self.trail["granted"], self.trail["done"])


def row(found: Outcome, replicas: int, baseline: float) -> Row:
    answers, acks = [at for at, _ in found.told.values()], [ack.took for ack in found.acks]
    slowest, counted = max(answers, default=math.inf), [found.clickers[n] for n in found.unanswered]
    return Row(
        "clicks",
        slowest,
        "s until the last answer",
        {
            "one effect": found.effects == 1,
            "a true answer to everybody else": found.true == len(found.clickers) - 1,
            "who hears nothing has agreed": counted == list(found.approvers),
            "every decline on record": found.trail["declined"] == found.true + replicas,
            f"answers under {LONGEST:g} s": slowest < LONGEST,
            f"acknowledged under {LONGEST:g} s": max(acks) < LONGEST,
        },
        baseline,
        {
            "clicks": len(found.clickers),
            "people": len(set(found.clickers)),
            "effects": found.effects,
            "answers": Counter(words for _, words in found.told.values()),
            "answers_s": spread(answers) if answers else {},
            "acks_s": spread(acks),
            "cpu_s": found.cpu,
            "statuses": Counter(str(ack.status) for ack in found.acks),
            "baseline": "slowest acknowledgement of bare Bolt apps with empty listeners",
        },
    )


def at_rest(office: Office, request: str) -> bool:
    """Whether what was agreed to has been carried out."""
    with office.store.look() as tx:
        return [run.state for run in queries.operations_of(tx, request)] == [Progress.DONE]


def _member(id: str) -> Person:
    return Person(id=id, name="Ana Costa")
