"""DBOS: the durable workflow of an operation, its queue, and what a dead process left behind."""

import os
from datetime import timedelta
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from actions.desk import Now
from actions.runner import Runner
from store import queries
from store.db import Store
from store.lifecycle import note
from store.tables import Operation, Progress

NAME = "vouchdesk"
QUEUE = "operations"
VERSION = "1"
"""Constant: a workflow begun before a deploy has to be finished by the release after it."""

SLOTS = 4242
"""First half of the advisory lock by which a process on PostgreSQL takes its slot."""

STRANDED = timedelta(minutes=1)
ENDED = ("ERROR", "CANCELLED", "SUCCESS", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

_at_work: list[Runner] = []  # DBOS wants its functions at import; the runner comes at start


def _database_stumbled(error: BaseException) -> bool:
    return isinstance(error, DBAPIError)


@DBOS.workflow(name="carry_out")
def carry_out(operation: str) -> None:
    """One operation, from READY until it rests."""
    try:
        while (pause := take(operation)) is not None:
            if pause:
                DBOS.sleep(pause)
    except Exception as error:
        DBOS.logger.error(f"{operation} stumbled: {type(error).__name__}")
        give_up(operation, type(error).__name__)


@DBOS.step(
    name="take",
    retries_allowed=True,
    max_attempts=8,
    interval_seconds=0.5,
    should_retry=_database_stumbled,
)
def take(operation: str) -> float | None:
    """The next thing of an operation; the effect ledger says what that is, whoever asks."""
    return _at_work[-1].take(operation)


@DBOS.step(name="give_up", retries_allowed=True, max_attempts=8, interval_seconds=0.5)
def give_up(operation: str, error: str) -> None:
    """What is known is said, the rest is left to a person."""
    _at_work[-1].give_up(operation, error)


class Engine:
    """Starts and stops DBOS on the application's database, and hands it operations."""

    def __init__(self, store: Store, now: Now, *, poll: float = 0.2, at_once: int = 8) -> None:
        self._store, self._now, self._poll, self._at_once = store, now, poll, at_once
        self._slot: Connection | None = None
        self._client: DBOSClient | None = None

    def start(self, runner: Runner) -> None:
        """Launch; what a dead process left unfinished is taken up again."""
        os.environ.pop("DBOS__CLOUD", None)
        _at_work.append(runner)
        config = DBOSConfig(
            name=NAME,
            application_version=VERSION,
            executor_id=self._take_slot(),
            enable_otlp=False,
            run_migrations=True,
            log_level="ERROR",
            notification_listener_polling_interval_sec=self._poll * 5,
        )
        if self._store.is_sqlite:
            config["system_database_engine"] = _own_engine(self._store)
            config["system_database_url"] = str(self._store.url)
        else:
            config["system_database_url"] = _plain(self._store)
            config["sys_db_pool_size"] = 20
        DBOS(config=config)
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._at_once * 4,
            partition_concurrency=self._at_once,
            polling_interval_sec=self._poll,
            on_conflict="always_update",
        )
        self._client = DBOSClient(system_database_engine=self._store.engine, application_name=NAME)

    def submit(self, tx: Session, operation: Operation) -> None:
        """Enqueue within the transaction that made the operation READY."""
        if self._client is None:
            raise RuntimeError("The engine is not started.")
        self._client.enqueue_in_transaction(
            tx,
            {
                "workflow_name": "carry_out",
                "queue_name": QUEUE,
                "workflow_id": _workflow(operation),
                "queue_partition_key": operation.account,
            },
            operation.id,
        )

    def adopt(self) -> None:
        """Hand over again what is READY or RUNNING though no workflow is at work on it."""
        with self._store.look() as tx:
            found = queries.operations_in(tx, Progress.READY, Progress.RUNNING)
        for operation in found:
            if self._now() - operation.run_at > STRANDED and self._is_stranded(operation):
                self._adopt(operation.id)

    def stop(self, *, grace: int = 0) -> None:
        """Let go after `grace` seconds at the most; the unfinished goes on at the next start."""
        DBOS.destroy(workflow_completion_timeout_sec=grace)
        if self._client:
            self._client.destroy()
        if self._slot:
            self._slot.close()
        _at_work.clear()

    def _is_stranded(self, operation: Operation) -> bool:
        status = DBOS.get_workflow_status(_workflow(operation))
        return status is None or status.status in ENDED

    def _adopt(self, id: str) -> None:
        with self._store.begin() as tx:
            operation = queries.operation(tx, id)
            if operation is None or operation.state not in (Progress.READY, Progress.RUNNING):
                return
            operation.round += 1
            tx.add(operation)
            note(tx, "adopted", actor="engine", at=self._now(), about=operation)
            tx.flush()
            self.submit(tx, operation)

    def _take_slot(self) -> str:
        """An executor id that no living process has: on PostgreSQL the lowest free slot."""
        if self._store.is_sqlite:
            return "local"
        self._slot = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        for slot in range(256):
            taken = self._slot.execute(
                text("SELECT pg_try_advisory_lock(:key, :slot)"), {"key": SLOTS, "slot": slot}
            )
            if taken.scalar():
                return f"slot-{slot}"
        raise RuntimeError("More than 256 processes on one database.")


def _workflow(operation: Operation) -> str:
    return f"{operation.id}/{operation.round}"


def _plain(store: Store) -> str:
    return store.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _own_engine(store: Store) -> SqlEngine:
    """A pool of its own: sharing ours, DBOS and our writers wait for each other."""
    engine = create_engine(store.url, pool_size=40, max_overflow=20)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
