"""Questions about how things stand: what waits, since when, and what does not go on."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from store.tables import Beat, Consent, Notice, Operation, Progress, Request

Pile = tuple[int, datetime | None]
"""How many there are, and the moment of the oldest."""


def requests_by_state(tx: Session) -> dict[str, int]:
    asked = select(Request.state, func.count()).group_by(col(Request.state))
    return {str(state): count for state, count in tx.exec(asked)}


def runs_by_state(tx: Session) -> dict[str, int]:
    asked = select(Operation.state, func.count()).group_by(col(Operation.state))
    return {str(state): count for state, count in tx.exec(asked)}


def held_by_reason(tx: Session) -> dict[str, int]:
    asked = select(Operation.held_for, func.count()).where(Operation.state == Progress.HELD)
    return {why or "late": count for why, count in tx.exec(asked.group_by(Operation.held_for))}


def queue(tx: Session, now: datetime) -> Pile:
    """Runs that could begin and have not."""
    asked = select(func.count(), func.min(Operation.run_at)).where(
        Operation.state == Progress.READY, col(Operation.run_at) <= now
    )
    return _pile(tx.exec(asked).one())


def untold(tx: Session) -> Pile:
    """News that nobody has been told yet."""
    asked = select(func.count(), func.min(Notice.at)).where(col(Notice.told_at).is_(None))
    return _pile(tx.exec(asked).one())


def beats(tx: Session) -> Sequence[Beat]:
    """When each job ran through last."""
    return tx.exec(select(Beat).order_by(col(Beat.job))).all()


def beat(tx: Session, job: str, at: datetime, every: float) -> None:
    """This job has just run through."""
    tx.merge(Beat(job=job, at=at, every=every))


def overdue(tx: Session, before: datetime, most: int = 10) -> Sequence[Request]:
    """What should have been launched by then."""
    late = select(Request).where(Request.state == Consent.GRANTED, col(Request.next_at) <= before)
    return tx.exec(late.order_by(col(Request.next_at)).limit(most)).all()


def not_prepared(tx: Session, before: datetime, most: int = 10) -> Sequence[Request]:
    """What was asked by then and cannot be looked at."""
    asked = select(Request).where(Request.state == Consent.ASKED, col(Request.asked_at) <= before)
    return tx.exec(asked.order_by(col(Request.asked_at)).limit(most)).all()


def refused_news(tx: Session, tries: int, before: datetime, most: int = 10) -> Sequence[Notice]:
    """News that Slack does not take, or that nobody tells."""
    asked = select(Notice).where(
        col(Notice.told_at).is_(None), or_(col(Notice.tries) >= tries, col(Notice.at) <= before)
    )
    return tx.exec(asked.order_by(col(Notice.id)).limit(most)).all()


def newest_runs_in(tx: Session, state: Progress, since: datetime, most: int) -> Sequence[Operation]:
    """Runs in that state that began since then, the newest first."""
    asked = select(Operation).where(Operation.state == state, col(Operation.run_at) >= since)
    return tx.exec(asked.order_by(col(Operation.run_at).desc()).limit(most)).all()


def _pile(found: tuple[int, datetime | None]) -> Pile:
    return found[0], found[1]
