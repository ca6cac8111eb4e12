"""DBOS: the durable workflow of an operation, its queue, and what a dead process left behind."""

import logging
import os
import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Event
from typing import Any, ParamSpec, TypeVar

from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy import URL, Engine as SqlEngine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_when_event_set,
    wait_exponential,
)

from actions.desk import Now
from actions.runner import Runner
from schedules.replicas import Heir, Slot
from store import queries
from store.db import CACHE, Store
from store.lifecycle import note
from store.queries import replicas
from store.tables import Operation, Progress

NAME = "vouchdesk"
QUEUE = "operations"
VERSION = "1"
"""Constant: a workflow begun before a deploy has to be finished by the release after it."""

STRANDED = timedelta(minutes=1)
ENDED = ("ERROR", "CANCELLED", "SUCCESS", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
MOST_ADOPTIONS = 5
"""A run whose process dies with it again and again is given up: the next would die as well."""

AT_ONCE = 8
"""Runs of an account that a process has at work, at the most."""
MOST_AT_ONCE = 64

AT_WORK = (Progress.READY, Progress.RUNNING)

TRIES, FIRST_WAIT = 8, 0.5
"""What the database did not let through is tried again, each time after twice as many seconds."""

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)


class Leaving(BaseException):
    """This process stops: the workflow goes on elsewhere. Not an error, so nothing records it."""


class AtWork:
    """DBOS wants its functions at import; what they work with comes at start."""

    def __init__(self, runner: Runner) -> None:
        self.runner, self.leaves = runner, Event()


_at_work: list[AtWork] = []


def at_once(pace: float) -> int:
    """So many that an account is called as fast as it takes it: more for one that takes more."""
    return min(max(AT_ONCE, round(pace / 2)), MOST_AT_ONCE)


@DBOS.workflow(name="carry_out")
def carry_out(operation: str) -> None:
    """One operation, from READY until it rests.

    No step of the engine's: the effect ledger says what comes next, whoever begins it anew.
    """
    at_work = _at_work[-1]
    try:
        while (pause := _patiently(at_work, at_work.runner.take, operation)) is not None:
            at_work.leaves.wait(pause)
    except Exception as error:
        if at_work.leaves.is_set():
            raise Leaving from error
        words = type(error).__name__
        DBOS.logger.error(f"{operation} stumbled: {words}")
        _patiently(at_work, at_work.runner.give_up, operation, words)


