"""Questions about steps of workflows: which are to be taken, and which have ended untold."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, and_, col, exists, or_, select

from store.queries.retention import gone
from store.tables import Consent, Execution, Operation, Progress, Request

NEVER = (Consent.VOID, Consent.REFUSED, Consent.WITHDRAWN, Consent.EXPIRED)
"""Nothing will come of a request that is one of these."""
AT_WORK = (Progress.READY, Progress.HELD, Progress.RUNNING)


def execution(tx: Session, id: str) -> Execution | None:
    """The run of a step, locked until the transaction ends."""
    return tx.exec(select(Execution).where(Execution.id == id).with_for_update()).first()


def execution_seen(tx: Session, id: str) -> Execution | None:
    """The run of a step as it stands, unlocked."""
    return tx.get(Execution, id)


def steps_untaken(tx: Session, now: datetime, most: int = 50) -> Sequence[str]:
    """Ids of runs that the desk has not seen: their process died, or the database was busy."""
    new = (col(Execution.request).is_(None), col(Execution.ending) == "")
    return _untold(tx, now, and_(*new), most)


def steps_ended(tx: Session, now: datetime, most: int = 50) -> Sequence[str]:
    """Ids of runs of which it is known how they ended, and that Slack has not been told of."""
    run = (col(Operation.request) == Execution.request,)
    done = exists().where(*run, col(Operation.state) == Progress.DONE)
    at_work = exists().where(*run, col(Operation.state).in_(AT_WORK))
    request = (col(Request.id) == Execution.request,)
    over = exists().where(*request, col(Request.state).in_(NEVER))
    spent = exists().where(*request, col(Request.state) == Consent.SPENT)
    known = or_(col(Execution.ending) != "", over, done, and_(spent, ~at_work))
    return _untold(tx, now, known, most)


def steps_late(tx: Session, now: datetime, tries: int, before: datetime) -> Sequence[Execution]:
    """Runs whose end Slack does not take, and those that came before then and nobody has taken."""
    ids = [*steps_untaken(tx, now), *steps_ended(tx, now)]
    waits = and_(col(Execution.request).is_(None), col(Execution.at) <= before)
    late = or_(col(Execution.tries) >= tries, waits)
    return tx.exec(select(Execution).where(col(Execution.id).in_(ids), late)).all()


def forget_executions(tx: Session, before: datetime, most: int) -> int:
    """Remove what was told long ago; how many."""
    old = select(Execution.id).where(col(Execution.told_at) <= before).limit(most)
    return gone(tx, delete(Execution).where(col(Execution.id).in_(old)))


def _untold(tx: Session, now: datetime, which: ColumnElement[bool], most: int) -> Sequence[str]:
    waits = or_(col(Execution.retry_at).is_(None), col(Execution.retry_at) <= now)
    asked = select(Execution.id).where(col(Execution.told_at).is_(None), waits, which)
    return list(tx.exec(asked.order_by(col(Execution.at)).limit(most)).all())
