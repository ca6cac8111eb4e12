"""Shows how far batches are, in one message each, and leaves it when they rest."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from actions.action import Catalog
from actions.calls import newest_of
from actions.privacy import opened
from actions.room import lines_of
from bot.board import Board
from bot.news import APPROVERS, ASKER
from bot.people import is_slack_id
from bot.views.batch import Far, progress_message
from store import queries
from store.db import Store
from store.queries import kept, surfaces
from store.secrets import Vault
from store.tables import Operation, Posted, Progress

EVERY = 2.0
"""Seconds between two drawings: Slack takes some fifty changes a minute."""
SOON = timedelta(seconds=2)
"""What is done by then needs no bar."""
LATELY = 3
"""Calls from which the pace is read."""
KEY = "progress:"

log = structlog.get_logger()


class Progressing:
    """A job; of several processes one does it."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        vault: Vault,
        board: Board,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._catalog, self._vault = store, catalog, vault
        self._board, self._now = board, now

    def show(self) -> None:
        """Draw each that runs; once more each that does no longer."""
        with self._store.claim("progress") as mine:
            if not mine:
                return
            with self._store.look() as tx:
                running = [run for run in kept.runs_at_work(tx) if self._is_batch(run)]
                shown = surfaces.posted_under(tx, KEY)
            for run in running:
                if run.started_at and self._now() - run.started_at >= SOON:
                    self._draw(run)
            ids = {run.id for run in running}
            for posted in shown:
                if posted.key.removeprefix(KEY) not in ids:
                    self._leave(posted)

    def _is_batch(self, run: Operation) -> bool:
        return run.action in self._catalog and self._catalog[run.action].is_long

    def _draw(self, run: Operation) -> None:
        with self._store.look() as tx:
            asked = queries.request_to_run(tx, run.request)
        who = ASKER if asked and is_slack_id(asked.actor) else APPROVERS
        where = self._board.where(f"{run.request}:{who}")
        far = self._far(run)
        if where is None or far is None:
            return
        try:
            self._board.show(KEY + run.id, where.channel, progress_message(far), thread_ts=where.ts)
        except (SlackApiError, SlackClientError, OSError) as error:
            log.warning("a bar waits", error=str(error)[:200])

    def _leave(self, posted: Posted) -> None:
        """It rests: the bar stays where it is, without its button."""
        with self._store.look() as tx:
            run = queries.operation_seen(tx, posted.key.removeprefix(KEY))
        far = self._far(run) if run else None
        try:
            if far:
                self._board.show(posted.key, posted.channel, progress_message(far))
        except (SlackApiError, SlackClientError, OSError) as error:
            log.warning("a bar waits", error=str(error)[:200])
            return
        self._board.forget(posted.key)

    def _far(self, run: Operation) -> Far | None:
        return far(self._store, self._catalog, self._vault, run, self._now())


def far(store: Store, catalog: Catalog, vault: Vault, run: Operation, now: datetime) -> Far | None:
    """How far it is; None before its first call."""
    action = catalog[run.action]
    inputs = action.inputs.model_validate(opened(run.inputs, vault))
    steps = action.steps_of(inputs)
    with store.look() as tx:
        runs, there = queries.step_runs(tx, run.id), kept.kept_of(tx, run.id)
    calls = [call for _, call in sorted(newest_of(runs).items())]
    if not calls:
        return None
    lines = [there.get((call.position, call.round), (0, 0))[1] for call in calls]
    elapsed = (now - calls[-LATELY:][0].sent_at).total_seconds()
    return Far(
        title=action.title,
        operation=run.id,
        came=sum(lines),
        asked=sum(lines_of(step, inputs) for step in steps),
        part=len(calls),
        parts=len(steps),
        rate=sum(lines[-LATELY:]) / elapsed if elapsed > 1 else 0.0,
        stop_by=run.stop_by,
        over=run.state is not Progress.RUNNING,
    )
