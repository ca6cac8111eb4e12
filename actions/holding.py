"""What keeps a run from going on just now: it is late, all is stopped, or it is no time for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from actions import policy
from actions.weighing import terms_of
from store import queries
from store.queries import surfaces
from store.tables import Account, Consent, Operation, Request

LATE, QUIET, BLACKOUT, STOPPED = "late", "quiet", "blackout", "stopped"


@dataclass(frozen=True)
class Wait:
    """Words for people, what it waits for, and until when, if that is known."""

    words: str
    why: str
    until: datetime | None = None


LATE_ONE = Wait("Too late to run without asking.", LATE)


def too_late(operation: Operation, lateness: timedelta, now: datetime) -> bool:
    """Whether a person has to say that it may still run."""
    return now - operation.run_at > lateness


def stopped(account: Account | None) -> str:
    """Words, while nothing of the account goes out."""
    if account is None or account.stopped_at is None:
        return ""
    return f"Everything outgoing was stopped by {account.stopped_by}."


def ended(operation: Operation, request: Request | None) -> str:
    """Whether somebody wants no more calls of it."""
    if operation.stop_by:
        return f"It was stopped by {operation.stop_by}"
    is_withdrawn = request is not None and request.state is Consent.WITHDRAWN
    return "It was withdrawn" if is_withdrawn else ""


def is_under_way(tx: Session, operation: Operation) -> bool:
    """Whether a part of it is done: then a stop holds the rest, it does not begin it anew."""
    return surfaces.is_sheet(tx, operation.request) or bool(queries.step_runs(tx, operation.id))


def between_calls(
    operation: Operation, account: Account | None, lateness: timedelta, now: datetime
) -> Wait | None:
    """What holds it at any moment."""
    if too_late(operation, lateness, now):
        return LATE_ONE
    words = stopped(account)
    return Wait(words, STOPPED) if words else None


def before_it(
    operation: Operation,
    request: Request | None,
    account: Account | None,
    lateness: timedelta,
    now: datetime,
) -> Wait | None:
    """What holds it before it begins: days and hours, too, unless somebody has waived them."""
    if wait := between_calls(operation, account, lateness, now):
        return wait
    waived = operation.held_until is not None and now < operation.held_until
    if request is None or account is None or waived:
        return None
    terms = terms_of(request)
    if until := policy.blackout_until(terms.blackout, account.timezone, now):
        return Wait(f"Blackout day, until {_said(until, account)}.", BLACKOUT, until)
    if until := policy.quiet_until(terms.quiet, account.timezone, now):
        local = until.astimezone(ZoneInfo(account.timezone))
        return Wait(f"Quiet hours until {local:%H:%M} ({account.timezone}).", QUIET, until)
    return None


def _said(until: datetime, account: Account) -> str:
    local = until.astimezone(ZoneInfo(account.timezone))
    return f"{local:%Y-%m-%d %H:%M} ({account.timezone})"
