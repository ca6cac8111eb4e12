"""A served bot that can be killed and put up again, with a clock that can be put forward."""

import multiprocessing
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bot.serve import free_port, serve
from bot.settings import Settings
from tests.processes import ROOT, named

CONTEXT = multiprocessing.get_context("forkserver")
PRELOADED = ["tests.chaos.replica", "tests.dying"]


@dataclass(frozen=True)
class Clock:
    """The time, as a file has put it forward; each process may be off by a little of its own."""

    file: Path
    skew: float = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead + self.skew)

    @property
    def ahead(self) -> float:
        return float(self.file.read_text())

    def jump(self, seconds: float) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(f"{self.ahead + seconds:.3f}")
        new.replace(self.file)  # nobody reads half a number


@dataclass
class Replica:
    """One `vouchdesk serve`, again and again."""

    settings: Settings
    clock: Clock
    log: Path
    port: int = field(default_factory=free_port)
    _process: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def begin(self, *, cold: bool = False) -> None:
        """Cold: everything is imported first, as a supervisor would start it."""
        where = f"127.0.0.1:{self.port}"
        if not cold:
            CONTEXT.set_forkserver_preload(PRELOADED)
            given = (self.settings, where, self.clock, self.log)
            self._process = CONTEXT.Process(target=_serve, args=given)
            self._process.start()
            return
        words = "from tests.chaos.replica import main; main()"
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", words, where, self.clock.file, str(self.clock.skew)],
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **named(self.settings)},
                cwd=self.log.parent,
                stderr=log,
            )

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def kill(self) -> bool:
        """Whether it lived until now."""
        if not self.is_up:
            return False
        self._process.kill()
        return self.ends() == -signal.SIGKILL

    def ends(self) -> int:
        """Wait for its end; how it came."""
        if isinstance(self._process, subprocess.Popen):
            return self._process.wait()
        self._process.join()
        return int(self._process.exitcode)

    @property
    def was_up(self) -> bool:
        return self._process is not None

    @property
    def is_up(self) -> bool:
        if isinstance(self._process, subprocess.Popen):
            return self._process.poll() is None
        return self._process is not None and self._process.is_alive()

    @property
    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False


def main() -> None:
    where, file, skew = sys.argv[1:]
    serve(Settings(), where, False, Clock(Path(file), float(skew)))


def _serve(settings: Settings, where: str, clock: Clock, log: Path) -> None:
    with log.open("a") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    serve(settings, where, False, clock)
