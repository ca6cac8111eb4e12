"""What several processes on one PostgreSQL database have to agree on; its clock is the judge."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from store.kinds import Kind
from store.tables import AuditEntry, Notice

ADOPTED = Kind.ADOPTED
"""What the record calls it when a run is taken over from a process that is gone."""

RESERVE = text(
    """
    INSERT INTO app_pace AS pace (account, next_at)
    VALUES (:account, clock_timestamp() + make_interval(secs => :steps - :lead))
    ON CONFLICT (account) DO UPDATE
    SET next_at = greatest(pace.next_at, clock_timestamp() - make_interval(secs => :lead))
        + make_interval(secs => :steps)
    RETURNING extract(epoch FROM next_at - clock_timestamp()) - :steps
    """
)
HOLD = text(
    """
    INSERT INTO app_pace AS pace (account, next_at, held_until)
    VALUES (:account, clock_timestamp() + make_interval(secs => :seconds),
        clock_timestamp() + make_interval(secs => :seconds))
    ON CONFLICT (account) DO UPDATE
    SET next_at = greatest(pace.next_at, excluded.next_at),
        held_until = greatest(pace.held_until, excluded.held_until)
    """
)
HELD = text(
    "SELECT held_until > clock_timestamp() FROM app_pace WHERE account = :account",
)


def reserve_calls(
    tx: Session, account: str, rate: float, burst: int, count: int
) -> Sequence[float]:
    """Take the next free places in the row of calls: seconds until each, at most 0: now."""
    step = 1 / rate
    given = {"account": account, "steps": count * step, "lead": (burst - 1) * step}
    first = float(tx.execute(RESERVE, given).scalar_one())
    return [first + number * step for number in range(count)]


def hold_calls(tx: Session, account: str, seconds: float) -> None:
    """Nobody calls for so long; then at the usual pace, without a burst."""
    tx.execute(HOLD, {"account": account, "seconds": seconds})


def calls_held(tx: Session, account: str) -> bool:
    """Whether the account waits for the moment that Coupontools named."""
    return bool(tx.execute(HELD, {"account": account}).scalar())


def adoptions(tx: Session, operation: str) -> int:
    """How often it was taken over already."""
    asked = select(func.count()).where(
        AuditEntry.operation == operation, AuditEntry.kind == ADOPTED
    )
    return tx.exec(asked).one()


def untold_of(tx: Session, request: str, most: int = 200) -> Sequence[Notice]:
    """All news of a request that has not been told, in order."""
    return tx.exec(
        select(Notice)
        .where(Notice.request == request, col(Notice.told_at).is_(None))
        .order_by(col(Notice.id))
        .limit(most)
    ).all()
