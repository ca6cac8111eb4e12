"""Which of several processes does a thing now: claims that end with the process that made them."""

from collections.abc import Iterator
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
    def claim(self, key: str) -> Iterator[bool]:
        """Whether it is ours until the end; if not, another process or thread is at it."""
        mine = self._take(key)
        try:
            yield mine
        finally:
            if mine:
                self._drop(key)

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._forget()

    def _take(self, key: str) -> bool:
        with self._lock:
            if key in self._held:  # the server would give it to us a second time
                return False
            try:
                if self._connection is None:
                    self._connection = living(self._engine)
                got = self._connection.execute(
                    text(f"SELECT pg_try_advisory_lock({KEY})"), {"key": key}
                )
                mine = bool(got.scalar())
            except DBAPIError:
                self._forget()
                raise
            if mine:
                self._held.add(key)
            return mine

    def _drop(self, key: str) -> None:
        with self._lock:
            self._held.discard(key)
            if self._connection is None:
                return
            try:
                self._connection.execute(text(f"SELECT pg_advisory_unlock({KEY})"), {"key": key})
            except DBAPIError:
                self._forget()

    def _forget(self) -> None:
        """The connection is gone, or goes: the server lets go of its locks by itself."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
