"""A bot that dies while webhooks come in and are checked."""

import multiprocessing
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.app import build
from tests.dying import NEVER, Fate, doomed
from tests.world import settings_for

MAIN = "main"


def _child(addresses: tuple[str, str, str], bodies: Sequence[bytes], fatal: int, told: Any) -> None:
    """Take in what comes, and look at it; says after each that its sender was answered."""
    fate = Fate(fatal)
    doomed(fate)
    inbox = build(settings_for(*addresses), lambda: datetime.now(UTC)).office.inbox
    fate.armed = True
    for number, body in enumerate(bodies):
        inbox.keep(MAIN, body, {})
        told.send(number)
    inbox.check()
    fate.armed = False
    told.send(("passed", fate.passed))


def die(
    addresses: tuple[str, str, str], bodies: Sequence[bytes], fatal: int = NEVER
) -> tuple[int | None, list[int], int]:
    """Its exit code, whose senders were answered, and the places it passed (or 0)."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.dying_hooks"])
    listening, telling = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(addresses, bodies, fatal, telling))
    process.start()
    telling.close()
    answered, passed = [], 0
    while True:
        try:
            said = listening.recv()
        except EOFError:
            break
        if isinstance(said, tuple):
            passed = said[1]
        else:
            answered.append(said)
    process.join(120)
    code = process.exitcode
    listening.close()
    process.close()
    return code, answered, passed
