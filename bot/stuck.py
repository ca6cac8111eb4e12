"""What does not go on, and why: for `vouchdesk doctor`, from the database alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.views.times import span
from store import queries
from store.hooks import Check
from store.queries import executions, hooks, standing
from store.tables import Progress

SOON = timedelta(minutes=2)
"""By then whatever is due has begun, if a bot runs."""
LONG = timedelta(minutes=10)
TRIES, RECENT, MOST = 3, timedelta(days=7), 10

Stuck = tuple[str, str]
"""What it is, and why it does not go on."""


def stuck(tx: Session, now: datetime) -> Iterator[Stuck]:
    """From what keeps everything from going on, to what waits for one person."""
    yield from _jobs(tx, now)
    for request in standing.overdue(tx, now - SOON):
        late = span(now - (request.next_at or now))
        yield request.id, f"agreed and due for {late}, but not launched. Is a bot running?"
    for request in standing.not_prepared(tx, now - SOON):
        why = request.problem or "Nobody has looked at it yet. Is a bot running?"
        yield request.id, f"asked {span(now - request.asked_at)} ago, still being checked: {why}"
    count, oldest = standing.queue(tx, now - SOON)
    if oldest:
        words = f"{count:,} could begin and have not, the first for {span(now - oldest)}"
        yield "queue", f"{words}. Too slow a pace, or no bot running?"
    for notice in standing.refused_news(tx, TRIES, now - LONG):
        tried = f"{notice.tries:,} tries" if notice.tries else "nobody has tried"
        words = f"“{notice.became}” is not told since {span(now - notice.at)} ({tried})"
        yield notice.request, f"{words}. Is the app in the channel for approvals?"
    yield from _webhooks(tx, now)
    for step in executions.steps_late(tx, now + LONG, TRIES, now - LONG):
        tried = f"{step.tries:,} tries" if step.tries else "nobody has tried"
        words = f"the workflow waits for the end of “{step.step}” ({tried})"
        yield step.request or step.id, f"{words}. Is a bot running, and Slack there?"
    for operation in queries.operations_in(tx, Progress.UNCLEAR, Progress.HELD):
        yield (
            operation.id,
            f"{operation.state}: {operation.problem} Somebody has to decide on its card.",
        )


def failed(tx: Session, now: datetime) -> Iterator[Stuck]:
    """What failed of late; it may well be meant to stay so."""
    for run in standing.newest_runs_in(tx, Progress.FAILED, now - RECENT, MOST):
        yield run.id, f"failed: {run.problem} “Go on” on its card tries again."


def _webhooks(tx: Session, now: datetime) -> Iterator[Stuck]:
    """Those that were given up, and those that nobody looks at."""
    if dead := hooks.by_state(tx).get(Check.DEAD, 0):
        why = hooks.newest(tx, (Check.DEAD,), 1)[0].problem
        words = f"{dead:,} were given up, the last one because: {why} See: vouchdesk webhooks list"
        yield "webhooks", words
    oldest = hooks.oldest_kept(tx)
    if oldest and now - oldest > LONG:
        words = f"not all are checked, the oldest came {span(now - oldest)} ago"
        yield "webhooks", f"{words}. Does Coupontools answer? Is a bot running?"


def _jobs(tx: Session, now: datetime) -> Iterator[Stuck]:
    """Jobs that have run here and do not any more."""
    for beat in standing.beats(tx):
        since = now - beat.at
        if since > LONG + timedelta(seconds=3 * beat.every):
            yield f"job {beat.job}", f"has not run for {span(since)}. Is a bot running?"
