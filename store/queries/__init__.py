"""Every question to the database, by name."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, inspect, update
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, or_, select

from store.tables import (
    Account,
    Approval,
    AuditEntry,
    Consent,
    Draft,
    Effect,
    Notice,
    Operation,
    Posted,
    Progress,
    Request,
    StepRun,
)

OPEN = (Consent.ASKED, Consent.WAITING, Consent.GRANTED, Consent.PAUSED)


def account(tx: Session, name: str) -> Account | None:
    return tx.get(Account, name)


def accounts(tx: Session) -> Sequence[Account]:
    return tx.exec(select(Account).order_by(col(Account.name))).all()


def request(tx: Session, id: str) -> Request | None:
    """The request, locked until the transaction ends."""
    return tx.exec(select(Request).where(Request.id == id).with_for_update()).first()


def request_seen(tx: Session, id: str) -> Request | None:
    """The request as it stands, unlocked."""
    return tx.get(Request, id)


def request_to_run(tx: Session, id: str) -> Request | None:
    """The request as it stands, without its rows."""
    return tx.get(Request, id, options=[defer(Request.inputs)])  # type: ignore[arg-type]  # SQLModel


def with_rows(tx: Session, request: Request) -> None:
    """Its rows too, if it was read without."""
    if "inputs" in inspect(request).unloaded:
        tx.refresh(request, ["inputs"])


def request_of_token(tx: Session, token: str) -> Request | None:
    return tx.exec(select(Request).where(Request.token == token)).first()


def requests_of_tokens(tx: Session, tokens: Sequence[str]) -> dict[str, Request]:
    """What these have put on record; an empty one is none."""
    some = [token for token in tokens if token]
    found = tx.exec(select(Request).where(col(Request.token).in_(some))) if some else ()
    return {str(request.token): request for request in found}


def requests_asked(tx: Session, now: datetime, most: int = 20) -> Sequence[Request]:
    """Requests that nobody has prepared yet, those to be tried again later left out."""
    return tx.exec(
        select(Request)
        .where(
            Request.state == Consent.ASKED,
            or_(col(Request.retry_at).is_(None), col(Request.retry_at) <= now),
        )
        .order_by(col(Request.asked_at))
        .limit(most)
    ).all()


def requests_due(tx: Session, now: datetime, most: int = 100) -> Sequence[Request]:
    return tx.exec(
        select(Request)
        .where(Request.state == Consent.GRANTED, col(Request.next_at) <= now)
        .order_by(col(Request.next_at))
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def requests_lapsed(tx: Session, now: datetime, most: int = 100) -> Sequence[Request]:
    return tx.exec(
        select(Request)
        .where(Request.state == Consent.WAITING, col(Request.expires_at) <= now)
        .limit(most)
    ).all()


def requests_of(tx: Session, actor: str, most: int = 10) -> Sequence[Request]:
    """A person's requests that are still of interest, newest first."""
    return tx.exec(
        select(Request)
        .where(Request.actor == actor)
        .order_by(col(Request.asked_at).desc())
        .limit(most)
    ).all()


def requests_waiting(tx: Session, person: str, most: int = 10) -> Sequence[Request]:
    """Requests on which this person could still decide, oldest first."""
    agreed = select(Approval.request).where(
        Approval.person == person, Approval.version == Request.version
    )
    return tx.exec(
        select(Request)
        .where(
            Request.state == Consent.WAITING,
            Request.actor != person,
            Request.moved_by != person,
            col(Request.id).not_in(agreed.correlate(Request)),
        )
        .order_by(col(Request.asked_at))
        .limit(most)
    ).all()


def requests_coming(tx: Session, now: datetime, most: int = 10) -> Sequence[Request]:
    """What is granted and will run later, soonest first."""
    return tx.exec(
        select(Request)
        .where(Request.state == Consent.GRANTED, col(Request.next_at) > now)
        .order_by(col(Request.next_at))
        .limit(most)
    ).all()


def approvals(tx: Session, request: Request) -> Sequence[Approval]:
    """The yeses to the version that stands, in order."""
    return tx.exec(
        select(Approval)
        .where(Approval.request == request.id, Approval.version == request.version)
        .order_by(col(Approval.id))
    ).all()


def operation(tx: Session, id: str) -> Operation | None:
    """The operation, locked until the transaction ends."""
    return tx.exec(select(Operation).where(Operation.id == id).with_for_update()).first()


def operation_seen(tx: Session, id: str) -> Operation | None:
    """The operation as it stands, unlocked."""
    return tx.get(Operation, id)


def operations_of(
    tx: Session, request: str, *states: Progress, most: int = 20
) -> Sequence[Operation]:
    """The newest runs of a request, newest first; only those in `states`, if any are named."""
    asked = select(Operation).where(Operation.request == request)
    if states:
        asked = asked.where(col(Operation.state).in_(states))
    newest = asked.order_by(col(Operation.due).desc(), col(Operation.row))
    return tx.exec(newest.limit(most)).all()


