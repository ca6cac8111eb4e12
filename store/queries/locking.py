"""Rows of many writes at once: locked until the transaction ends, at hand as long as they are kept.

Each of them is then found without another question.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy.orm import defer
from sqlalchemy.sql.base import ExecutableOption
from sqlmodel import Session, col, select

from store.tables import Account, Operation, Request

WITHOUT_ROWS = defer(Request.inputs)  # type: ignore[arg-type]  # SQLModel

Rows = Sequence[Account | Operation | Request]


def lock_operations(tx: Session, ids: Sequence[str]) -> Sequence[Operation]:
    """These, in one order, so that nobody waits for one who waits for them."""
    some = select(Operation).where(col(Operation.id).in_(ids))
    return tx.exec(some.order_by(col(Operation.id)).with_for_update()).all()


def lock_to_run(tx: Session, ids: Sequence[str]) -> Rows:
    """The same, and with them unlocked their accounts and their requests without the rows."""
    runs = lock_operations(tx, ids)
    asked = {run.request for run in runs}
    return [*runs, *_requests(tx, asked, WITHOUT_ROWS), *_accounts(tx, runs)]


def see_to_run(tx: Session, ids: Sequence[str], known: Collection[str]) -> Rows:
    """The same, none of them locked; of requests that are not `known` with the rows."""
    runs = tx.exec(select(Operation).where(col(Operation.id).in_(ids))).all()
    asked = {run.request for run in runs}
    of_known = _requests(tx, asked.intersection(known), WITHOUT_ROWS)
    return [*runs, *of_known, *_requests(tx, asked.difference(known)), *_accounts(tx, runs)]


def lock_requests(tx: Session, ids: Sequence[str]) -> Rows:
    """These, and with them unlocked their accounts."""
    some = select(Request).where(col(Request.id).in_(ids)).order_by(col(Request.id))
    requests = tx.exec(some.with_for_update()).all()
    return [*requests, *_accounts(tx, requests)]


def _requests(tx: Session, ids: Collection[str], *how: ExecutableOption) -> Sequence[Request]:
    if not ids:
        return []
    return tx.exec(select(Request).where(col(Request.id).in_(ids)).options(*how)).all()


def _accounts(tx: Session, of: Iterable[Operation | Request]) -> Sequence[Account]:
    names = {row.account for row in of}
    return tx.exec(select(Account).where(col(Account.name).in_(names))).all()
