"""A backup of the database into one file, while the bot goes on working."""

import os
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

from store.copying import CannotCopy, copy
from store.db import Store


def backup(store: Store, file: Path) -> int:
    """Write all to a new file that only its owner may read; gives its bytes.

    Of SQLite it is a copy of the whole file, the engine's tables with it; of PostgreSQL a SQLite
    database with our rows, from which `vouchdesk db copy` brings them back.
    """
    _begin(file)
    try:
        if store.is_sqlite:
            _of_sqlite(Path(store.url.database or ""), file)
        else:
            _of_postgres(store, file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return file.stat().st_size


def _begin(file: Path) -> None:
    """The file, empty and ours alone: what it will hold is nobody else's business."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise CannotCopy(f"{file} is there already, and is not written over.") from None


def _of_sqlite(source: Path, file: Path) -> None:
    """SQLite's own way: one snapshot, for which no writer has to wait."""
    if not source.exists() or not source.stat().st_size:
        raise CannotCopy(f"There is no database at {source}.")
    with closing(connect(source, timeout=30)) as rows, closing(connect(file)) as into:
        rows.backup(into)
        into.execute("PRAGMA journal_mode=DELETE")  # one file, without one for the log beside it


def _of_postgres(store: Store, file: Path) -> None:
    into = Store(f"sqlite:///{file}")
    try:
        copy(store, into)
        with closing(into.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA journal_mode=DELETE")
    finally:
        into.close()
