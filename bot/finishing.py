"""Tells Slack how steps of workflows have ended: with the bot's own token, hours or days later.

Like news for people it is an outbox: what was told is marked afterwards, and told twice after a
crash, of which Slack says that it knows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from actions.desk import Now
from bot import steps
from bot.executions import OUTCOME, WORDS, Executions
from bot.patience import asked_for
from bot.results import Results
from bot.views.result import ended
from bot.views.text import cell, escape
from store import queries
from store.db import Store
from store.queries import executions
from store.secrets import Vault
from store.tables import Execution, Operation, Progress

KNOWS = ("execution_not_in_running_state", "function_execution_not_found")
"""Slack's errors of a step that has ended, or whose workflow is no more."""
MISFIT = "parameter_validation_failed"
ELDER = "Done; but this workflow was built with an elder form of the step, which takes no result."
LONGEST_PAUSE = 300.0
LONGEST = 1_000
MARKS = str.maketrans("<>", "‹›")
"""What a workflow posts as it stands must call nobody: `<!channel>` in the name of a coupon."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Ending:
    """What the next step gets; or, in words, why there is none."""

    outputs: Mapping[str, str] | None
    words: str = ""


class Finishing:
    """A job: takes what was left lying, and tells what has ended and was not told."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        client: WebClient,
        results: Results,
        coming: Executions,
        now: Now,
    ) -> None:
        self._store, self._vault, self._client = store, vault, client
        self._results, self._coming, self._now = results, coming, now
        self._paused_until = now()

    def finish(self) -> None:
        """All of it, each alone: Slack being away delays it, no more."""
        with self._store.glance() as tx:
            untaken = executions.steps_untaken(tx, self._now())
        for id in untaken:
            self._alone(id, self._coming.take)
        if self._paused_until > self._now():
            return  # so many ended at once that Slack has asked to be left alone
        with self._store.glance() as tx:
            over = executions.steps_ended(tx, self._now())
        for id in over:
            if self._paused_until <= self._now():
                self._alone(id, self._end)

    def _alone(self, id: str, work: Callable[[str], None]) -> None:
        with self._store.claim(f"step:{id}") as mine:  # or another process is at it
            if not mine:
                return
            try:
                work(id)
            except OperationalError:
                raise  # the database itself: nothing else would go through either
            except Exception as error:  # what is odd about one must not keep the others waiting
                self._later(id, error)

    def _end(self, id: str) -> None:
        with self._store.look() as tx:
            kept = executions.execution_seen(tx, id)
            if kept is None or kept.told_at:
                return
            run, ending = self._of_request(tx, kept) if kept.request else (None, None)
        if kept.ending:
            ending = self._of_itself(kept)
        elif run:
            outputs = steps.given(self._results.card(run.id), kept.request or "")
            ending = Ending(outputs)
        if ending is None:
            return  # somebody has let it go on since
        self._tell(kept, ending)
        self._mark(id)

    def _of_itself(self, kept: Execution) -> Ending:
        said = self._vault.open(kept.ending)
        return Ending(said.get(OUTCOME), said.get(WORDS, ""))

    def _of_request(self, tx: Session, kept: Execution) -> tuple[Operation | None, Ending | None]:
        """The run that is done, or why none will be; neither, while there is hope."""
        request = queries.request_seen(tx, kept.request or "")
        if request is None:
            return None, None
        runs = queries.operations_of(tx, request.id)
        if done := next((run for run in runs if run.state is Progress.DONE), None):
            return done, None
        if request.state in executions.NEVER:
            return None, Ending(None, ended(request.state, request.problem))
        if runs and runs[0].state not in executions.AT_WORK:
            return None, Ending(None, ended(runs[0].state, runs[0].problem))
        return None, None

    def _tell(self, kept: Execution, ending: Ending) -> None:
        try:
            if ending.outputs is None:
                self._fail(kept.id, ending.words)
            else:
                self._complete(kept, ending.outputs)
        except SlackApiError as error:
            if error.response.get("error") not in KNOWS:
                raise
            log.info("a step had ended before", execution=kept.id, error=error.response["error"])

    def _complete(self, kept: Execution, outputs: Mapping[str, str]) -> None:
        known = {
            name: cell(value.translate(MARKS), LONGEST)
            for name, value in outputs.items()
            if name in kept.outputs
        }
        try:
            self._client.functions_completeSuccess(function_execution_id=kept.id, outputs=known)
        except SlackApiError as error:
            if error.response.get("error") != MISFIT:
                raise
            log.error("a step of another form", execution=kept.id, step=kept.step)
            self._fail(kept.id, ELDER)

    def _fail(self, id: str, words: str) -> None:
        said = escape(words, LONGEST)
        self._client.functions_completeError(function_execution_id=id, error=said)

    def _mark(self, id: str) -> None:
        with self._store.begin() as tx:
            kept = executions.execution(tx, id)
            if kept:
                kept.told_at, kept.ending = self._now(), ""
                tx.add(kept)

    def _later(self, id: str, error: Exception) -> None:
        if asked := asked_for(error):
            self._paused_until = self._now() + timedelta(seconds=asked)
            return
        with self._store.begin() as tx:
            kept = executions.execution(tx, id)
            if kept:
                kept.tries += 1
                pause = min(LONGEST_PAUSE, 0.5 * 2.0 ** min(kept.tries, 10))
                kept.retry_at = self._now() + timedelta(seconds=pause)
                tx.add(kept)
        foreseen = isinstance(error, SlackApiError | SlackClientError | OSError)
        said = str(error)[:200] if foreseen else type(error).__name__
        log.warning("the end of a step waits", execution=id, error=said)
