"""Figures for Prometheus: what happens is counted, how things stand is read when somebody asks."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from store.db import Store
from store.lifecycle import MOVED, Moved
from store.queries import hooks, standing
from store.tables import Progress

LATE = (0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 900, 3600, 86_400)
CALL = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)
ACK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)

ENDS = (Progress.DONE, Progress.FAILED, Progress.UNCLEAR, Progress.DROPPED, Progress.HELD)


class Metrics:
    """One registry a bot. Labels are names of our own: nothing of people, no ids, no secrets."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._fires = Counter("vouchdesk_fires", "Runs begun", ["action"], registry=self.registry)
        self._late = Histogram(
            "vouchdesk_lateness_seconds",
            "From the moment a run was due until it began",
            buckets=LATE,
            registry=self.registry,
        )
        self._ends = Counter(
            "vouchdesk_runs", "Runs by what came of them", ["state"], registry=self.registry
        )
        self._moves = Counter(
            "vouchdesk_requests_moved", "Requests by new state", ["state"], registry=self.registry
        )
        self._calls = Histogram(
            "vouchdesk_api_seconds",
            "Calls of Coupontools",
            ["endpoint"],
            buckets=CALL,
            registry=self.registry,
        )
        self._errors = Counter(
            "vouchdesk_api_errors",
            "Calls that went wrong",
            ["endpoint", "error"],
            registry=self.registry,
        )
        self._waits = Histogram(
            "vouchdesk_pace_wait_seconds",
            "Waits for the account's pace",
            buckets=CALL,
            registry=self.registry,
        )
        self._acks = Histogram(
            "vouchdesk_slack_ack_seconds",
            "Answers to Slack",
            ["status"],
            buckets=ACK,
            registry=self.registry,
        )
        self._failures = Counter(
            "vouchdesk_job_failures", "Jobs that broke", ["job"], registry=self.registry
        )

    def text(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        return generate_latest(self.registry)

    def committed(self, info: Mapping[str, Any]) -> None:
        """Count the changes of state that have just come on record."""
        for moved in info.get(MOVED, ()):
            self._count(moved)

    def job_failed(self, name: str) -> None:
        self._failures.labels(name).inc()

    def acked(self, seconds: float, status: int) -> None:
        self._acks.labels(str(status)).observe(seconds)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        with self._waits.time():
            yield

    @contextmanager
    def calling(self, endpoint: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        except Exception as error:
            self._errors.labels(endpoint, type(error).__name__).inc()
            raise
        finally:
            self._calls.labels(endpoint).observe(time.perf_counter() - began)

    def _count(self, moved: Moved) -> None:
        if moved.operation is None:
            self._moves.labels(moved.became).inc()
        elif moved.became == Progress.RUNNING:
            self._fires.labels(moved.action).inc()
            self._late.observe(max(moved.late, 0.0))
        elif moved.became in ENDS:
            self._ends.labels(moved.became).inc()


class Standing(Collector):
    """How things stand in the database, read at each look."""

    def __init__(
        self, store: Store, policy: Callable[[], str], now: Callable[[], datetime]
    ) -> None:
        self._store, self._policy, self._now = store, policy, now

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing beforehand: the database is asked when somebody looks, not when we start."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        """Gauges; ages are in seconds, and 0 when there is nothing."""
        now = self._now()
        with self._store.look() as tx:
            requests, runs = standing.requests_by_state(tx), standing.runs_by_state(tx)
            held, queue = standing.held_by_reason(tx), standing.queue(tx, now)
            untold, beats = standing.untold(tx), standing.beats(tx)
            webhooks = hooks.by_state(tx)
        yield _labelled("vouchdesk_requests", "Requests by state", "state", requests)
        yield _labelled("vouchdesk_operations", "Runs by state", "state", runs)
        yield _labelled("vouchdesk_held", "Held runs by reason", "reason", held)
        unclear = runs.get(Progress.UNCLEAR, 0)
        yield GaugeMetricFamily("vouchdesk_unclear", "Runs in doubt", value=unclear)
        yield GaugeMetricFamily("vouchdesk_queue_depth", "Due, not begun", value=queue[0])
        yield _age("vouchdesk_queue_oldest_seconds", "Oldest of them", queue[1], now)
        yield GaugeMetricFamily("vouchdesk_notices_untold", "News not told yet", value=untold[0])
        yield _age("vouchdesk_notices_oldest_seconds", "Oldest of it", untold[1], now)
        since = {beat.job: (now - beat.at).total_seconds() for beat in beats}
        yield _labelled("vouchdesk_webhooks", "Webhooks by state", "state", webhooks)
        yield _labelled("vouchdesk_job_beat_age_seconds", "Since a job ran", "job", since)
        policy = {"version": self._policy()}
        yield InfoMetricFamily("vouchdesk_policy", "The policy in force", value=policy)


def _labelled(name: str, words: str, label: str, found: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, figure in found.items():
        family.add_metric([value], figure)
    return family


def _age(name: str, words: str, since: datetime | None, now: datetime) -> GaugeMetricFamily:
    age = max((now - since).total_seconds(), 0.0) if since else 0.0
    return GaugeMetricFamily(name, words, value=age)
