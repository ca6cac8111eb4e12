"""Bringing a database up to this release's schema.

Alembic is imported only when there is something to do: most starts need none of it.
"""

from pathlib import Path

from sqlalchemy import column, inspect, select, table

from store.db import Store

SCRIPTS = Path(__file__).parent / "migrations"
VERSION = "app_schema"
"""The table in which Alembic keeps the revision of our tables."""


def upgrade(store: Store, to: str = "head") -> None:
    """Bring our tables up to that revision; the engine's tables are its own affair."""
    has, newest = revision(store)
    if has == (newest if to == "head" else to):
        return
    from alembic import command
    from alembic.config import Config

    with store.engine.begin() as connection:
        settings = Config()
        settings.set_main_option("script_location", str(SCRIPTS))
        settings.attributes["connection"] = connection
        command.upgrade(settings, to)


def revision(store: Store) -> tuple[str | None, str]:
    """The schema the database has, and the one this release wants."""
    newest = max(script.name.partition("_")[0] for script in SCRIPTS.glob("versions/*_*.py"))
    with store.look() as tx:
        if not inspect(tx.connection()).has_table(VERSION):
            return None, newest
        return tx.execute(
            select(column("version_num")).select_from(table(VERSION))
        ).scalar(), newest
