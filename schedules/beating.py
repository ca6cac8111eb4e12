"""That the jobs run is on record, now and then, so that somebody else can see when they do not."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from store.db import Store
from store.queries import standing

Jobs = Mapping[str, tuple[Callable[[], None], float]]
SELDOM = timedelta(seconds=30)
"""How often it is written down at the most."""

log = logging.getLogger(__name__)


class Beating:
    """Wraps jobs; one that fails does not count as having run."""

    def __init__(
        self, store: Store, now: Callable[[], datetime], failed: Callable[[str], None]
    ) -> None:
        self._store, self._now, self._failed = store, now, failed
        self._written: dict[str, datetime] = {}

    def jobs(self, jobs: Jobs) -> Jobs:
        """The same, each of them watched."""
        return {name: (self._watched(name, *job), job[1]) for name, job in jobs.items()}

    def _watched(self, name: str, job: Callable[[], None], every: float) -> Callable[[], None]:
        def run() -> None:
            try:
                job()
            except Exception as error:
                log.error("a job failed: %s", name, exc_info=error)
                self._failed(name)
            else:
                self._beat(name, every)

        return run

    def _beat(self, name: str, every: float) -> None:
        now = self._now()
        if name in self._written and now - self._written[name] < SELDOM:
            return
        self._written[name] = now
        try:
            with self._store.begin() as tx:
                standing.beat(tx, name, now, every)
        except SQLAlchemyError as error:  # another process has just written the same, or none can
            log.info("the beat of %s is not on record (%s)", name, type(error).__name__)
