"""Codes by the hundred thousand, through the bot and the plain way: seconds and memory."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from actions.policy import Person
from actions.rules import APPROVER
from bench.costs import since, spent
from bench.stage import SQLITE, Stage, stage
from bot.office import Office
from store import queries
from store.tables import Consent, Progress, Request
from tests.processes import Served, until

ASKER, OTHER = "U0ANA", "U0BO"
LEAST, PART = 10, 100_000
CODES = {
    "campaign": "cam_123456",
    "automated_codes": True,
    "code_prefix": "BENCH",
    "code_length": 10,
    "code_type": "numeric",
}
MIB = 1_048_576
LONGEST = 3_600.0


@dataclass(frozen=True)
class Taken:
    """One batch: from its first call until its last file was in Slack."""

    amount: int
    seconds: float
    waited: float
    """How long the API took, as the plain script has it."""
    bare: float
    """How long the plain script took."""
    idle: float
    peak: float
    """MiB of the bot, before and at the most."""
    bare_peak: float
    cpu: dict[str, float]

    @property
    def beyond(self) -> float:
        return self.seconds - self.waited

    @property
    def over(self) -> float:
        """How much longer it took than the plain script."""
        return self.seconds - self.bare

    @property
    def growth(self) -> float:
        return self.peak - self.idle

    @property
    def detail(self) -> dict[str, Any]:
        return {
            "codes": self.amount,
            "seconds": self.seconds,
            "api_seconds": self.waited,
            "plain_seconds": self.bare,
            "idle_mib": self.idle,
            "peak_mib": self.peak,
            "growth_mib": self.growth,
            "plain_peak_mib": self.bare_peak,
            "cpu_seconds": self.cpu,
        }


def taken(amount: int) -> Taken:
    """Order them through the bot; and with the plain script, on a sandbox of its own."""
    with stage(SQLITE) as at, at.office() as office, at.replicas(1) as (bot,):
        carried_out(at, office, LEAST)  # what is loaded once is loaded
        with watched(bot) as memory:
            before = spent()
            seconds = carried_out(at, office, amount)
            cpu = since(before)
    with stage(SQLITE) as at:
        plain = _plain(at, max(1, amount // PART), min(amount, PART))
    return Taken(
        amount=amount,
        seconds=seconds,
        waited=plain["waited"],
        bare=plain["seconds"],
        idle=memory[0],
        peak=max(memory),
        bare_peak=plain["mib"],
        cpu=cpu,
    )


def carried_out(at: Stage, office: Office, amount: int) -> float:
    """Ask, agree, wait; gives the seconds from the first call until the file is in Slack."""
    known, approvals = len(_files(at)), office.approvals(_somebody)
    request = office.desk(_somebody).ask(
        "single_use.create_many", CODES | {"amount": amount}, actor=ASKER
    )

    def stands() -> Request:
        with office.store.look() as tx:
            found = queries.request_seen(tx, request.id)
        assert found is not None
        return found

    until(lambda: stands().state is Consent.WAITING, "it waits for somebody", LONGEST)
    approvals.approve(request.id, stands().version, actor=OTHER)
    until(lambda: len(_files(at)) > known, "its file is there", LONGEST)
    ended = time.time()
    with office.store.look() as tx:
        [run] = queries.operations_of(tx, request.id)
        assert run.state is Progress.DONE, run.problem
        first = queries.step_runs(tx, run.id)[0]
    return ended - first.sent_at.timestamp()


def _files(at: Stage) -> list[Any]:
    return list(at.http.get(f"{at.slack}/_/state").json()["files"])


def _somebody(id: str) -> Person:
    return Person(id, id, roles=frozenset({APPROVER}))


@contextmanager
def watched(bot: Served) -> Iterator[list[float]]:
    """MiB of the bot, ten times a second."""
    process, over = psutil.Process(bot.process.pid), threading.Event()
    seen = [process.memory_info().rss / MIB]

    def watch() -> None:
        while not over.wait(0.1):
            seen.append(process.memory_info().rss / MIB)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _plain(at: Stage, calls: int, amount: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "bench.peers.codes", at.api, str(calls), str(amount)]
    told: dict[str, Any] = json.loads(subprocess.check_output(words))
    assert told["rows"] == calls * amount
    return told
