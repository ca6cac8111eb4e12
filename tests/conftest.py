"""Fixtures: the sandboxes once, a fresh database and a bot for each test."""

import gc
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx
import psycopg
import pytest
import yaml
from sqlalchemy import Connection, Engine, delete, event, make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from bot.app import build
from sandbox.coupontools.app import create as coupontools
from sandbox.slack.app import create as slack
from store.tables import AuditEntry
from tests.chaos.ground import postgres as own_postgres
from tests.servers import Front, serving
from tests.world import SIGNING_SECRET, Api, Slack, World, settings_for

ROOT = Path(__file__).parent.parent
ON_BOTH = (
    *("store", "approval", "replicas", "restarting", "faults", "migrations", "model"),
    *("webhooks_in", "subscribing", "polling"),
    *("chain", "sealing"),
)
"""What depends on the database: told on both. Every other story is told on one of them, in turns;
`DATABASES=both` tells all of them on both."""


LONG = ("storm", "replicas", "model", "cli", "chain", "faults", "restarting")
"""Modules with stories of many seconds: begun last, everybody would wait for them in the end."""


MEMORY = Path("/dev/shm")  # noqa: S108  (whoever has none keeps files on the disk)
ROOM = 4 << 30
COMPILED: dict[Any, Any] = {}


def pytest_configure() -> None:
    """What each story would pay for anew, and none is about."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
    os.environ.pop("SSL_CERT_FILE", None)  # no certificates are read: nobody leaves this machine
    os.environ["SSL_CERT_DIR"] = str(ROOT / "tests")
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = lambda self, other: type(self) is type(other)
        dialect.__hash__ = lambda self: hash(type(self))
    event.listen(Engine, "engine_connect", _knows_what_is_compiled)


def pytest_collection_finish() -> None:
    """What is there now stays to the end: nobody looks through it for rubbish, again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _knows_what_is_compiled(connection: Connection) -> None:
    """A statement is compiled once for all databases of a kind, not once for each bot."""
    connection.execution_options(compiled_cache=COMPILED)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out every second telling, unless it is asked for; the longest stories begin first."""
    if os.environ.get("DATABASES") != "both":
        _tell_once(config, items)
    items[:] = dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def dealt(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """In an order of which each worker takes an even part: it begins with its share of the long."""
    long = [item for item in items if item.path.stem.removeprefix("test_") in LONG]
    long_ones = set(long)
    short = iter([item for item in items if item not in long_ones])
    order: list[pytest.Item] = []
    for worker in range(workers):
        part = (len(items) - len(order)) // (workers - worker)
        share = long[worker::workers]
        order += [*share, *islice(short, max(part - len(share), 0))]
    return [*order, *short]


def _tell_once(config: pytest.Config, items: list[pytest.Item]) -> None:
    told: dict[str, list[pytest.Item]] = {}
    for item in items:
        if _database_of(item) and item.path.stem.removeprefix("test_") not in ON_BOTH:
            story = item.nodeid.replace("sqlite", "").replace("postgres", "")
            told.setdefault(story, []).append(item)
    twice = {story: both for story, both in told.items() if len(both) == 2}
    left = {both[crc32(story.encode()) % 2] for story, both in twice.items()}
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


def _database_of(item: pytest.Item) -> str:
    """On which it is told; nothing for what needs none."""
    call = getattr(item, "callspec", None)
    return str(call.params.get("database", "")) if call else ""


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def api_server() -> Iterator[str]:
    with serving(coupontools()) as address:
        yield address


@pytest.fixture(scope="session")
def front() -> Iterator[tuple[Front, str]]:
    switch = Front()
    with serving(switch) as address:
        yield switch, address


@pytest.fixture(scope="session")
def slack_server(front: tuple[Front, str], api_server: str) -> Iterator[str]:
    manifest = yaml.safe_load((ROOT / "manifest.steps.yml").read_text())
    app = slack(f"{front[1]}/slack/events", SIGNING_SECRET, manifest, api_server, rate_limits=False)
    with serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def server() -> Iterator[Any]:
    """A PostgreSQL that a story may stop and start."""
    with own_postgres() as running:
        yield running


@pytest.fixture(scope="session")
def postgres(server: Any) -> str:
    """Its address. Nobody pulls the plug here, so that it need not wait for the disk."""
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")
    return str(server.get_uri())


def migrate(url: str) -> None:
    """Every table there is: ours, and the engine's; and nothing on record."""
    bot = build(settings_for("http://127.0.0.1:9", "http://127.0.0.1:9", url))
    bot.start(beat=False)
    with bot.office.store.begin() as tx:
        tx.execute(delete(AuditEntry))  # that there is an account, since this very moment
    bot.stop(beat=False)


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them, to be copied."""
    file = tmp_path_factory.mktemp("model") / "vouchdesk.db"
    migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as last:  # what is in its log is not copied
        last.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture(scope="session")
def postgres_model(postgres: str) -> str:
    """The name of such a database on the server."""
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute("CREATE DATABASE model")
    migrate(named(postgres, "model"))
    return "model"


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with all tables and nothing in them."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_model"), tmp_path / "vouchdesk.db")
        yield f"sqlite:///{tmp_path}/vouchdesk.db"
        return
    server, model = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_model")
    name = f"t{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {model} STRATEGY file_copy")
    yield named(server, name)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def named(server: str, database: str) -> str:
    """The address of a database on that server."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)


@pytest.fixture
def world(
    slack_server: str, api_server: str, http: httpx.Client, front: Any, database: str
) -> Iterator[World]:
    """A bot between a fresh Slack and a fresh Coupontools."""
    api, chat = Api(api_server, http), Slack(slack_server, http)
    api.reset()
    chat.does("reset")
    made = World(chat, api, settings_for(slack_server, api_server, database), front[0])
    made.starts()
    yield made
    made.stops()