def operations_due(
    tx: Session, request: str, moment: datetime, after: int = -1, most: int = 500
) -> Sequence[Operation]:
    """The runs of one due moment, in the order of their rows, beyond the row `after`."""
    return tx.exec(
        select(Operation)
        .where(Operation.request == request, Operation.due == moment, Operation.row > after)
        .order_by(col(Operation.row))
        .limit(most)
    ).all()


def operations_minted(tx: Session, requests: Sequence[str]) -> dict[str, int]:
    """How many runs there are already of the moment at which each of these is due."""
    due = (col(Request.id) == Operation.request, col(Request.next_at) == Operation.due)
    asked = select(Operation.request, func.count()).join(Request, and_(*due))
    some = asked.where(col(Request.id).in_(requests)).group_by(col(Operation.request))
    return {request: count for request, count in tx.exec(some)}


def states_of(tx: Session, request: str) -> dict[datetime, dict[Progress, int]]:
    """How many runs of a request are in each state, by the moment they were due."""
    found: dict[datetime, dict[Progress, int]] = {}
    asked = select(Operation.due, Operation.state, func.count()).where(Operation.request == request)
    for due, state, count in tx.exec(asked.group_by(col(Operation.due), col(Operation.state))):
        found.setdefault(due, {})[Progress(state)] = count
    return found


def operations_in(tx: Session, *states: Progress, most: int = 50) -> Sequence[Operation]:
    return tx.exec(
        select(Operation)
        .where(col(Operation.state).in_(states))
        .order_by(col(Operation.due))
        .limit(most)
    ).all()


def step_runs(tx: Session, operation: str) -> Sequence[StepRun]:
    """The calls of an operation, in the order in which they were made."""
    return tx.exec(
        select(StepRun)
        .where(StepRun.operation == operation)
        .order_by(col(StepRun.position), col(StepRun.round))
    ).all()


def replies_of(tx: Session, ids: Sequence[str]) -> dict[str, str]:
    """The last answer to each of these operations, as it is kept: sealed."""
    runs = tx.exec(
        select(StepRun)
        .where(col(StepRun.operation).in_(ids), StepRun.effect == Effect.CONFIRMED)
        .order_by(col(StepRun.position), col(StepRun.round))
    )
    return {run.operation: run.reply for run in runs if run.reply}


def notices_of(tx: Session, ids: Sequence[int]) -> Sequence[Notice]:
    return tx.exec(select(Notice).where(col(Notice.id).in_(ids))).all()


def runs_untold(tx: Session, request: str, most: int = 5_000) -> Sequence[int]:
    """The ids of all news about runs of a request."""
    asked = select(Notice.id).where(
        Notice.request == request,
        col(Notice.operation).is_not(None),
        col(Notice.told_at).is_(None),
    )
    return [id for id in tx.exec(asked.order_by(col(Notice.id)).limit(most)) if id]


def mark_told(tx: Session, ids: Sequence[int], now: datetime) -> None:
    """That news has been told, or need not be any more."""
    untold = (col(Notice.id).in_(ids), col(Notice.told_at).is_(None))
    tx.execute(
        update(Notice).where(*untold).values(told_at=now),
        execution_options={"synchronize_session": False},
    )


def posted(tx: Session, key: str) -> Posted | None:
    return tx.get(Posted, key)


def draft(tx: Session, id: str) -> Draft | None:
    return tx.get(Draft, id)


def drafts_older_than(tx: Session, moment: datetime) -> Sequence[Draft]:
    return tx.exec(select(Draft).where(col(Draft.at) < moment)).all()


def audit(
    tx: Session,
    *,
    person: str = "",
    action: str = "",
    account: str = "",
    request: str = "",
    kind: str = "",
    since: datetime | None = None,
    most: int = 50,
) -> Sequence[AuditEntry]:
    """Lines of the record that match all that is given, newest first."""
    asked = select(AuditEntry)
    exact = {
        AuditEntry.actor: person,
        AuditEntry.action: action,
        AuditEntry.account: account,
        AuditEntry.request: request,
        AuditEntry.kind: kind,
    }
    for column, value in exact.items():
        if value:
            asked = asked.where(column == value)
    if since:
        asked = asked.where(col(AuditEntry.at) >= since)
    return tx.exec(asked.order_by(col(AuditEntry.seq).desc()).limit(most)).all()


def audit_of(tx: Session, request: str) -> Sequence[AuditEntry]:
    """The whole story of a request, oldest first."""
    return tx.exec(
        select(AuditEntry).where(AuditEntry.request == request).order_by(col(AuditEntry.seq))
    ).all()


def counts(tx: Session) -> dict[str, int]:
    """How many requests and operations are in each state."""
    found: dict[str, int] = {}
    for table in (Request, Operation):
        for state, count in tx.exec(select(table.state, func.count()).group_by(table.state)):
            found[str(state)] = count
    return found
