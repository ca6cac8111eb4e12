"""Questions about policy and people: who stands in for whom, what was used, what is held."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from store.tables import (
    Account,
    Consent,
    Delegation,
    Operation,
    Progress,
    Request,
)

UNDECIDED = (Consent.WAITING, Consent.GRANTED)


def locked_account(tx: Session, name: str) -> Account | None:
    """The account, locked until the transaction ends."""
    return tx.exec(select(Account).where(Account.name == name).with_for_update()).first()


def was_used(tx: Session, account: str, template: str, but: str) -> bool:
    """Whether another request of the account has made something from this template."""
    done = (
        select(Operation.id)
        .join(Request, col(Request.id) == Operation.request)
        .where(
            Request.account == account,
            Request.template == template,
            Request.id != but,
            Operation.state == Progress.DONE,
        )
    )
    return tx.exec(done.limit(1)).first() is not None


def stands_in_for(tx: Session, deputy: str, now: datetime) -> Sequence[Delegation]:
    """Whose say this person has now beside their own."""
    return tx.exec(
        select(Delegation)
        .where(Delegation.deputy == deputy, Delegation.since <= now, Delegation.until > now)
        .order_by(col(Delegation.since))
    ).all()


def delegations_of(tx: Session, person: str, now: datetime) -> Sequence[Delegation]:
    """Who stands in for this person, now or later."""
    return tx.exec(
        select(Delegation)
        .where(Delegation.person == person, Delegation.until > now)
        .order_by(col(Delegation.since))
    ).all()


def rehearsals(tx: Session, request: str) -> Sequence[Request]:
    """What was sent to somebody's own phone to try this request out, newest first."""
    return tx.exec(
        select(Request).where(Request.rehearses == request).order_by(col(Request.asked_at).desc())
    ).all()


def undecided(tx: Session, most: int = 500) -> Sequence[tuple[str, str]]:
    """Id and policy of each request that a change of the policy concerns."""
    asked = select(Request.id, Request.terms).where(col(Request.state).in_(UNDECIDED))
    found = tx.exec(asked.order_by(col(Request.asked_at)).limit(most))
    return [(id, str(terms.get("policy", ""))) for id, terms in found]


def held_runs(tx: Session, now: datetime, most: int = 100) -> Sequence[Operation]:
    """Runs whose holding is over, and those that a stop held."""
    return tx.exec(
        select(Operation)
        .where(Operation.state == Progress.HELD, col(Operation.held_for).in_(("quiet", "stopped")))
        .where(or_(col(Operation.held_for) == "stopped", col(Operation.held_until) <= now))
        .order_by(col(Operation.due))
        .limit(most)
    ).all()


def rows_launched(tx: Session, request: str) -> set[int]:
    """The rows of a request that need not be launched again: all but the dropped."""
    asked = select(Operation.row).where(
        Operation.request == request, Operation.state != Progress.DROPPED
    )
    return set(tx.exec(asked))
