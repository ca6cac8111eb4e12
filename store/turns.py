"""Whose turn it is to write: SQLite has one writer, and lets those who wait try again and again."""

import sqlite3
from collections import deque
from threading import Event, Lock
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

ITS_TURN = "its_turn"


class Turns:
    """Threads of this process write one after the other, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._is_taken = False

    def take(self, patience: float) -> None:
        """Wait for it, for `patience` seconds at the most; raises `OperationalError` after them."""
        turn = Event()
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            self._waiting.append(turn)
        if not turn.wait(patience) and not self._came_late(turn):
            raise OperationalError("BEGIN", None, sqlite3.OperationalError("database is locked"))

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
    def waits(connection: Connection) -> None:
        if not is_reading(connection) and ITS_TURN not in connection.info:
            turns.take(patience_of(connection))
            connection.info[ITS_TURN] = True

    @event.listens_for(engine, "checkin")
    def rests(_: Any, record: Any) -> None:
        if record.info.pop(ITS_TURN, False):
            turns.give()


def is_reading(connection: Connection) -> bool:
    """Whether it only looks: readers of a write-ahead log wait for nobody."""
    return bool(connection.get_execution_options().get("reading"))


def patience_of(connection: Connection) -> float:
    """Seconds that it waits for a lock."""
    return float(connection.get_execution_options().get("patience", 30.0))
