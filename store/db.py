"""Transactions on SQLite or PostgreSQL: what one read stays true until it has written."""

import fcntl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlmodel import Session

from store import pools
from store.claims import Claims, is_first
from store.ending import ending
from store.syncing import Syncing, sync_log
from store.turns import take_turns

PATIENCE = 2.0
"""Seconds a person's click waits for a lock: Slack wants its answer within three."""

CACHE = "cache_size=-256"
"""KiB of a file that each connection keeps: there are dozens of them, and one system beneath."""


class DatabaseInUse(Exception):
    """Another Vouchdesk is running on this SQLite file. Stop it first, or use PostgreSQL."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def address(url: str) -> URL:
    """The URL as SQLAlchemy wants it: psycopg for PostgreSQL."""
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def sqlite_engine(url: URL) -> Engine:
    """An engine on a SQLite file, write-ahead logged, whose writers take turns.

    A commit is in the log, but not yet safe from a power cut: see `store/syncing.py`.
    """
    engine = create_engine(
        url,
        pool_size=20,
        max_overflow=20,
        connect_args={"timeout": 30},
        hide_parameters=True,  # what is about people stays out of errors, and so out of logs
    )
    take_turns(engine)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", CACHE):
            connection.execute(f"PRAGMA {pragma}")

    return engine


class Store:
    """The database. Transactions are short, and none is open while we wait for anybody."""

    def __init__(self, url: str) -> None:
        self.url = address(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database and not Path(self.url.database).exists():
            Path(self.url.database).touch(0o600)  # nobody else's business on this machine
        self.engine = (
            sqlite_engine(self.url)
            if self.is_sqlite
            else pools.postgres_engine(self.url, patience=PATIENCE)
        )
        self._reading = self.engine.execution_options(reading=True)
        self._glancing = (
            self._reading
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._claims = Claims(self.engine)
        self._syncing = Syncing(partial(sync_log, str(self.url.database)))
        self.on_commit: list[Callable[[Mapping[str, Any]], None]] = []
        """Told what a transaction that may write has noted in its `info`."""

    @contextmanager
    def begin(self, *, patience: float = PATIENCE) -> Iterator[Session]:
        """One transaction that may write; locks before it reads."""
        with Session(self.engine, expire_on_commit=False) as tx, tx.begin():
            tx.connection(execution_options={"patience": patience})
            if not self.is_sqlite and patience != PATIENCE:
                tx.execute(text(f"SET LOCAL lock_timeout = {int(patience * 1000)}"))
            with ending(tx):
                yield tx
        if self.is_sqlite:
            # An intent has to survive a power cut, or a push could be sent twice.
            self._syncing.wait()
        self.committed(tx.info)

    def committed(self, info: Mapping[str, Any]) -> None:
        """Tell those who want to know it."""
        for told in self.on_commit:
            told(info)

    @contextmanager
    def look(self) -> Iterator[Session]:
        """One transaction that only reads, and waits for nobody."""
        with Session(self._reading, expire_on_commit=False) as tx, tx.begin():
            yield tx

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """The same, and it sees the database as it is now, however long it reads."""
        how: dict[str, Any] = {"reading": True}
        if not self.is_sqlite:
            how |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with Session(self.engine, expire_on_commit=False) as tx, tx.begin():
            tx.connection(execution_options=how)
            yield tx

    @contextmanager
    def glance(self) -> Iterator[Session]:
        """The same for a short question or two: on PostgreSQL they take no transaction."""
        with Session(self._glancing, expire_on_commit=False) as tx, tx.begin():
            yield tx

    @contextmanager
    def claim(self, key: str) -> Iterator[bool]:
        """Whether this process may do that now; on SQLite there is no other."""
        with self.claims([key]) as mine:
            yield bool(mine)

    @contextmanager
    def claims(self, keys: Collection[str]) -> Iterator[Collection[str]]:
        """Which of these things this process may do now."""
        if self.is_sqlite:
            yield keys
            return
        with self._claims.claim(keys) as mine:
            yield mine

    def is_first(self, tx: Session, key: str) -> bool:
        """Whether only this transaction does that, until it ends; on SQLite it is the only one."""
        return self.is_sqlite or is_first(tx.connection(), key)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep a second process off a SQLite file; raises `DatabaseInUse`."""
        if not self.is_sqlite or not self.url.database:
            yield
            return
        with Path(f"{self.url.database}.lock").open("w") as lock:
            _lock(lock)
            yield

    def close(self) -> None:
        """Let go of every connection."""
        self._claims.close()
        self.engine.dispose()


def _lock(file: IO[str]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise DatabaseInUse from None