def _patiently(at_work: AtWork, verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """A minute without the database is not the end of it."""
    if at_work.leaves.is_set():
        raise Leaving
    tries = Retrying(
        retry=retry_if_exception_type(DBAPIError),
        stop=stop_after_attempt(TRIES) | stop_when_event_set(at_work.leaves),
        wait=wait_exponential(FIRST_WAIT),
        sleep=sleep_using_event(at_work.leaves),
        reraise=True,
    )
    return tries(verb, *args, **kwargs)


class Engine:
    """Starts and stops DBOS on the application's database, and hands it operations."""

    def __init__(
        self, store: Store, now: Now, *, poll: float = 0.2, at_once: int = AT_ONCE
    ) -> None:
        self._store, self._now, self._poll, self._at_once = store, now, poll, at_once
        self._slot = None if store.is_sqlite else Slot(store, self._lose)
        self._heir: Heir | None = None
        self._client: DBOSClient | None = None
        self.is_lost = False
        """Another process has the place of this one, which has to stop."""

    @property
    def jobs(self) -> dict[str, tuple[Callable[[], None], float]]:
        """What is to be called again and again, and every how many seconds."""
        among_others = {} if self._slot is None else {"slot": (self._slot.check, 1.0)}
        return {"adopt": (self.adopt, 30.0), "inherit": (self.inherit, 2.0), **among_others}

    def start(self, runner: Runner) -> None:
        """Launch; what a dead process left unfinished is taken up again."""
        os.environ.pop("DBOS__CLOUD", None)
        _at_work.append(AtWork(runner))
        if self._slot:
            self._slot.take()
            self._heir = Heir(self._store, QUEUE, self._slot.name)
        config = DBOSConfig(
            name=NAME,
            application_version=VERSION,
            executor_id=self._slot.name if self._slot else "local",
            enable_otlp=False,
            run_migrations=True,
            log_level="ERROR",
            notification_listener_polling_interval_sec=self._poll,  # a stop waits for it
        )
        if self._store.is_sqlite:
            config["system_database_engine"] = own_engine(self._store.url)
            config["system_database_url"] = str(self._store.url)
        else:
            config["system_database_url"] = _plain(self._store)
            config["sys_db_pool_size"] = 12
        DBOS(config=config)
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=max(self._at_once, AT_ONCE * 4),
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
            found = queries.operations_in(tx, *AT_WORK)
        for operation in found:
            if self._now() - operation.run_at > STRANDED and self._is_stranded(operation):
                self._adopt(operation.id)

    def inherit(self) -> None:
        """Take over at once what other processes had begun when they died."""
        if self._heir and not self.is_lost:
            self._heir.inherit(self._take_over)

    def rest(self, *, grace: int = 0) -> None:
        """Begin nothing more; wait for the calls at work, for `grace` seconds at the most."""
        for at_work in _at_work:
            at_work.leaves.set()
        DBOS.destroy(workflow_completion_timeout_sec=grace)
        if self._slot:
            self._slot.free()

    def stop(self, *, grace: int = 0) -> None:
        """Rest, and let go; the unfinished goes on at the next start, or elsewhere."""
        self.rest(grace=grace)
        if self._client:
            self._client.destroy()
            self._client = None
        _at_work.clear()

    def _take_over(self, slot: str, workflows: Sequence[str]) -> None:
        log.warning("%s is gone: its %d runs go on here", slot, len(workflows))
        hopeless = [id for id in workflows if not self._has_hope(slot, _operation(id))]
        if going_on := [id for id in workflows if id not in hopeless]:
            DBOS.resume_workflows(going_on, queue_name=QUEUE)
        for id in hopeless:
            DBOS.cancel_workflow(id)
            words = f"its process ended {MOST_ADOPTIONS} times in the middle of it"
            _at_work[-1].runner.give_up(_operation(id), words)

    def _has_hope(self, slot: str, id: str) -> bool:
        """Whether it may be tried once more; that it is, is on record."""
        with self._store.begin() as tx:
            operation = queries.operation_seen(tx, id)
            if operation is None or operation.state not in AT_WORK:
                return True  # its workflow has only to end
            if replicas.adoptions(tx, id) >= MOST_ADOPTIONS:
                return False
            self._note_adopted(tx, operation, f"{slot} is gone")
        return True

    def _note_adopted(self, tx: Session, operation: Operation, because: str) -> None:
        at = self._now()
        note(tx, replicas.ADOPTED, actor="engine", at=at, about=operation, because=because)

    def _lose(self) -> None:
        self.is_lost = True
        os.kill(os.getpid(), signal.SIGTERM)

    def _is_stranded(self, operation: Operation) -> bool:
        status = DBOS.get_workflow_status(_workflow(operation))
        return status is None or status.status in ENDED

    def _adopt(self, id: str) -> None:
        with self._store.begin() as tx:
            operation = queries.operation(tx, id)
            if operation is None or operation.state not in AT_WORK:
                return
            operation.round += 1
            tx.add(operation)
            self._note_adopted(tx, operation, "No process was at work on it")
            tx.flush()
            self.submit(tx, operation)


def _workflow(operation: Operation) -> str:
    return f"{operation.id}/{operation.round}"


def _operation(workflow: str) -> str:
    return workflow.rpartition("/")[0]


def _plain(store: Store) -> str:
    return store.url.set(drivername="postgresql").render_as_string(hide_password=False)


def own_engine(url: URL) -> SqlEngine:
    """Of DBOS, for a SQLite file: sharing our pool, it and our writers wait for each other."""
    engine = create_engine(url, pool_size=40, max_overflow=20)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=30000", CACHE):
            connection.execute(f"PRAGMA {pragma}")

    return engine
