"""Questions about what happened between two moments, for people who read it once a week."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from store.kinds import Kind
from store.tables import Approval, AuditEntry, Operation, Progress, Request

ENDS = (Kind.DONE, Kind.FAILED, Kind.UNCLEAR, Kind.DROPPED)


def ran(tx: Session, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """How many runs of each action ended, and how."""
    found: dict[str, dict[str, int]] = {}
    asked = (
        select(AuditEntry.action, AuditEntry.kind, func.count())
        .where(
            col(AuditEntry.kind).in_(ENDS),
            AuditEntry.at >= since,
            AuditEntry.at < until,
            AuditEntry.was != "",
        )
        .group_by(col(AuditEntry.action), col(AuditEntry.kind))
    )
    for action, kind, count in tx.exec(asked):
        found.setdefault(action, {})[kind] = count
    return found


def counts(tx: Session, since: datetime, until: datetime, *kinds: Kind) -> dict[str, int]:
    """How many lines of each of these kinds there are."""
    asked = (
        select(AuditEntry.kind, func.count())
        .where(col(AuditEntry.kind).in_(kinds), AuditEntry.at >= since, AuditEntry.at < until)
        .group_by(col(AuditEntry.kind))
    )
    return {kind: count for kind, count in tx.exec(asked)}


def yeses(tx: Session, since: datetime, until: datetime) -> dict[str, int]:
    """Who agreed how often, the most busy first."""
    count = func.count()
    asked = (
        select(Approval.person, count)
        .where(Approval.at >= since, Approval.at < until)
        .group_by(col(Approval.person))
        .order_by(count.desc(), col(Approval.person))
    )
    return {person: number for person, number in tx.exec(asked)}


def refusals(tx: Session, since: datetime, until: datetime, most: int) -> Sequence[AuditEntry]:
    """The newest noes, with their reasons."""
    asked = select(AuditEntry).where(
        AuditEntry.kind == Kind.REFUSED, AuditEntry.at >= since, AuditEntry.at < until
    )
    return tx.exec(asked.order_by(col(AuditEntry.seq).desc()).limit(most)).all()


def unclear(tx: Session, most: int) -> tuple[int, Sequence[Operation]]:
    """How many runs nobody has settled yet, and the eldest of them."""
    asked = select(Operation).where(Operation.state == Progress.UNCLEAR)
    count = tx.exec(select(func.count()).where(Operation.state == Progress.UNCLEAR)).one()
    return count, tx.exec(asked.order_by(col(Operation.due)).limit(most)).all()


def granted(
    tx: Session, since: datetime, until: datetime
) -> Sequence[tuple[str, str, datetime, datetime]]:
    """Id, action, since when it waited and when everybody had agreed, of what people agreed to."""
    asked = select(Request.id, Request.action, Request.waiting_since, Request.granted_at).where(
        col(Request.granted_at) >= since, col(Request.granted_at) < until, Request.quorum > 0
    )
    return [(id, action, was, at) for id, action, was, at in tx.exec(asked) if was and at]


def is_elder(tx: Session, moment: datetime) -> bool:
    """Whether there was a record before that moment."""
    asked = select(AuditEntry.seq).where(AuditEntry.at < moment).limit(1)
    return tx.exec(asked).first() is not None
