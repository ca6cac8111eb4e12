"""Questions about long answers that are kept line by line."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, exists
from sqlmodel import Session, col, func, select

from store.queries.retention import OVER, gone
from store.tables import Chunk, Mark, Operation, Progress


def chunk(tx: Session, operation: str, position: int, round: int, number: int) -> Chunk | None:
    """A chunk as it is kept: sealed."""
    return tx.get(Chunk, (operation, position, round, number))


def kept_of(tx: Session, operation: str) -> dict[tuple[int, int], tuple[int, int]]:
    """How many chunks and lines are kept of each call, by position and round."""
    counted = (func.count(), func.sum(Chunk.lines))
    asked = select(Chunk.position, Chunk.round, *counted).where(Chunk.operation == operation)
    found = tx.exec(asked.group_by(col(Chunk.position), col(Chunk.round)))
    return {(position, round): (chunks, lines) for position, round, chunks, lines in found}


def marks(tx: Session) -> Iterator[tuple[tuple[str, int, int, int], bytes | None]]:
    """Where each chunk is kept and the marks of its lines, newest first; some at a time."""
    same = (
        getattr(Mark, name) == getattr(Chunk, name)
        for name in ("operation", "position", "round", "number")
    )
    asked = (
        select(Chunk.operation, Chunk.position, Chunk.round, Chunk.number, Mark.marks)  # type: ignore[call-overload]  # of five columns
        .outerjoin(Mark, and_(*same))
        .order_by(col(Chunk.at).desc())
    )
    for *place, found in tx.exec(asked.execution_options(yield_per=100)):
        yield tuple(place), found


def runs_cleared(tx: Session, actions: Sequence[str], most: int) -> Sequence[Operation]:
    """Runs of these actions of which nothing is kept any more; newest first."""
    asked = select(Operation).where(
        col(Operation.action).in_(actions),
        col(Operation.state).in_((Progress.DONE, Progress.FAILED)),
        ~exists().where(col(Chunk.operation) == Operation.id),
    )
    return tx.exec(asked.order_by(col(Operation.due).desc()).limit(most)).all()


def lines_kept(tx: Session) -> int:
    """Of all runs together."""
    return tx.exec(select(func.coalesce(func.sum(Chunk.lines), 0))).one()


def runs_at_work(tx: Session) -> Sequence[Operation]:
    """All that run now."""
    asked = select(Operation).where(col(Operation.state) == Progress.RUNNING)
    return tx.exec(asked.order_by(col(Operation.due))).all()


def runs_to_clear(tx: Session, before: datetime, most: int) -> Sequence[str]:
    """Runs that are over, of which nothing has come in since then."""
    asked = (
        select(Chunk.operation)
        .join(Operation, col(Operation.id) == Chunk.operation)
        .where(col(Operation.state).in_(OVER))
        .group_by(col(Chunk.operation))
        .having(func.max(Chunk.at) <= before)
    )
    return tx.exec(asked.limit(most)).all()


def forget_chunks(tx: Session, operation: str, most: int) -> int:
    """Remove some chunks of a run; how many."""
    some = (
        select(Chunk.position, Chunk.round, Chunk.number)
        .where(Chunk.operation == operation)
        .limit(most)
    )
    found = 0
    for position, round, number in tx.exec(some).all():
        for table in (Mark, Chunk):
            removed = gone(
                tx,
                delete(table).where(
                    col(table.operation) == operation,
                    col(table.position) == position,
                    col(table.round) == round,
                    col(table.number) == number,
                ),
            )
        found += removed
    return found
