"""`vouchdesk db`: bring the schema up to date, back up, move to another database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.console import Json, out, show_json, trouble
from bot.settings import Settings
from store import schema
from store.backup import backup as back_up
from store.copying import CannotCopy, check_idle, copy as copy_all
from store.db import Store, address

db = typer.Typer(no_args_is_help=True, help="The database.")


@db.command()
def upgrade() -> None:
    """Bring the database up to this release's schema."""
    with trouble(), _opened(Settings().database_url) as store:
        schema.upgrade(store)
        out.print(f"The schema is at {schema.revision(store)[0]}.")


@db.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file; nothing is written over.")],
    as_json: Json = False,
) -> None:
    """Write everything into one file, while the bot goes on working."""
    with trouble(), _opened(Settings().database_url) as store:
        size = back_up(store, file)
    if as_json:
        show_json({"file": str(file), "bytes": size})
    else:
        out.print(f"{size:,} bytes in {file}", highlight=False, markup=False)


@db.command()
def copy(
    url: Annotated[str, typer.Argument(help="The other database: sqlite:///… or postgresql://…")],
    as_json: Json = False,
) -> None:
    """Copy everything into another, empty database; no bot may run meanwhile.

    Then set DATABASE_URL to the other one: what was under way goes on there.
    """
    with trouble(), ExitStack() as held:
        here = Settings().database_url
        if address(here) == address(url):
            raise CannotCopy("That is the same database.")
        source, target = (held.enter_context(_opened(each)) for each in (here, url))
        for store in (source, target):
            held.enter_context(store.alone())
            check_idle(store)
        copied = copy_all(source, target)
    if as_json:
        show_json(copied)
    else:
        words = f"{sum(copied.values()):,} rows of {len(copied)} tables"
        out.print(f"{words} are copied. Set DATABASE_URL to the other one.", highlight=False)


@contextmanager
def _opened(url: str) -> Iterator[Store]:
    store = Store(url)
    try:
        yield store
    finally:
        store.close()
