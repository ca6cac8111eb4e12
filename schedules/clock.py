"""Wakes the jobs at a steady beat. Keeps nothing."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler

ONE_AT_A_TIME = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}

# A beat that finds the one before it still at work is the ordinary case, not news.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
logging.getLogger("apscheduler.executors.default").setLevel(logging.ERROR)


class Clock:
    """One APScheduler in memory: each job takes nothing, finds its work and may run any time."""

    def __init__(self, jobs: Mapping[str, tuple[Callable[[], None], float]]) -> None:
        self._scheduler = BackgroundScheduler(timezone=UTC)
        for name, (job, every) in jobs.items():
            self._scheduler.add_job(job, "interval", seconds=every, id=name, **ONE_AT_A_TIME)

    def start(self) -> None:
        """Begin to beat."""
        self._scheduler.start()

    def stop(self) -> None:
        """Let the jobs at work finish, start no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
