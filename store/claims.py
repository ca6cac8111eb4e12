"""Which of several processes does a thing now: claims that end with the process that made them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

NOTICED = (
    "SET tcp_keepalives_idle = 3",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)
"""Within ten seconds the server lets go of what a machine held that is simply gone."""

SLOTS = 4242
"""First half of the lock by which a bot on PostgreSQL takes its slot: while held, it lives."""

KEY = "hashtextextended(:key, 0)"
EACH = "FROM unnest(CAST(:keys AS text[])) AS key WHERE"
TAKE = text(f"SELECT key {EACH} pg_try_advisory_lock(hashtextextended(key, 0))")
DROP = text(f"SELECT count(*) {EACH} pg_advisory_unlock(hashtextextended(key, 0))")
NOTICED_TOO = (
    "set_config('idle_in_transaction_session_timeout', '10000', true)",
    "set_config('tcp_user_timeout', '10000', true)",
)
FIRST = text(f"SELECT pg_try_advisory_xact_lock({KEY}), {', '.join(NOTICED_TOO)}")
"""As with claims, the server lets go of it within ten seconds if this machine is simply gone."""


def living(engine: Engine) -> Connection:
    """A connection to be kept: what is locked on it is locked for as long as this process lives."""
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    for setting in NOTICED:
        connection.execute(text(setting))
    return connection


def is_first(connection: Connection, key: str) -> bool:
    """Whether the lock of that name is this transaction's until it ends, however it ends."""
    return bool(connection.execute(FIRST, {"key": f"tx:{key}"}).scalar())


class Claims:
    """Advisory locks by name, of all processes on one PostgreSQL database."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._lock = engine, Lock()
        self._connection: Connection | None = None
        self._held: set[str] = set()

    @contextmanager
    def claim(self, keys: Collection[str]) -> Iterator[Collection[str]]:
        """Which of them are ours until the end; at the others is another process or thread."""
        mine = self._take(keys)
        try:
            yield mine
        finally:
            if mine:
                self._drop(mine)

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._forget()

    def _take(self, keys: Collection[str]) -> Collection[str]:
        with self._lock:
            free = set(keys) - self._held  # the server would give ours to us a second time
            if not free:
                return free
            try:
                if self._connection is None:
                    self._connection = living(self._engine)
                mine = set(self._connection.execute(TAKE, {"keys": [*free]}).scalars())
            except DBAPIError:
                self._forget()
                raise
            self._held |= mine
            return mine

    def _drop(self, keys: Collection[str]) -> None:
        with self._lock:
            self._held -= set(keys)
            if self._connection is None:
                return
            try:
                self._connection.execute(DROP, {"keys": [*keys]})
            except DBAPIError:
                self._forget()

    def _forget(self) -> None:
        """The connection is gone, or goes: the server lets go of its locks by itself."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
