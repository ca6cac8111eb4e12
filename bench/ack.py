"""How soon commands and forms are acknowledged, also while the bot has a lot to do."""

import asyncio
import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bench.load import Answer, at_once, interaction, signed
from bench.row import Row
from bench.stage import PATIENCE, POSTGRES, Stage, stage
from bench.sums import percentile, spread
from bench.work import ACTOR, PATH, WHERE, asker, put_down, soon, wish
from bot.office import Office
from bot.serve import free_port
from sandbox.slack import cast, payloads
from tests.processes import until

LONGEST, WIDEST = 3.0, 1.5
SHEET, SHEET_PATH = "single_use.create", "/v3/singleuse/create"
"""What the batch does."""
SLOW = 5.0
"""Seconds after which Coupontools answers while the bot is busy."""
ANA = {"id": ACTOR, "name": "ana"}
Json = dict[str, Any]
Acks = dict[str, list[Answer]]
"""What came back, by what was sent."""


def run(
    crowds: Sequence[int] = (1, 50, 200), rounds: int = 3, busy_with: int = 200
) -> Iterator[Row]:
    """A row for each number of people at once, and one for the most of them on a busy bot."""
    port = free_port()
    with stage(POSTGRES, bot=port) as at, at.office() as office:
        with at.replicas(1, port) as bots:
            form = opened(at)
            ours = {crowd: acks(at, bots[0].url, form, crowd, rounds) for crowd in crowds}
            with busy(at, office, busy_with):
                pressed = acks(at, bots[0].url, form, max(crowds), rounds)
        with at.bare(1) as urls:
            acks(at, urls[0], form, 2, 1)
            bare = {crowd: acks(at, urls[0], form, crowd, rounds) for crowd in crowds}
    for crowd in crowds:
        yield row(ours[crowd], bare[crowd], {"at_once": crowd})
    yield row(
        pressed,
        bare[max(crowds)],
        {"at_once": max(crowds), "busy_with": busy_with, "coupontools_s": SLOW},
    )


def row(ours: Acks, bare: Acks, detail: Json) -> Row:
    mine, theirs = (ms(*some.values()) for some in (ours, bare))
    answers = [each for some in (*ours.values(), *bare.values()) for each in some]
    p99, baseline = percentile(mine, 0.99), percentile(theirs, 0.99)
    is_busy = "busy_with" in detail
    narrow = {} if is_busy else {f"p99 within {WIDEST:g}×": p99 <= WIDEST * baseline}
    return Row(
        "ack",
        p99,
        "ms, p99",
        {
            **narrow,
            f"none over {LONGEST:g} s": max(mine) < LONGEST * 1000,
            "every one is 200": all(each.status == 200 for each in answers),
        },
        baseline,
        {
            **detail,
            **{f"{kind}_ms": spread(ms(some)) for kind, some in ours.items()},
            **{f"baseline_{kind}_ms": spread(ms(some)) for kind, some in bare.items()},
            "baseline": "a bare Bolt app with empty listeners, behind the same server",
        },
    )


def acks(at: Stage, url: str, form: Json, crowd: int, rounds: int) -> Acks:
    """Everybody at once, half of them with a command and half with a form; some rounds of it."""
    found: Acks = {"commands": [], "forms": []}
    for turn in range(max(rounds, 20 // crowd)):
        kinds = ["forms" if (turn + n) % 2 else "commands" for n in range(crowd)]
        sent = [
            submission(at, form, f"{turn}.{n}") if kind == "forms" else command(at)
            for n, kind in enumerate(kinds)
        ]
        for kind, answer in zip(kinds, asyncio.run(at_once([url], sent)), strict=True):
            found[kind].append(answer)
    return found


def ms(*several: Sequence[Answer]) -> list[float]:
    return [each.took * 1000 for some in several for each in some]


def opened(at: Stage) -> Json:
    """A form as the bot has drawn it, filled in."""
    text = f"campaign push campaign={WHERE['campaign']} couponsession={WHERE['couponsession']}"
    at.does("command", user="ana", channel="marketing", command="/coupon", text=text)

    def views() -> list[Json]:
        state = at.http.get(f"{at.slack}/_/state").json()
        return [view for view in state["views"] if view["callback_id"]]

    until(views, "the form is open", PATIENCE)
    view = views()[-1]
    message = next(iter(view["state"]["values"]["message"].values()))
    message["value"] = wish(0)["message"]
    return view


def command(at: Stage) -> bytes:
    """Somebody asks for help."""
    channel = {"id": "C0MARKETING", "name": "marketing"}
    return signed(at.secret, payloads.command(ANA, channel, "/coupon", "help", **_nowhere(at)))


def submission(at: Stage, form: Json, number: str) -> bytes:
    """Somebody hands in that form; each is another one."""
    view = copy.deepcopy(form) | {"id": f"V{number}", "root_view_id": f"V{number}"}
    more = {"trigger_id": "1.2.3", "response_urls": []}
    return interaction(at.secret, payloads.interaction("view_submission", ANA, view=view, **more))


@contextmanager
def busy(at: Stage, office: Office, count: int) -> Iterator[None]:
    """A batch and as many operations under way, and every call takes long."""
    for path in (PATH, SHEET_PATH):
        slow = {"path": path, "times": 10 * count, "delay_s": SLOW}
        at.http.post(f"{at.api}/_/faults", json=slow).raise_for_status()
    put_down(office, [soon(0)] * count)
    rows = [{"campaign": WHERE["campaign"], "customid": f"crm-{n}"} for n in range(count)]
    office.desk(asker).ask(SHEET, *rows, actor=ACTOR)
    until(lambda: at.http.get(f"{at.api}/_/calls").json(), "it is at work", PATIENCE)
    yield


def _nowhere(at: Stage) -> dict[str, str]:
    """Where an answer would go: it is not what is measured."""
    return {"response_url": f"{at.slack}/response/none", "trigger_id": f"1.2.{cast.TEAM['id']}"}
