"""Questions about policy and people: who stands in for whom, what was used, what is held."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, and_, col, func, or_, select

from store.queries import OPEN
from store.tables import (
    Account,
    Consent,
    Delegation,
    Operation,
    Posted,
    Progress,
    Reminder,
    Request,
)

TIMES = ("quiet", "blackout")
"""What holds a run until a certain moment."""
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


def rehearsed(tx: Session, request: str) -> Sequence[datetime]:
    """When it was sent to the asker's own phone to try it out."""
    sent = (
        select(Operation.ended_at)
        .join(Request, col(Request.id) == Operation.request)
        .where(Request.rehearses == request, Operation.state == Progress.DONE)
        .order_by(col(Operation.ended_at))
    )
    return [moment for moment in tx.exec(sent) if moment]


def undecided(tx: Session, but: str, most: int = 500) -> Sequence[str]:
    """Ids of undecided requests that were looked at under another policy than this one."""
    under = func.coalesce(col(Request.terms)["policy"].as_string(), "")
    asked = select(Request.id).where(col(Request.state).in_(UNDECIDED), under != but)
    return tx.exec(asked.order_by(col(Request.asked_at)).limit(most)).all()


def held_runs(tx: Session, now: datetime, most: int = 100) -> Sequence[Operation]:
    """Runs that were held for hours or days which are over, or by a stop that is."""
    return tx.exec(
        select(Operation)
        .join(Account, col(Account.name) == Operation.account)
        .where(
            Operation.state == Progress.HELD,
            or_(
                and_(Operation.held_for == "stopped", col(Account.stopped_at).is_(None)),
                and_(col(Operation.held_for).in_(TIMES), col(Operation.held_until) <= now),
            ),
        )
        .order_by(col(Operation.due))
        .limit(most)
    ).all()


def escalating(tx: Session, now: datetime, most: int = 100) -> Sequence[str]:
    """Ids of requests that have waited so long that others may decide, too."""
    asked = select(Request.id).where(
        Request.state == Consent.WAITING, col(Request.escalates_at) <= now
    )
    return tx.exec(asked.order_by(col(Request.escalates_at)).limit(most)).all()


def braking(tx: Session, now: datetime, until: datetime, most: int = 50) -> Sequence[str]:
    """Ids of requests that go out between two moments, soonest first."""
    asked = select(Request.id).where(
        Request.state == Consent.GRANTED, col(Request.next_at) > now, col(Request.next_at) <= until
    )
    return tx.exec(asked.order_by(col(Request.next_at)).limit(most)).all()


def may_count(tx: Session, key: str, now: datetime, before: datetime) -> bool:
    """Whether the countdown of that message was drawn last `before` then; now it is, by us."""
    where = tx.exec(select(Posted).where(Posted.key == key).with_for_update()).first()
    if where is None or (where.counted_at and where.counted_at > before):
        return False
    where.counted_at = now
    tx.add(where)
    return True


def waiting_long(tx: Session, before: datetime, most: int = 200) -> Sequence[Request]:
    """Requests that have waited for people since `before`, the oldest first."""
    return tx.exec(
        select(Request)
        .where(Request.state == Consent.WAITING, col(Request.waiting_since) <= before)
        .order_by(col(Request.waiting_since))
        .limit(most)
    ).all()


def may_remind(tx: Session, person: str, now: datetime, before: datetime) -> bool:
    """Whether this person was reminded last `before` then; now they are, by us."""
    last = tx.exec(select(Reminder).where(Reminder.person == person).with_for_update()).first()
    if last and last.at > before:
        return False
    tx.merge(Reminder(person=person, at=now))
    return True


def delegations(tx: Session, now: datetime) -> Sequence[Delegation]:
    """Who stands in for whom, at this moment."""
    return tx.exec(
        select(Delegation)
        .where(Delegation.since <= now, Delegation.until > now)
        .order_by(col(Delegation.until))
    ).all()


def delegations_over(tx: Session, now: datetime, most: int = 100) -> Sequence[Delegation]:
    """Those that have ended, their end not on record yet; locked."""
    return tx.exec(
        select(Delegation)
        .where(col(Delegation.is_over).is_(False), Delegation.until <= now)
        .order_by(col(Delegation.until))
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def missed_runs(tx: Session, most: int = 50) -> Sequence[Operation]:
    """Runs that are held for being late: what else holds them ends by itself."""
    late = col(Operation.held_for).not_in((*TIMES, "stopped"))
    held = select(Operation).where(Operation.state == Progress.HELD, late)
    return tx.exec(held.order_by(col(Operation.due)).limit(most)).all()


def rows_launched(tx: Session, request: str, edition: int) -> set[int]:
    """The rows of an edition that need not be launched again: all but the dropped."""
    asked = select(Operation.row).where(
        Operation.request == request,
        Operation.edition == edition,
        Operation.state != Progress.DROPPED,
    )
    return set(tx.exec(asked))


def is_any_due(tx: Session, now: datetime) -> bool:
    """Whether there is anything to launch."""
    due = select(Request.id).where(Request.state == Consent.GRANTED, col(Request.next_at) <= now)
    return tx.exec(due.limit(1)).first() is not None


def due_by_account(tx: Session, now: datetime, most: int = 1_000) -> Mapping[str, int]:
    """How many requests of each account are to be launched, of the first ones that are due."""
    due = select(Request.account).where(
        Request.state == Consent.GRANTED, col(Request.next_at) <= now
    )
    return Counter(tx.exec(due.order_by(col(Request.next_at)).limit(most)))


def pushed_to(
    tx: Session, account: str, audience: str, since: datetime, most: int = 20
) -> Sequence[Operation]:
    """Pushes to these people that were due since then and may have gone out, or still may."""
    asked = (
        select(Operation)
        .join(Request, col(Request.id) == Operation.request)
        .where(
            Request.account == account,
            Request.audience == audience,
            Operation.due >= since,
            col(Operation.state).not_in((Progress.DROPPED, Progress.FAILED)),
        )
    )
    return tx.exec(asked.order_by(col(Operation.due).desc()).limit(most)).all()


def pushes_to(tx: Session, account: str, audience: str, most: int = 50) -> Sequence[Request]:
    """Pushes to these people that are asked for or agreed to and have more to run."""
    asked = select(Request).where(
        Request.account == account,
        Request.audience == audience,
        col(Request.state).in_(OPEN),
    )
    return tx.exec(asked.order_by(col(Request.asked_at).desc()).limit(most)).all()


def granted_to(tx: Session, actor: str, most: int = 1_000) -> Sequence[str]:
    """Ids of what this person asked for, is agreed to and is still to come."""
    asked = select(Request.id).where(Request.actor == actor, Request.state == Consent.GRANTED)
    return tx.exec(asked.order_by(col(Request.next_at)).limit(most)).all()
