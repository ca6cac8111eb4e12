"""Questions about what is over for so long that it need not be kept, and its removal."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Executable, case, delete, exists, update
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col, func, select

from store.tables import (
    AuditEntry,
    Consent,
    Draft,
    Notice,
    Operation,
    Posted,
    Progress,
    Request,
    StepRun,
)

FINAL = (Consent.SPENT, Consent.VOID, Consent.REFUSED, Consent.WITHDRAWN, Consent.EXPIRED)
OVER = (Progress.DONE, Progress.FAILED, Progress.DROPPED)


def was_noted(tx: Session, kind: str, since: datetime) -> bool:
    """Whether such a line came on record since then."""
    asked = select(AuditEntry.seq).where(AuditEntry.kind == kind, col(AuditEntry.at) > since)
    return tx.exec(asked.limit(1)).first() is not None


def forget_notices(tx: Session, before: datetime, most: int) -> int:
    """Remove news that was told long ago; how much of it."""
    old = select(Notice.id).where(col(Notice.told_at) <= before).limit(most)
    return gone(tx, delete(Notice).where(col(Notice.id).in_(old)))


def forget_drafts(tx: Session, before: datetime, most: int) -> int:
    """Remove forms that nobody has gone on with."""
    old = select(Draft.id).where(col(Draft.at) <= before).limit(most)
    return gone(tx, delete(Draft).where(col(Draft.id).in_(old)))


def forget_places(tx: Session, request: str) -> int:
    """Where messages about a request stand."""
    return gone(
        tx, delete(Posted).where(col(Posted.key).startswith(f"{request}:", autoescape=True))
    )


def moments_over(tx: Session, before: datetime, most: int) -> Sequence[tuple[str, datetime]]:
    """Request and due moment of runs of which the last was over long ago."""
    ended = func.coalesce(Operation.ended_at, Operation.started_at, Operation.run_at)
    open_: ColumnElement[int] = case((col(Operation.state).in_(OVER), 0), else_=1)
    asked = (
        select(Operation.request, Operation.due)
        .where(col(Operation.pruned_at).is_(None))
        .group_by(col(Operation.request), col(Operation.due))
        .having(func.max(ended) <= before, func.sum(open_) == 0)
    )
    return [(request, due) for request, due in tx.exec(asked.limit(most))]


def runs_to_prune(tx: Session, request: str, due: datetime, most: int) -> Sequence[Operation]:
    """The next runs of that moment; locked."""
    asked = select(Operation).where(
        Operation.request == request, Operation.due == due, col(Operation.pruned_at).is_(None)
    )
    some = asked.order_by(col(Operation.row)).limit(most)
    return tx.exec(some.with_for_update(skip_locked=True)).all()


def forget_replies(tx: Session, operations: Sequence[str]) -> int:
    """Remove the answers to these runs; what became of each call stays."""
    kept = (col(StepRun.operation).in_(operations), col(StepRun.reply).is_not(None))
    return gone(tx, update(StepRun).where(*kept).values(reply=None))


def requests_to_prune(tx: Session, before: datetime, most: int) -> Sequence[Request]:
    """Requests that are over, with all their runs, and of which nothing was heard since; locked."""
    lives = exists().where(col(Operation.request) == Request.id, col(Operation.pruned_at).is_(None))
    heard = exists().where(col(AuditEntry.request) == Request.id, col(AuditEntry.at) > before)
    asked = select(Request).where(
        col(Request.state).in_(FINAL),
        col(Request.pruned_at).is_(None),
        col(Request.asked_at) <= before,
        ~lives,
        ~heard,
    )
    return tx.exec(asked.limit(most).with_for_update(skip_locked=True)).all()


def gone(tx: Session, statement: Executable) -> int:
    done = tx.execute(statement, execution_options={"synchronize_session": False})
    return done.rowcount if isinstance(done, CursorResult) else 0
