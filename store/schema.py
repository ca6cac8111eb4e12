"""Bringing a database up to this release's schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from store.db import Store

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(store: Store, to: str = "head") -> None:
    """Bring our tables up to that revision; the engine's tables are its own affair."""
    with store.engine.begin() as connection:
        settings = Config()
        settings.set_main_option("script_location", str(SCRIPTS))
        settings.attributes["connection"] = connection
        command.upgrade(settings, to)


def revision(store: Store) -> tuple[str | None, str | None]:
    """The schema the database has, and the one this release wants."""
    settings = Config()
    settings.set_main_option("script_location", str(SCRIPTS))
    newest = ScriptDirectory.from_config(settings).get_current_head()
    with store.engine.connect() as connection:
        has = MigrationContext.configure(connection, opts={"version_table": "app_schema"})
        return has.get_current_revision(), newest
