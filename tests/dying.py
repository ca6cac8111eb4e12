"""A bot that dies at a given place: around its n-th commit that wrote, or its n-th call."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from dbos import DBOS
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

from actions.errors import Declined
from bot.app import Bot, build
from bot.settings import Settings
from store import queries
from store.lifecycle import TooLate
from store.tables import Progress
from tests.world import settings_for

NEVER = 10**9
WRITES = ("INSERT", "UPDATE", "DELETE")
PATIENCE = 60.0
PLACES = {"sqlite": 38, "postgres": 50}
"""More than there are to be killed at, as is checked in the stories; the engine's own vary."""


def turns(places: Mapping[str, int], each: int) -> list[tuple[str, int]]:
    """Where to be killed: one place of so many on SQLite, and one of twice as many on PostgreSQL.

    With `KILLS=all`, at each place of both.
    """
    of_all = os.environ.get("KILLS") == "all"
    steps = {"sqlite": 1 if of_all else each, "postgres": 1 if of_all else 2 * each}
    return [
        (kind, place)
        for kind, most in places.items()
        for place in range(steps[kind] // 2 + 1, most + 1, steps[kind])
    ]


Life = Callable[[Bot, Any], None]
"""What a bot does with what it is given, until nothing is left to do."""

MESSAGE = {"campaign": "cam_123456", "message": "Summer"}


@dataclass
class Fate:
    """Counts the places passed, and ends the process at the fatal one."""

    fatal: int
    passed: int = 0
    armed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pass_by(self) -> None:
        with self.lock:
            if not self.armed:
                return
            self.passed += 1
            if self.passed == self.fatal:
                os.kill(os.getpid(), signal.SIGKILL)


def doomed(fate: Fate) -> None:
    """Put a place before and after each commit that wrote, and each call of the API."""

    @event.listens_for(Engine, "after_cursor_execute")
    def wrote(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        # The engine looks for work by writing to no row, the more often the slower all else is.
        if statement.lstrip().upper().startswith(WRITES) and cursor.rowcount:
            connection.connection.info["wrote"] = True

    commit = DefaultDialect.do_commit

    def commit_between(dialect: Any, connection: Any) -> None:
        wrote_something = connection.info.pop("wrote", False)
        if wrote_something:
            fate.pass_by()
        commit(dialect, connection)
        if wrote_something:
            fate.pass_by()

    DefaultDialect.do_commit = commit_between  # type: ignore[method-assign]  # a fault, injected
    send = httpx.HTTPTransport.handle_request

    def send_between(transport: Any, request: httpx.Request) -> httpx.Response:
        fate.pass_by()
        answer = send(transport, request)
        answer.read()
        fate.pass_by()
        return answer

    httpx.HTTPTransport.handle_request = send_between  # type: ignore[method-assign]


def carry_through(bot: Bot, id: str) -> None:
    """From wherever the request stands: prepare, have it approved by two, mint, run, announce."""
    bot.jobs["prepare"][0]()
    for person in ("U0BO", "U0CY"):
        with bot.office.store.look() as tx:
            request = queries.request_seen(tx, id)
        version, reach = (request.version, str(request.reach)) if request else (0, "")
        try:
            bot.approvals.approve(id, version, actor=person, reached=reach)
        except (Declined, TooLate):
            continue  # it was decided before the process died
    bot.jobs["mint"][0]()
    rest(bot)
    bot.jobs["announce"][0]()


def rest(bot: Bot) -> None:
    """Wait until nothing is ready or running, and the engine has written that down too."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with bot.office.store.look() as tx:
            at_work = queries.operations_in(tx, Progress.READY, Progress.RUNNING)
        if not at_work and not DBOS.list_workflows(status=["ENQUEUED", "PENDING"]):
            return
        for job, _ in bot.engine.jobs.values():
            job()
        time.sleep(0.02)
    raise AssertionError("an operation does not come to rest")


def live(settings: Settings, given: Any, fate: Fate, life: Life = carry_through) -> int:
    """One life of a bot; gives how many places it passed, unless it dies."""
    bot = build(settings, lambda: datetime.now(UTC), poll=0.02)
    bot.start(beat=False)
    fate.armed = True
    life(bot, given)
    fate.armed = False
    bot.stop(beat=False)
    return fate.passed


def _child(addresses: tuple[str, str, str], given: Any, fatal: int, life: Life, told: Any) -> None:
    fate = Fate(fatal)
    doomed(fate)
    told.send(live(settings_for(*addresses), given, fate, life))


def die(
    addresses: tuple[str, str, str], given: Any, fatal: int = NEVER, life: Life = carry_through
) -> tuple[int | None, int]:
    """Run a bot in a process of its own. Gives its exit code, and the places it passed (or 0)."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.dying"])
    listening, telling = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(addresses, given, fatal, life, telling))
    process.start()
    telling.close()
    process.join(120)
    passed = listening.recv() if process.exitcode == 0 else 0
    listening.close()
    code = process.exitcode
    process.close()
    return code, passed
