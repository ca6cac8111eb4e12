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


def run(people: int = 50, clicks: int = 1_000, replicas: int = 3, storms: int = 3) -> Iterator[Row]:
    """One row: until the last of them has its answer, in the middle one of several storms."""
    with stage(POSTGRES) as at, at.office() as office:
        crowd = at.people(people)
        with at.replicas(replicas) as bots:
            urls = [bot.url for bot in bots]
            found = [outcome(at, office, urls, crowd, clicks) for _ in range(storms)]
        yield row(found, replicas, slowest_bare(at, found[0].card, crowd, clicks, replicas))


def outcome(
    at: Stage, office: Office, urls: Sequence[str], crowd: Sequence[dict[str, Any]], clicks: int
) -> "Outcome":
    """One storm, on a card of its own."""
    made = len(at.http.get(f"{at.api}/_/state").json()["created"])
    request, card = waiting(at, office)
    asyncio.run(storm(urls, at.secret, card, [{"id": ASKER, "name": "ana"}], len(urls)))
    before = spent()
    acks, told = asyncio.run(storm(urls, at.secret, card, crowd, clicks))
    cpu = since(before)
    until(lambda: at_rest(office, request), "it is carried out", 120)
    with office.store.look() as tx:
        trail = Counter(entry.kind for entry in queries.audit_of(tx, request))
        asked = queries.request_seen(tx, request)
        approvers = [each.person for each in queries.approvals(tx, asked)] if asked else []
    created = len(at.http.get(f"{at.api}/_/state").json()["created"]) - made
    clickers = [crowd[n % len(crowd)]["id"] for n in range(clicks)]
    return Outcome(card, acks, told, clickers, trail, approvers, created, cpu)


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

    card: Mapping[str, Any]
    """As it was when all pressed."""
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

    @property
    def slowest(self) -> float:
        """Seconds until the last answer."""
        return max((at for at, _ in self.told.values()), default=math.inf)

    @property
    def acked(self) -> float:
        """Seconds of the slowest acknowledgement."""
        return max(ack.took for ack in self.acks)

    def counted(self, replicas: int) -> dict[str, bool]:
        """What has to hold, however fast."""
        silent = [self.clickers[n] for n in self.unanswered]
        return {
            "one effect": self.effects == 1,
            "a true answer to everybody else": self.true == len(self.clickers) - 1,
            "who hears nothing has agreed": silent == list(self.approvers),
            "every decline on record": self.trail["declined"] == self.true + replicas,
        }


def row(found: Sequence[Outcome], replicas: int, baseline: float) -> Row:
    """Each storm has to end well; of their times, the middle one's count."""
    each = [one.counted(replicas) for one in found]
    middle = sorted(found, key=lambda one: one.slowest)[len(found) // 2]
    return Row(
        "clicks",
        middle.slowest,
        "s until the last answer",
        {
            **{words: all(one[words] for one in each) for words in each[0]},
            f"answers under {LONGEST:g} s": middle.slowest < LONGEST,
            f"acknowledged under {LONGEST:g} s": max(one.acked for one in found) < LONGEST,
        },
        baseline,
        {
            "clicks": len(middle.clickers),
            "people": len(set(middle.clickers)),
            "effects": middle.effects,
            "answers": Counter(words for _, words in middle.told.values()),
            "each_storm_s": [one.slowest for one in found],
            "answers_s": spread([at for at, _ in middle.told.values()]),
            "acks_s": spread([ack.took for ack in middle.acks]),
            "cpu_s": middle.cpu,
            "statuses": Counter(str(ack.status) for one in found for ack in one.acks),
            "baseline": "slowest acknowledgement of bare Bolt apps with empty listeners",
        },
    )


def at_rest(office: Office, request: str) -> bool:
    """Whether what was agreed to has been carried out."""
    with office.store.look() as tx:
        return [run.state for run in queries.operations_of(tx, request)] == [Progress.DONE]


def _member(id: str) -> Person:
    return Person(id=id, name="Ana Costa")
