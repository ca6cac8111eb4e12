"""Questions by which all is found that may hold something of one person."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from store.queries.retention import FINAL, OVER
from store.tables import Draft, Operation, Request, StepRun


def requests_after(tx: Session, id: str, most: int) -> Sequence[Request]:
    """The next ones that still have their private inputs; locked."""
    asked = select(Request).where(Request.id > id, col(Request.pruned_at).is_(None))
    return tx.exec(asked.order_by(col(Request.id)).limit(most).with_for_update()).all()


def is_over(tx: Session, request: Request) -> bool:
    """Whether nothing more comes of it, and nobody has to look at anything of it."""
    if request.state not in FINAL:
        return False
    asked = select(func.count()).where(
        Operation.request == request.id, col(Operation.state).not_in(OVER)
    )
    return tx.exec(asked).one() == 0


def runs_of(tx: Session, request: str) -> Sequence[Operation]:
    """Its runs that still have their private inputs; locked."""
    asked = select(Operation).where(
        Operation.request == request, col(Operation.pruned_at).is_(None)
    )
    return tx.exec(asked.with_for_update()).all()


def answers_after(tx: Session, last: tuple[str, int, int], most: int) -> Sequence[StepRun]:
    """The next calls whose answers are kept."""
    id, position, round = last
    asked = select(StepRun).where(
        col(StepRun.reply).is_not(None),
        (col(StepRun.operation) > id)
        | ((col(StepRun.operation) == id) & (col(StepRun.position) > position))
        | (
            (col(StepRun.operation) == id)
            & (col(StepRun.position) == position)
            & (col(StepRun.round) > round)
        ),
    )
    order = (col(StepRun.operation), col(StepRun.position), col(StepRun.round))
    return tx.exec(asked.order_by(*order).limit(most)).all()


def drafts(tx: Session) -> Sequence[Draft]:
    """All forms that somebody is in the middle of: they are kept for a day."""
    return tx.exec(select(Draft)).all()
