"""Questions of the places where people decide: which card is that, what can be stopped."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, and_, col, func, or_, select

from store.queries import OPEN
from store.tables import Consent, Posted, Request

CARDS = ("approvers", "asker")


def request_at(tx: Session, channel: str, ts: str) -> str | None:
    """The request whose card stands there; None for any other message."""
    kept = select(Posted.key).where(Posted.channel == channel, Posted.ts == ts)
    for key in tx.exec(kept):
        request, _, audience = key.rpartition(":")
        if audience in CARDS and not request.startswith("notice:"):  # nor a reply under it
            return request
    return None


def posted_under(tx: Session, prefix: str) -> Sequence[Posted]:
    """Messages whose key begins so."""
    return tx.exec(select(Posted).where(col(Posted.key).startswith(prefix, autoescape=True))).all()


def requests_to_stop(tx: Session, now: datetime, most: int = 50) -> Sequence[Request]:
    """What is stopped, and what is granted and goes out later; soonest first."""
    ahead = and_(col(Request.state) == Consent.GRANTED, col(Request.next_at) > now)
    return tx.exec(
        select(Request)
        .where(or_(Request.state == Consent.PAUSED, ahead), Request.quorum > 0)
        .order_by(col(Request.next_at))
        .limit(most)
    ).all()


def requests_planned(tx: Session, most: int = 500) -> Sequence[Request]:
    """What has a moment or repeats, and has more to run; agreed to or not."""
    is_planned = or_(col(Request.crontab) != "", col(Request.planned_at).is_not(None))
    asked = select(Request).where(col(Request.state).in_(OPEN), is_planned)
    return tx.exec(asked.order_by(col(Request.next_at)).limit(most)).all()


def requests_soon(
    tx: Session, actions: Sequence[str], now: datetime, until: datetime, most: int = 100
) -> Sequence[Request]:
    """What is planned and granted of these actions, and runs by then; soonest first."""
    is_planned = or_(col(Request.crontab) != "", col(Request.planned_at).is_not(None))
    asked = select(Request).where(
        Request.state == Consent.GRANTED,
        col(Request.next_at) > now,
        col(Request.next_at) <= until,
        col(Request.action).in_(actions),
        is_planned,
    )
    return tx.exec(asked.order_by(col(Request.next_at)).limit(most)).all()


def is_sheet(tx: Session, request: str) -> bool:
    """Whether it has many rows."""
    asked = select(func.json_array_length(Request.inputs)).where(Request.id == request)
    return (tx.exec(asked).first() or 0) > 1
