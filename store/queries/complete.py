"""Questions by which it is found whether the record is whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from store.kinds import Kind
from store.queries.retention import was_noted as was_noted
from store.tables import AuditEntry, Bookmark, Effect, Listed, Operation, StepRun

Called = tuple[str, str]
"""A run, and which call of it: its position and its round."""
SETTLED = (Effect.CONFIRMED, Effect.REFUSED, Effect.UNCLEAR)
LATER = Kind.ANSWERED_LATE
"""A second line about one call, which is none too many."""
PART = 5_000


def bookmark(tx: Session, name: str) -> Bookmark | None:
    return tx.get(Bookmark, name)


def calls(tx: Session, since: datetime) -> Iterator[Called]:
    """Those that were made since then, and of which is known, or in doubt, what came of them."""
    asked = select(StepRun.operation, StepRun.position, StepRun.round).where(
        col(StepRun.effect).in_(SETTLED), StepRun.sent_at >= since
    )
    for run, position, round in tx.exec(asked.execution_options(yield_per=PART)):
        yield run, f"{position}/{round}"


def lines(tx: Session, since: datetime) -> Iterator[Called]:
    """Those that the record has lines about since then."""
    asked = select(AuditEntry.operation, AuditEntry.step).where(
        AuditEntry.at >= since, AuditEntry.step != "", AuditEntry.kind != LATER
    )
    for run, step in tx.exec(asked.execution_options(yield_per=PART)):
        yield run or "", step


def has_line(tx: Session, call: Called) -> bool:
    """Whether there is one, of whatever moment."""
    run, step = call
    asked = select(AuditEntry.seq).where(
        AuditEntry.request == run.partition(".")[0],
        AuditEntry.operation == run,
        AuditEntry.step == step,
    )
    return tx.exec(asked.limit(1)).first() is not None


def has_call(tx: Session, call: Called) -> bool:
    """Whether the ledger has it."""
    run, step = call
    position, _, round = step.partition("/")
    return tx.get(StepRun, (run, int(position), int(round))) is not None


def of_endpoint(
    tx: Session, account: str, endpoint: str, since: datetime, *effects: Effect
) -> Sequence[StepRun]:
    """Calls of an account to one endpoint since then, of which that is known."""
    asked = (
        select(StepRun)
        .join(Operation, col(Operation.id) == StepRun.operation)
        .where(
            Operation.account == account,
            StepRun.endpoint == endpoint,
            StepRun.sent_at >= since,
            col(StepRun.effect).in_(effects),
        )
    )
    return tx.exec(asked).all()


def listed(tx: Session, account: str) -> Mapping[str, Listed]:
    """What Coupontools listed last time, by the name of the list."""
    found = tx.exec(select(Listed).where(Listed.account == account)).all()
    return {each.name: each for each in found}


def gaps(tx: Session, since: datetime) -> Sequence[AuditEntry]:
    """What was found missing since then, oldest first."""
    asked = select(AuditEntry).where(AuditEntry.kind == Kind.GAP, AuditEntry.at >= since)
    return tx.exec(asked.order_by(col(AuditEntry.seq))).all()
