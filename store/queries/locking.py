"""Rows of many writes at once: locked until the transaction ends, at hand as long as they are kept.

Each of them is then found without another question.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from store.tables import Account, Operation, Request

Rows = Sequence[Account | Operation | Request]


def lock_operations(tx: Session, ids: Sequence[str]) -> Sequence[Operation]:
    """These, in one order, so that nobody waits for one who waits for them."""
    some = select(Operation).where(col(Operation.id).in_(ids))
    return tx.exec(some.order_by(col(Operation.id)).with_for_update()).all()


def lock_to_run(tx: Session, ids: Sequence[str]) -> Rows:
    """The same, and with them unlocked their accounts and their requests without the rows."""
    runs = lock_operations(tx, ids)
    slim = defer(Request.inputs)  # type: ignore[arg-type]  # SQLModel
    asked = select(Request).where(col(Request.id).in_({run.request for run in runs}))
    return [*runs, *tx.exec(asked.options(slim)), *_accounts(tx, runs)]


def lock_requests(tx: Session, ids: Sequence[str]) -> Rows:
    """These, and with them unlocked their accounts."""
    some = select(Request).where(col(Request.id).in_(ids)).order_by(col(Request.id))
    requests = tx.exec(some.with_for_update()).all()
    return [*requests, *_accounts(tx, requests)]


def _accounts(tx: Session, of: Iterable[Operation | Request]) -> Sequence[Account]:
    names = {row.account for row in of}
    return tx.exec(select(Account).where(col(Account.name).in_(names))).all()
