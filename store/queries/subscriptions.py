"""Questions about channels that want to know: who, of what, and how much was counted for them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from store.hooks import Subscription, Tally
from store.queries.hooks import upsert


def subscription(tx: Session, id: str) -> Subscription | None:
    """One, locked until the transaction ends."""
    return tx.exec(select(Subscription).where(Subscription.id == id).with_for_update()).first()


def live(tx: Session, account: str = "", channel: str = "") -> Sequence[Subscription]:
    """Those that have not ended, oldest first; of an account or a channel, if one is named."""
    asked = select(Subscription).where(col(Subscription.ended_at).is_(None))
    if account:
        asked = asked.where(Subscription.account == account)
    if channel:
        asked = asked.where(Subscription.channel == channel)
    return tx.exec(asked.order_by(col(Subscription.at), col(Subscription.id))).all()


def counted(tx: Session, id: str, more: int, at: datetime) -> None:
    """So many more have happened."""
    tx.execute(
        update(Subscription)
        .where(col(Subscription.id) == id)
        .values(count=col(Subscription.count) + more, last_at=at),
        execution_options={"synchronize_session": False},
    )


def tally(tx: Session, id: str, day: date, campaign: str, kind: str, more: int) -> None:
    """The same, on a line of that day's message."""
    line = {"subscription": id, "day": day, "campaign": campaign, "kind": kind}
    new = upsert(tx, Tally).values(**line, count=more, told=0)
    tx.execute(
        new.on_conflict_do_update(index_elements=[*line], set_={"count": col(Tally.count) + more})
    )


def untold(tx: Session, id: str) -> Sequence[date]:
    """Days of which a line is not shown as it stands."""
    asked = select(col(Tally.day)).where(Tally.subscription == id, Tally.count != Tally.told)
    return tx.exec(asked.distinct().order_by(col(Tally.day))).all()


def lines(tx: Session, id: str, day: date) -> Sequence[Tally]:
    """The lines of one day, the longest first."""
    asked = select(Tally).where(Tally.subscription == id, Tally.day == day)
    return tx.exec(asked.order_by(col(Tally.count).desc(), col(Tally.campaign))).all()


def told(tx: Session, lines: Sequence[Tally]) -> None:
    """The message shows these counts."""
    for line in lines:
        tx.execute(
            update(Tally)
            .where(
                col(Tally.subscription) == line.subscription,
                col(Tally.day) == line.day,
                col(Tally.campaign) == line.campaign,
                col(Tally.kind) == line.kind,
            )
            .values(told=line.count),
            execution_options={"synchronize_session": False},
        )


def has_told(tx: Session, id: str, up_to: int, at: datetime) -> None:
    """Its threshold was told, up to that count."""
    tx.execute(
        update(Subscription).where(col(Subscription.id) == id).values(told=up_to, told_at=at),
        execution_options={"synchronize_session": False},
    )
