"""What is over for long loses what is private in it. The record itself is never touched."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.queries import executions, hooks, kept, retention
from store.secrets import REMOVED, SEALED

ACTOR, KIND, REMOVED_FILE = "retention", Kind.PRUNED, Kind.FILE_REMOVED
DRAFTS = timedelta(days=1)
"""How long a half-filled form is kept: nobody goes on with it after that."""
TOLD_AGAIN = timedelta(days=400)
"""For so long an event is known that was counted, should it be told once more."""
PART = 200
"""Rows in one transaction: while it is open, clicks wait."""
PARTS = 500
"""Transactions of one kind in one go; the rest waits for the next."""
DAILY = timedelta(hours=23)


class Retention:
    """Removes in small parts, and puts on record how much that was."""

    def __init__(
        self, store: Store, days: int, now: Callable[[], datetime], *, file_days: int = 7
    ) -> None:
        self._store, self.days, self._now = store, days, now
        self._file_days = min(days, file_days)

    @property
    def before(self) -> datetime:
        """What was over by then is too old."""
        return self._now() - timedelta(days=self.days)

    def is_due(self) -> bool:
        """Whether nothing was removed for a day."""
        with self._store.look() as tx:
            return not retention.was_noted(tx, KIND, self._now() - DAILY)

    def prune(self) -> dict[str, int]:
        """How much of each kind was removed. It may be called at any time, by any process."""
        before, drafts = self.before, self._now() - DRAFTS
        told = min(before, self._now() - TOLD_AGAIN)
        return {
            "told news": self._each(lambda tx: retention.forget_notices(tx, before, PART)),
            "webhooks": self._each(lambda tx: hooks.forget_hooks(tx, before, PART)),
            "events": self._each(lambda tx: hooks.forget_events(tx, told, PART)),
            "steps told of": self._each(lambda tx: executions.forget_executions(tx, before, PART)),
            "drafts": self._each(lambda tx: retention.forget_drafts(tx, drafts, PART)),
            "runs": self._prune_runs(before),
            "requests": self._each(lambda tx: self._prune_requests(tx, before)),
        }

    def clear(self) -> int:
        """Remove the lines of long answers whose time is over; how many chunks."""
        before = self._now() - timedelta(days=self._file_days)
        with self._store.look() as tx:
            runs = kept.runs_to_clear(tx, before, PARTS)
        return sum(self._clear_run(id) for id in runs)

    def _clear_run(self, id: str) -> int:
        gone = self._each(lambda tx: kept.forget_chunks(tx, id, PART))
        with self._store.begin() as tx:
            words = f"The file was removed after {self._file_days} days"
            about = queries.operation_seen(tx, id)
            note(tx, REMOVED_FILE, actor=ACTOR, at=self._now(), about=about, because=words)
        return gone

    def note(self, counts: dict[str, int]) -> None:
        """One line on record, if anything was removed."""
        words = ", ".join(f"{kind}: {count:,}" for kind, count in counts.items() if count)
        if words:
            with self._store.begin() as tx:
                note(tx, KIND, actor=ACTOR, at=self._now(), because=words)

    def _each(self, part: Callable[[Session], int]) -> int:
        """Do parts until one finds nothing more."""
        whole = 0
        for _ in range(PARTS):
            with self._store.begin() as tx:
                found = part(tx)
            whole += found
            if not found:
                break
        return whole

    def _prune_runs(self, before: datetime) -> int:
        with self._store.look() as tx:
            moments = retention.moments_over(tx, before, PARTS)
        return sum(
            self._each(lambda tx, r=request, d=due: self._prune_some(tx, r, d))  # type: ignore[misc]  # bound per turn
            for request, due in moments
        )

    def _prune_some(self, tx: Session, request: str, due: datetime) -> int:
        runs = retention.runs_to_prune(tx, request, due, PART)
        for run in runs:
            run.inputs, run.pruned_at = self._without_private(run.inputs), self._now()
            tx.add(run)
        retention.forget_replies(tx, [run.id for run in runs])
        return len(runs)

    def _prune_requests(self, tx: Session, before: datetime) -> int:
        found = retention.requests_to_prune(tx, before, PART)
        for request in found:
            request.inputs = [self._without_private(row) for row in request.inputs]
            request.pruned_at, request.salt = self._now(), ""
            tx.add(request)
            retention.forget_places(tx, request.id)
        return len(found)

    def _without_private(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The same, with a mark in place of each sealed value."""
        return {
            name: {REMOVED: self.days} if isinstance(value, dict) and SEALED in value else value
            for name, value in inputs.items()
        }
