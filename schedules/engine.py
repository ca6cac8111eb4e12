"""DBOS: its queue of workflows, and what a dead process left behind."""

import logging
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from math import ceil
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy import URL, Engine as SqlEngine, create_engine, event
from sqlmodel import Session

from actions.desk import Now
from actions.runner import Runner
from schedules.carrying import AtWork, present, round_of
from schedules.replicas import Heir, Slot, carried
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
TOGETHER = 10
"""Runs that one workflow carries, at the most."""
SEVERAL = "several/"
"""How the id of a workflow begins that carries more than one."""

AT_WORK = (Progress.READY, Progress.RUNNING)

log = logging.getLogger(__name__)


def at_once(pace: float) -> int:
    """So many that an account is called as fast as it takes it: more for one that takes more."""
    return min(max(AT_ONCE, round(pace / 2)), MOST_AT_ONCE)


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
        present.append(AtWork(runner))
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

    def submit(self, tx: Session, *operations: Operation, due: int = 1) -> None:
        """Enqueue runs of one account, within the transaction that made them READY.

        When more are `due` than it is called for at once, several share a workflow: then they
        begin as soon as they would by themselves, and the engine has less to do.
        """
        size = min(ceil(due / self._at_once), TOGETHER)
        for first in range(0, len(operations), size):
            self._enqueue(tx, operations[first : first + size])

    def _enqueue(self, tx: Session, operations: Sequence[Operation]) -> None:
        if self._client is None:
            raise RuntimeError("The engine is not started.")
        first = operations[0]
        self._client.enqueue_in_transaction(
            tx,
            {
                "workflow_name": "carry_out",
                "queue_name": QUEUE,
                "workflow_id": f"{SEVERAL if len(operations) > 1 else ''}{_workflow(first)}",
                "queue_partition_key": first.account,
            },
            *(operation.id for operation in operations),
        )

    def adopt(self) -> None:
        """Hand over again what is READY or RUNNING though no workflow is at work on it."""
        with self._store.look() as tx:
            found = queries.operations_in(tx, *AT_WORK)
        old = [each for each in found if self._now() - each.run_at > STRANDED]
        alone = [each for each in old if _is_without_workflow(each)]
        shared = _shared() if alone else ()
        for operation in alone:
            if _workflow(operation) not in shared:
                self._adopt(operation.id)

    def inherit(self) -> None:
        """Take over at once what other processes had begun when they died."""
        if self._heir and not self.is_lost:
            self._heir.inherit(self._take_over)

    def rest(self, *, grace: int = 0) -> None:
        """Begin nothing more; wait for the calls at work, for `grace` seconds at the most."""
        for each in present:
            each.leaves.set()
        DBOS.destroy(workflow_completion_timeout_sec=grace)
        if self._slot:
            self._slot.free()

    def stop(self, *, grace: int = 0) -> None:
        """Rest, and let go; the unfinished goes on at the next start, or elsewhere."""
        self.rest(grace=grace)
        if self._client:
            self._client.destroy()
            self._client = None
        present.clear()

    def _take_over(self, slot: str, workflows: Mapping[str, Sequence[str]]) -> None:
        log.warning("%s is gone: its %d workflows go on here", slot, len(workflows))
        for operations in workflows.values():
            self._give_up_hopeless(slot, operations)
        DBOS.resume_workflows([*workflows], queue_name=QUEUE)

    def _give_up_hopeless(self, slot: str, operations: Sequence[str]) -> None:
        """What was begun may be tried once more, and that is on record; but not for ever."""
        with self._store.begin() as tx:
            found = [queries.operation_seen(tx, id) for id in operations]
            left = [each for each in found if each and each.state in AT_WORK]
            begun = [each for each in left if each.state is Progress.RUNNING] or left[:1]
            hopeless = [e for e in begun if replicas.adoptions(tx, e.id) >= MOST_ADOPTIONS]
            for operation in begun:
                if operation not in hopeless:
                    self._note_adopted(tx, operation, f"{slot} is gone")
        for operation in hopeless:
            words = f"its process ended {MOST_ADOPTIONS} times in the middle of it"
            present[-1].runner.give_up(operation.id, words)

    def _note_adopted(self, tx: Session, operation: Operation, because: str) -> None:
        at = self._now()
        note(tx, replicas.ADOPTED, actor="engine", at=at, about=operation, because=because)

    def _lose(self) -> None:
        self.is_lost = True
        os.kill(os.getpid(), signal.SIGTERM)

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


def _is_without_workflow(operation: Operation) -> bool:
    """No workflow of its own is at work on it, or will be."""
    status = DBOS.get_workflow_status(_workflow(operation))
    return status is None or status.status in ENDED


def _shared() -> set[str]:
    """What those at work that carry several stand for: as if each run had one of its own."""
    found = DBOS.list_workflows(
        workflow_id_prefix=SEVERAL, status=["ENQUEUED", "PENDING"], load_output=False
    )
    return {
        f"{operation}/{round_of(each.workflow_id)}" for each in found for operation in carried(each)
    }


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
