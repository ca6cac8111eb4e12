"""Connections to PostgreSQL: few, waited for in turn, and looked at before use if they rested."""

import time
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

MOST = 16
"""Connections of a process: more threads than that would only wait for each other."""
RESTED = 1.0
"""Seconds after which a connection is asked whether it still stands."""


def postgres_engine(url: URL, *, patience: float) -> Engine:
    """An engine whose transactions wait for a lock for `patience` seconds at the most."""
    engine = create_engine(url, pool_size=MOST, max_overflow=0, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.execute(f"SET lock_timeout = {int(patience * 1000)}")
        connection.commit()

    @event.listens_for(engine, "checkin")
    def rests(_: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def wakes(connection: Any, record: Any, _: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool then takes a new one

    return engine
