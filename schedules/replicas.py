"""Several processes on one PostgreSQL: each has a slot, and what a dead one had begun an heir."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence

from dbos import DBOS, WorkflowStatus
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from store.claims import SLOTS, living
from store.db import Store

MOST = 256
SLOT = "slot-"
CERTAIN = 4.0
"""Seconds that a slot has to be empty: who only lost a connection has it again by then."""
TRIES = 5
"""Looks at a slot that somebody else has, before we believe it."""

TAKE = text("SELECT pg_try_advisory_lock(:key, :slot)")
TAKE_SHORTLY = text("SELECT pg_try_advisory_xact_lock(:key, :slot)")
WHO = text(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND classid = :key AND objid = :slot AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)

Take = Callable[[str, Mapping[str, Sequence[str]]], None]
"""Of a slot whose process is gone, its workflows and the runs that each of them carries."""

log = logging.getLogger(__name__)


class LostItsPlace(Exception):
    """Another process has taken the place of this one, which stops: start it again."""


class Slot:
    """A process's place among the others; free as soon as the process is gone."""

    def __init__(self, store: Store, lost: Callable[[], None]) -> None:
        self._engine, self._lost = store.engine, lost
        self._connection: Connection | None = None
        self._number = self._backend = -1
        self._holds, self._misses = False, 0

    @property
    def name(self) -> str:
        """The engine's name of this process."""
        return f"{SLOT}{self._number}"

    def take(self) -> None:
        """The lowest free one."""
        for number in range(MOST):
            if self._try(number):
                self._number, self._holds = number, True
                return
        raise RuntimeError(f"More than {MOST} processes on one database.")

    def check(self) -> None:
        """See that it is still ours, take it again if the connection broke, else be lost."""
        try:
            if self._holds:
                self._connected().execute(text("SELECT 1"))
            elif self._number >= 0:
                self._take_again()
        except DBAPIError as error:
            log.warning("the connection of %s broke (%s)", self.name, type(error).__name__)
            self._forget()

    def free(self) -> None:
        """Somebody else may have it, and what was begun here."""
        self._number = -1
        self._forget()

    def _take_again(self) -> None:
        connection = self._connected()
        if self._try(self._number):
            self._holds, self._misses = True, 0
            return
        holder = connection.execute(WHO, {"key": SLOTS, "slot": self._number}).scalar()
        if holder == self._backend:  # our own, whose end the server has not noticed
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": holder})
            return
        self._misses += 1
        if self._misses == TRIES:
            log.error("%s is taken by another process", self.name)
            self._lost()

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = living(self._engine)
        return self._connection

    def _try(self, number: int) -> bool:
        connection = self._connected()
        if not connection.execute(TAKE, {"key": SLOTS, "slot": number}).scalar():
            return False
        self._backend = int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        return True

    def _forget(self) -> None:
        self._holds = False
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


def carried(workflow: WorkflowStatus) -> Sequence[str]:
    """The runs that it was given."""
    return tuple(workflow.input["args"]) if workflow.input else ()


class Heir:
    """Finds what dead processes had begun, and hands it to the living. Each may do it any time."""

    def __init__(self, store: Store, queue: str, own: str) -> None:
        self._engine, self._queue, self._own = store.engine, queue, own
        self._empty_since: dict[str, float] = {}

    def inherit(self, take: Take) -> None:
        """Call `take` with each slot and what was at work there, while nobody else can."""
        begun = {str(each.executor_id) for each in self._begun()}
        self._empty_since = {s: at for s, at in self._empty_since.items() if s in begun}
        for name in sorted(begun):
            self._inherit_from(name, take)

    def _inherit_from(self, name: str, take: Take) -> None:
        with self._engine.begin() as tx:
            given = {"key": SLOTS, "slot": int(name.removeprefix(SLOT))}
            if not tx.execute(TAKE_SHORTLY, given).scalar():
                self._empty_since.pop(name, None)
                return
            since = self._empty_since.setdefault(name, time.monotonic())
            if time.monotonic() - since < CERTAIN:
                return
            found = self._begun(name)  # still, now that it is locked
            if found:
                take(name, {each.workflow_id: carried(each) for each in found})
            self._empty_since.pop(name)

    def _begun(self, slot: str | None = None) -> list[WorkflowStatus]:
        """The workflows that are at work in slots of others, or in this one."""
        found = DBOS.list_workflows(
            status="PENDING",
            queue_name=self._queue,
            executor_id=slot,
            load_input=slot is not None,
            load_output=False,
        )
        return [
            each
            for each in found
            if each.executor_id
            and each.executor_id != self._own
            and each.executor_id.removeprefix(SLOT).isdecimal()
        ]
