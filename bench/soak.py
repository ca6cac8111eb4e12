"""A day's work in ten minutes: what the process holds then, and whether it grows."""

import asyncio
import time
from collections.abc import Iterator

import psutil

from bench.ack import Json, command, opened, submission
from bench.load import at_once
from bench.operations import done
from bench.row import Row
from bench.stage import PATIENCE, SQLITE, Stage, stage
from bench.work import PACE
from bot.serve import free_port
from tests.processes import until

MOST_MIB, GROWTH = 200.0, 0.05
BETWEEN = 0.25
"""Seconds between one person's turn and the next one's."""


def run(minutes: float = 10) -> Iterator[Row]:
    """One row: memory in the end; the baseline is memory after the first third."""
    port = free_port()
    with stage(SQLITE, bot=port, vouchdesk_pace=PACE) as at, at.office() as office:
        with at.replicas(1, port) as bots:
            form, process = opened(at), psutil.Process(bots[0].process.pid)
            idle = mib(process)
            held = [mib(process) for _ in works(at, bots[0].url, form, minutes * 60)]
            until(lambda: done(office) >= len(held), "all that was asked for is done", PATIENCE)
        runs = done(office)
    third, end = held[len(held) // 3], held[-1]
    yield Row(
        "soak",
        end,
        "MiB in the end",
        {
            f"under {MOST_MIB:g} MiB": max(held) < MOST_MIB,
            f"grows by less than {GROWTH:.0%} after the first third": end < third * (1 + GROWTH),
        },
        third,
        {
            "minutes": minutes,
            "commands_and_forms": 2 * len(held),
            "operations_done": runs,
            "idle_mib": idle,
            "most_mib": max(held),
            "every_tenth_mib": held[:: max(len(held) // 10, 1)],
        },
    )


def works(at: Stage, url: str, form: Json, seconds: float) -> Iterator[int]:
    """Again and again somebody asks for help, and somebody hands in a form that runs at once."""
    end, turn = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        turn += 1
        both = [command(at), submission(at, form, str(turn))]
        answers = asyncio.run(at_once([url], both))
        assert all(each.status == 200 for each in answers), answers
        yield turn
        time.sleep(BETWEEN)


def mib(process: psutil.Process) -> float:
    return float(process.memory_info().rss / 2**20)
