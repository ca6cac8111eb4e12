"""Questions about deliveries: which wait, which came before, what becomes of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, func, or_, select

from store.hooks import Check, Event, Hook
from store.queries.retention import gone
from store.tables import Bookmark

SETTLED = (Check.COUNTED, Check.SAME, Check.FORGED, Check.DEAD)


def keep(tx: Session, **row: Any) -> None:
    """Put a delivery on record; the same again only counts how often it came."""
    new = upsert(tx, Hook).values(state=Check.KEPT, times=1, tries=0, problem="", **row)
    same = new.on_conflict_do_update(
        index_elements=["account", "digest"], set_={"times": col(Hook.times) + 1}
    )
    tx.execute(same)


def upsert(tx: Session, table: type[SQLModel]) -> Any:
    """An INSERT of the database at hand, which knows what to do on a conflict."""
    dialect = sqlite if tx.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


def hook(tx: Session, id: int) -> Hook | None:
    """A delivery, locked until the transaction ends."""
    return tx.exec(select(Hook).where(Hook.id == id).with_for_update()).first()


def to_check(
    tx: Session, account: str, now: datetime, most: int, *, only_polled: bool = False
) -> Sequence[Hook]:
    """Deliveries that are to be looked at now, in the order in which they came."""
    asked = select(Hook).where(
        Hook.account == account,
        Hook.state == Check.KEPT,
        or_(col(Hook.retry_at).is_(None), col(Hook.retry_at) <= now),
    )
    if only_polled:
        asked = asked.where(Hook.source == "poll")
    return tx.exec(asked.order_by(col(Hook.id)).limit(most)).all()


def locked(tx: Session, ids: Sequence[int]) -> Sequence[Hook]:
    """Those of them that still wait, locked until the transaction ends."""
    asked = select(Hook).where(col(Hook.id).in_(ids), Hook.state == Check.KEPT)
    some = asked.order_by(col(Hook.id)).with_for_update(skip_locked=True)
    return tx.exec(some.execution_options(populate_existing=True)).all()


def waiting(tx: Session) -> dict[str, int]:
    """How many wait, by account."""
    asked = select(Hook.account, func.count()).where(Hook.state == Check.KEPT)
    return {account: count for account, count in tx.exec(asked.group_by(col(Hook.account)))}


def oldest_kept(tx: Session) -> datetime | None:
    """When the first of those came that wait."""
    return tx.exec(select(func.min(Hook.at)).where(Hook.state == Check.KEPT)).one()


def bodies_after(tx: Session, id: int, most: int) -> Sequence[Hook]:
    """The next ones whose bodies are kept; locked."""
    asked = select(Hook).where(col(Hook.id) > id, Hook.sealed != "")
    return tx.exec(asked.order_by(col(Hook.id)).limit(most).with_for_update()).all()


def by_state(tx: Session) -> dict[str, int]:
    """How many stand in each state."""
    asked = select(Hook.state, func.count()).group_by(col(Hook.state))
    return {str(state): count for state, count in tx.exec(asked)}


def newest(tx: Session, states: Sequence[Check] = (), most: int = 50) -> Sequence[Hook]:
    """The newest deliveries in these states, or of all."""
    asked = select(Hook).order_by(col(Hook.id).desc()).limit(most)
    return tx.exec(asked.where(col(Hook.state).in_(states)) if states else asked).all()


def calls_since(tx: Session, account: str, since: datetime) -> int:
    """About how many deliveries Coupontools was asked since then."""
    asked = select(func.count()).where(Hook.account == account, col(Hook.called_at) > since)
    return tx.exec(asked).one()


def asks(tx: Session, ids: Sequence[int], now: datetime, again: timedelta) -> None:
    """Coupontools is about to be asked about these; should we die, they are asked again later."""
    tx.execute(
        update(Hook)
        .where(col(Hook.id).in_(ids), col(Hook.state) == Check.KEPT)
        .values(called_at=now, tries=col(Hook.tries) + 1, retry_at=now + again),
        execution_options={"synchronize_session": False},
    )


def settle(tx: Session, hook: Hook, state: Check, problem: str = "") -> None:
    """What has become of it; it is locked, and was waiting."""
    hook.state, hook.problem, hook.retry_at = state, problem, None
    tx.add(hook)


def forged(tx: Session, account: str, asks: Sequence[str]) -> set[str]:
    """About which of these Coupontools has said no already."""
    known = select(Hook.asks).where(
        Hook.account == account, col(Hook.asks).in_(asks), Hook.state == Check.FORGED
    )
    return set(tx.exec(known).all())


def forget_no(tx: Session, account: str, asks: str) -> None:
    """That Coupontools has said no to that holds no longer: it is asked again."""
    known = (col(Hook.account) == account, col(Hook.asks) == asks, col(Hook.asks) != "")
    tx.execute(
        update(Hook).where(*known).values(asks=""),
        execution_options={"synchronize_session": False},
    )


def happened(tx: Session, account: str, events: Sequence[str]) -> set[str]:
    """Which of these events are counted already."""
    known = select(Event.event).where(Event.account == account, col(Event.event).in_(events))
    return {id for id in tx.exec(known) if id}


def counted(tx: Session, account: str, keys: Sequence[str]) -> set[str]:
    """Which of these are counted already."""
    found: set[str] = set()
    for begin in range(0, len(keys), 500):
        some = col(Event.key).in_(keys[begin : begin + 500])
        found |= set(tx.exec(select(Event.key).where(Event.account == account, some)))
    return found


def happens(tx: Session, rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Put events on record; gives the keys of those that were not."""
    new = upsert(tx, Event).values([*rows]).on_conflict_do_nothing()
    return set(tx.execute(new.returning(col(Event.key))).scalars())


def bookmark(tx: Session, account: str, name: str) -> str:
    """How far it has come; nothing: not begun."""
    found = tx.get(Bookmark, f"{account}: {name}")
    return found.words if found else ""


def put_bookmark(tx: Session, account: str, name: str, words: str, at: datetime) -> None:
    """It has come so far."""
    tx.merge(Bookmark(name=f"{account}: {name}", words=words, at=at))


def forget_hooks(tx: Session, before: datetime, most: int) -> int:
    """Remove deliveries that came long ago and wait for nothing."""
    old = select(Hook.id).where(col(Hook.at) <= before, col(Hook.state).in_(SETTLED)).limit(most)
    return gone(tx, delete(Hook).where(col(Hook.id).in_(old)))


def forget_events(tx: Session, before: datetime, most: int) -> int:
    """Remove what was counted so long ago that nobody tells it again."""
    old = select(Event.account, Event.key).where(col(Event.at) <= before).limit(most)
    found = tx.exec(old).all()
    return sum(
        gone(tx, delete(Event).where(col(Event.account) == account, col(Event.key) == key))
        for account, key in found
    )
