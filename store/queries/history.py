"""Questions about what was asked for in the past."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from store.tables import Request


def requests_since(tx: Session, since: datetime) -> Iterator[Request]:
    """Every request asked for since then, without its rows, oldest first; read bit by bit."""
    asked = (
        select(Request)
        .where(Request.asked_at >= since)
        .order_by(col(Request.asked_at), col(Request.id))
        .options(defer(Request.inputs))  # type: ignore[arg-type]  # SQLModel
        .execution_options(yield_per=500)
    )
    yield from tx.exec(asked)
