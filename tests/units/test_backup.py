"""Backups and moves: everything we keep, elsewhere, and nothing under way is lost or done twice."""

import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from test_cli import settings  # noqa: F401  a fixture

from store import schema
from store.backup import backup
from store.copying import CannotCopy, check_idle, copy
from store.db import Store
from store.tables import Account
from tests.conftest import named
from tests.console import vouchdesk
from tests.flows.elder import SCHEMAS, goes_on, lives_on, rows
from tests.world import World


@pytest.fixture
def other(database: str, postgres: str, tmp_path: Path) -> Iterator[str]:
    """An empty database of the other kind."""
    if not database.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/moved.db"
        return
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS moved WITH (FORCE)")
        admin.execute("CREATE DATABASE moved")
    yield named(postgres, "moved")


def test_what_is_under_way_goes_on_in_the_other_kind_of_database(world: World, other: str) -> None:
    lives_on(world, SCHEMAS[-1])
    here, there = Store(world.settings.database_url), Store(other)
    with pytest.raises(CannotCopy, match="vouchdesk db upgrade"):
        copy(here, there)
    schema.upgrade(here)
    check_idle(here)
    copied = copy(here, there)
    assert copied == {name: count for name, count in rows(here).items() if name in copied}
    assert copied == {name: count for name, count in rows(there).items() if name in copied}
    assert copied["app_step_run"] == 2
    with pytest.raises(CannotCopy, match="name an empty one"):
        copy(here, there)
    here.close()
    world.settings = world.settings.model_copy(update={"database_url": other})
    goes_on(world)
    if not there.is_sqlite:
        with pytest.raises(CannotCopy, match="stop it first"):
            check_idle(there)
    there.close()
    world.stops()


def test_a_backup_is_one_moment_of_a_bot_at_work(world: World, tmp_path: Path) -> None:
    world.bot.desk.ask("campaign.push_all", PUSH, actor="U0ANA")
    store, file = world.bot.office.store, tmp_path / "backup.db"
    with store.begin() as tx:
        tx.add(Account(name="too late", client_id="", client_secret=""))
        tx.flush()
        assert backup(store, file) == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("backup.db-*"))
    with pytest.raises(CannotCopy, match="not written over"):
        backup(store, file)
    kept = Store(f"sqlite:///{file}")
    with kept.look() as tx:
        assert tx.get(Account, "too late") is None
        assert tx.get(Account, "main") is not None
    kept.close()
    world.stops()
    world.settings = world.settings.model_copy(update={"database_url": f"sqlite:///{file}"})
    world.starts()
    world.tick()
    assert world.request().state == "waiting"
    world.stops()


PUSH = {"campaign": "cam_123456", "message": "Summer"}


def test_the_commands_say_what_they_did_and_what_is_in_the_way(
    settings: dict[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    done = vouchdesk(settings, "db", "backup", "none.db")
    assert (done.exit_code, "There is no database" in done.stderr) == (1, True)
    assert vouchdesk(settings, "db", "upgrade").exit_code == 0
    assert vouchdesk(settings, "db", "backup", "backup.db").stdout.endswith(" bytes in backup.db\n")
    moved = f"sqlite:///{tmp_path}/moved.db"
    with Store(settings["DATABASE_URL"]).alone():
        held = vouchdesk(settings, "db", "copy", moved)
    assert (held.exit_code, "Another Vouchdesk is running" in held.stderr) == (1, True)
    done = vouchdesk(settings, "db", "copy", moved)
    assert "Set DATABASE_URL to the other one." in done.stdout, done.stderr
    nowhere = vouchdesk(settings, "db", "copy", "postgresql://127.0.0.1:9/none")
    assert (nowhere.exit_code, nowhere.stderr.count("Traceback")) == (1, 0)
