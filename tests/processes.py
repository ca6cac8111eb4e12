"""Bots as they are really run: `vouchdesk serve`, each a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from sqlmodel import col, select

from bot.serve import free_port
from bot.settings import Settings
from store.db import Store
from store.tables import Operation

ROOT = Path(__file__).parent.parent
PATIENCE = 40.0
HTTP = httpx.Client(timeout=5, limits=httpx.Limits(max_keepalive_connections=0))
"""Made once: each is slow to make, and whoever waits asks often."""


class Served:
    """One `vouchdesk serve`."""

    def __init__(self, settings: Settings, folder: Path, port: int = 0) -> None:
        self.url = f"http://127.0.0.1:{(port := port or free_port())}"
        words = "import sys; from bot.cli import main; sys.argv[0] = 'vouchdesk'; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", words, "serve", "--http", f"127.0.0.1:{port}"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **named(settings)},
            cwd=folder,
            stderr=subprocess.DEVNULL,
        )

    @property
    def ready(self) -> tuple[int, dict[str, Any]]:
        """What a load balancer is told; 0 while nobody answers."""
        try:
            answer = HTTP.get(f"{self.url}/readyz")
            return answer.status_code, answer.json()
        except httpx.HTTPError:
            return 0, {}

    def begins(self) -> "Served":
        until(lambda: self.ready[0] == 200, "it is ready")
        return self

    def told(self, sign: signal.Signals) -> None:
        self.process.send_signal(sign)

    def ends(self) -> int:
        return self.process.wait(PATIENCE)


@contextmanager
def serving(settings: Settings, folder: Path, port: int = 0) -> Iterator[Served]:
    """Run one, and see that it is gone in the end."""
    served = Served(settings, folder, port)
    try:
        yield served
    finally:
        served.process.kill()
        served.process.wait()


def until(true: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


def runs(store: Store) -> list[Operation]:
    """All runs, as they stand now."""
    with store.look() as tx:
        return list(tx.exec(select(Operation).order_by(col(Operation.id))).all())


def named(settings: Settings) -> dict[str, str]:
    """As in the environment."""
    plain = {
        name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings
        if value not in (None, "")
    }
    return {name: value for name, value in plain.items() if value}
