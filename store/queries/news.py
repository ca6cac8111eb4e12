"""News that has not been told yet, and whom it is about."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_
from sqlmodel import Session, col, select

from store.queries.surfaces import CARDS
from store.tables import Notice, Posted, Request


class Untold(NamedTuple):
    """A piece of news: of which request, of one of its runs, and who had asked."""

    request: str
    operation: str | None
    asker: str


def untold(
    tx: Session, now: datetime, resting: Collection[str], *, edits: bool, most: int = 200
) -> Sequence[Untold]:
    """What is to be told now, oldest first: nothing of what these people have asked.

    Without `edits`, only of requests whose card has not been posted yet.
    """
    asked = (
        select(Notice.request, Notice.operation, Request.actor)
        .join(Request, col(Request.id) == Notice.request)
        .where(
            col(Notice.told_at).is_(None),
            or_(col(Notice.retry_at).is_(None), col(Notice.retry_at) <= now),
            col(Request.actor).not_in(resting),
        )
    )
    if not edits:
        cards = [col(Request.id) + f":{audience}" for audience in CARDS]
        asked = asked.where(~select(Posted.key).where(col(Posted.key).in_(cards)).exists())
    rows = tx.exec(asked.order_by(col(Notice.id)).limit(most)).all()
    return [Untold(*row) for row in rows]
