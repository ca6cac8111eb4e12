"""APScheduler with its own store of jobs in the database: a job for each push."""

import time

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bench.peers.given import given, now, send

THREADS = 20


def main() -> None:
    work = given()
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(work.store)},
        executors={"default": ThreadPoolExecutor(THREADS)},
        job_defaults={"misfire_grace_time": None},
        timezone="UTC",
    )
    scheduler.start()
    print(now(), flush=True)
    for push, due in zip(work.pushes, work.dues, strict=True):
        scheduler.add_job(send, "date", run_date=due, args=(work.url, work.keys, push))
    print(now(), flush=True)
    while True:
        time.sleep(1)
