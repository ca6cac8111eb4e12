"""Whose turn it is to write: SQLite has one writer, and lets those who wait try again and again."""

import sqlite3
import time
from collections import deque
from threading import Event, Lock
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

ITS_TURN, PATIENCE = "its_turn", "patience"


class Turns:
    """Threads of this process write one after the other, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._is_taken = False

    def take(self, patience: float) -> float:
        """Wait for it, for `patience` seconds at the most; gives what is left of them.

        Raises `OperationalError` when nothing is left.
        """
        turn, came = Event(), time.monotonic()
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return patience
            self._waiting.append(turn)
        if not turn.wait(patience) and not self._came_late(turn):
            raise OperationalError("BEGIN", None, sqlite3.OperationalError("database is locked"))
        return max(patience - (time.monotonic() - came), 0.0)

    def give(self) -> None:
        """To who has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False

    def _came_late(self, turn: Event) -> bool:
        """Whether it came while we gave up."""
        with self._lock:
            if not turn.is_set():
                self._waiting.remove(turn)
            return turn.is_set()


def take_turns(engine: Engine) -> None:
    """Whoever begins to write waits for their turn, and keeps it until the connection is free."""
    turns = Turns()

    @event.listens_for(engine, "begin")
    def begins(connection: Connection) -> None:
        options = connection.get_execution_options()
        patience, reading = float(options.get("patience", 30.0)), bool(options.get("reading"))
        if not reading and ITS_TURN not in connection.info:
            patience = turns.take(patience)
            connection.info[ITS_TURN] = True
        file: Any = connection.connection.driver_connection
        try:
            if connection.info.get(PATIENCE) != patience:
                file.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
                connection.info[PATIENCE] = patience
            file.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError("BEGIN", None, error) from error

    @event.listens_for(engine, "checkin")
    def rests(_: Any, record: Any) -> None:
        if record.info.pop(ITS_TURN, False):
            turns.give()
