"""DBOS by itself: a delayed workflow for each push, on a queue like ours."""

import time
from datetime import UTC, datetime
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy import make_url

from bench.peers.given import Given, given, now, send
from schedules.engine import MOST_AT_ONCE, own_engine

QUEUE, POLL = "pushes", 0.2


@DBOS.workflow(name="push")
def push(url: str, keys: list[str], what: dict[str, Any]) -> None:
    send(url, keys, what)


def main() -> None:
    carry_out(given())


def carry_out(work: Given) -> None:
    """Hand everything in while the queue is at it, and go on until we are ended."""
    url = make_url(work.store)
    config = DBOSConfig(
        name="peer", application_version="peer", system_database_url=work.store, log_level="ERROR"
    )
    if url.get_backend_name() == "sqlite":
        config["system_database_engine"] = own_engine(url)
    else:
        config["sys_db_pool_size"] = 12
    DBOS(config=config)
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=MOST_AT_ONCE, polling_interval_sec=POLL)
    client = DBOSClient(system_database_url=work.store, application_name="peer")
    print(now(), flush=True)
    for what, due in zip(work.pushes, work.dues, strict=True):
        wait = max((due - datetime.now(UTC)).total_seconds(), 0.0)
        client.enqueue(
            {"workflow_name": "push", "queue_name": QUEUE, "delay_seconds": wait},
            work.url,
            work.keys,
            what,
        )
    print(now(), flush=True)
    while True:
        time.sleep(1)
