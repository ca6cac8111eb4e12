"""What it costs to wait: one empty beat with a hundred thousand schedules, and an idle process."""

import pickle
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import psutil
from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine, make_url, text
from sqlmodel import insert

from bench.row import Row
from bench.stage import POSTGRES, SQLITE, Stage, stage
from bench.sums import percentile
from bench.work import ACTOR, PUSH, wish
from bot.app import build
from bot.office import Office
from store.tables import Consent, Request, new_id

LONGEST_MS = 1.0
AT_A_TIME = 2_000


def run(schedules: int = 100_000, beats: int = 300, idle: float = 15) -> Iterator[Row]:
    """A row for each database: the middle of all empty beats."""
    for kind in (SQLITE, POSTGRES):
        with stage(kind) as at, at.office() as office:
            fill(office, schedules)
            job_ms = our_beats(at, beats)
            theirs_ms = their_beat(at, schedules, beats)
            process = resting(at, idle)
        mint = job_ms["mint"]
        yield Row(
            "beat",
            mint,
            "ms, an empty beat",
            {f"under {LONGEST_MS:g} ms": mint < LONGEST_MS},
            theirs_ms,
            {
                "database": kind,
                "schedules": schedules,
                "jobs_ms": job_ms,
                "baseline": "APScheduler 3.11, SQLAlchemyJobStore with as many jobs: its wake-up",
                **process,
            },
        )


def fill(office: Office, schedules: int) -> None:
    """So many series that everybody has agreed to, due in a year and later."""
    first = datetime.now(UTC) + timedelta(days=365)
    one = _series(first, office.rulebook.current.version).model_dump()
    for begin in range(0, schedules, AT_A_TIME):
        rows = [
            {**one, "id": new_id("req"), "next_at": first + timedelta(seconds=n)}
            for n in range(begin, min(begin + AT_A_TIME, schedules))
        ]
        with office.store.begin(patience=60) as tx:
            tx.execute(insert(Request), rows)
    _settle(office.store.engine)


def our_beats(at: Stage, beats: int) -> dict[str, float]:
    """Milliseconds that each job takes when it finds nothing to do."""
    bot = build(at.settings)
    bot.start(beat=False)
    try:
        return {
            name: _middle_ms(job, beats if name == "mint" else max(beats // 10, 1))
            for name, (job, every) in bot.jobs.items()
        }
    finally:
        bot.stop(beat=False)


def their_beat(at: Stage, schedules: int, beats: int) -> float:
    """The same of APScheduler: which jobs are due, and when will the next one be?"""
    url = make_url(at.settings.database_url)
    if url.get_backend_name() == SQLITE:
        url = url.set(database=str(at.home / "aps.db"))
    else:
        url = url.set(drivername="postgresql+psycopg")
    store = SQLAlchemyJobStore(url.render_as_string(hide_password=False))
    scheduler = BackgroundScheduler(jobstores={"default": store}, timezone=UTC)
    scheduler.start(paused=True)
    try:
        _fill_theirs(store, scheduler, schedules)

        def wake() -> None:
            store.get_due_jobs(datetime.now(UTC))
            store.get_next_run_time()

        return _middle_ms(wake, beats)
    finally:
        scheduler.shutdown()


def resting(at: Stage, seconds: float) -> dict[str, float]:
    """What a whole process takes that has nothing to do: CPU of one core, and memory."""
    with at.replicas(1) as bots:
        process = psutil.Process(bots[0].process.pid)
        time.sleep(seconds / 3)  # what comes with the start is over by then
        process.cpu_percent()
        time.sleep(seconds)
        return {
            "idle_cpu_percent": process.cpu_percent(),
            "resident_mib": process.memory_info().rss / 2**20,
        }


def _series(due: datetime, policy: str) -> Request:
    return Request(
        account="main",
        action=PUSH,
        inputs=[wish(0)],
        actor=ACTOR,
        asked_at=due - timedelta(days=400),
        state=Consent.GRANTED,
        terms={"policy": policy},
        planned_at=due,
        next_at=due,
        granted_at=due - timedelta(days=400),
        crontab="0 9 * * *",
    )


def _fill_theirs(store: SQLAlchemyJobStore, scheduler: BackgroundScheduler, schedules: int) -> None:
    """Rows as its own `add_job` writes them, many at a time."""
    trigger, first = CronTrigger(hour=9, timezone=UTC), time.time() + 365 * 86_400
    job = Job(scheduler, id="0", trigger=trigger, func=print, args=(), kwargs={})
    job._modify(
        next_run_time=datetime.fromtimestamp(first, UTC),
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
        executor="default",
        name="push",
    )
    state = pickle.dumps(job.__getstate__(), pickle.HIGHEST_PROTOCOL)
    rows = [
        {"id": str(n), "next_run_time": first + n, "job_state": state} for n in range(schedules)
    ]
    with store.engine.begin() as connection:
        for begin in range(0, schedules, AT_A_TIME):
            connection.execute(store.jobs_t.insert(), rows[begin : begin + AT_A_TIME])
    _settle(store.engine)


def _settle(engine: Engine) -> None:
    """What PostgreSQL does by itself a minute later; SQLite never does."""
    if engine.dialect.name != SQLITE:
        with engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()


def _middle_ms(work: Callable[[], object], times: int) -> float:
    took = []
    work()
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return percentile(took, 0.5) * 1000
