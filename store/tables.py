"""The rows we keep. They have no behaviour; only checked values get here."""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store import hooks as hooks  # its tables are known with these
from store.chunks import Chunk as Chunk, Mark as Mark
from store.columns import (
    Consent as Consent,
    ConsentWord as ConsentWord,
    Effect as Effect,
    EffectWord as EffectWord,
    Progress as Progress,
    ProgressWord as ProgressWord,
    Utc as Utc,
    Word as Word,
)
from store.entries import (
    AuditEntry as AuditEntry,
    Bookmark as Bookmark,
    Listed as Listed,
    Signed as Signed,
)
from store.executions import Execution as Execution


def new_id(prefix: str) -> str:
    """An id that cannot be guessed: `req_` and 16 characters."""
    return f"{prefix}_{secrets.token_hex(8)}"


class Account(SQLModel, table=True):
    """A Coupontools account; its keys are sealed."""

    __tablename__ = "app_account"

    name: str = Field(primary_key=True)
    client_id: str
    client_secret: str
    timezone: str = "UTC"
    stopped_at: datetime | None = Field(default=None, sa_type=Utc)
    """Since when nothing goes out, until two people have said that it may again."""
    stopped_by: str = ""
    resumed_by: str = ""
    """The first of the two."""


class AccountPace(SQLModel, table=True):
    """When an account may be called next, for all processes on one database."""

    __tablename__ = "app_pace"

    account: str = Field(primary_key=True)
    next_at: datetime = Field(sa_type=Utc)
    """The first moment that nobody has reserved."""
    held_until: datetime | None = Field(default=None, sa_type=Utc)
    """Coupontools has said when to come back; what was reserved before is void."""


class Request(SQLModel, table=True):
    """Somebody's wish to do something, and where it stands."""

    __tablename__ = "app_request"

    id: str = Field(default_factory=lambda: new_id("req"), primary_key=True)
    token: str | None = Field(default=None, unique=True)  # a repeated delivery changes nothing
    team: str = ""
    account: str = Field(foreign_key="app_account.name")
    action: str
    inputs: list[dict[str, Any]] = Field(sa_type=JSON)
    """One for each row of a batch; private values sealed."""
    actor: str = Field(index=True)
    surface: str = "slack"
    asked_at: datetime = Field(sa_type=Utc)
    state: Consent = Field(sa_type=ConsentWord, index=True)
    salt: str = Field(default_factory=lambda: secrets.token_hex(16))
    """In its digest, and gone with what is private: the digest stays on record."""
    version: int = 1
    """Grows with every change of what people agree to; a card shows which it drew."""
    edition: int = 1
    """Grows when the person who asked changes it: what was launched before is something else."""
    digest: str = ""
    quorum: int = 0
    terms: dict[str, Any] = Field(default={}, sa_type=JSON)
    """What the policy asks of it; empty until somebody has looked."""
    weighed: dict[str, Any] = Field(default={}, sa_type=JSON)
    """What the policy was told of it, so that another one can be tried on it."""
    waiting_since: datetime | None = Field(default=None, sa_type=Utc)
    escalates_at: datetime | None = Field(default=None, sa_type=Utc)
    """When others may decide too, if nobody has; `None`: never, or they know by now."""
    template: str = Field(default="", index=True)
    """What a campaign is made from, so that a first use is known."""
    rehearses: str | None = Field(default=None, index=True)
    """The request that this one tries out on the asker's own phone."""
    preview: str = ""
    facts: list[list[str]] = Field(default=[], sa_type=JSON)
    reach: int | None = None
    planned_at: datetime | None = Field(default=None, sa_type=Utc)
    """The first moment that was asked for, as people agree to it; `None`: at once."""
    next_at: datetime | None = Field(default=None, sa_type=Utc)
    """When the next run is due; `None`: as soon as it is granted."""
    granted_at: datetime | None = Field(default=None, sa_type=Utc)
    crontab: str = ""
    timezone: str = "UTC"
    until: date | None = None
    """The last day of a series, on the clock of its zone."""
    runs: int | None = None
    """How often a series runs at the most."""
    made: int = 0
    """How many of its runs have come due since it was asked for or changed."""
    audience: str = Field(default="", index=True)
    """Whom a push to everyone reaches, so that a second one within a day is seen."""
    moved_by: str = ""
    """Who moved it to another time, if not the person who asked: neither agrees to it."""
    lateness: int = 86_400
    """Seconds a run may start late; later than that a person decides."""
    problem: str = ""
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=Utc)
    expires_at: datetime | None = Field(default=None, sa_type=Utc)
    pruned_at: datetime | None = Field(default=None, sa_type=Utc)
    """When its private inputs were removed: it has been over for long."""

    __table_args__ = (Index("ix_app_request_due", "state", "next_at"),)


class Approval(SQLModel, table=True):
    """One person's yes to one version of a request."""

    __tablename__ = "app_approval"

    id: int | None = Field(default=None, primary_key=True)
    request: str = Field(foreign_key="app_request.id", index=True)
    version: int
    person: str
    at: datetime = Field(sa_type=Utc)
    comment: str = ""
    on_behalf: str = ""
    """Whose say it is, when somebody stands in for them."""
    roles: list[str] = Field(default=[], sa_type=JSON)
    """Of the person, or of whom they stand in for, when they said so."""

    __table_args__ = (UniqueConstraint("request", "version", "person"),)  # nobody counts twice


class Delegation(SQLModel, table=True):
    """Somebody stands in for somebody else, for a while."""

    __tablename__ = "app_delegation"

    id: str = Field(default_factory=lambda: new_id("del"), primary_key=True)
    person: str = Field(index=True)
    deputy: str = Field(index=True)
    since: datetime = Field(sa_type=Utc)
    until: datetime = Field(sa_type=Utc)
    is_over: bool = False
    """Its end is on record."""


class Reminder(SQLModel, table=True):
    """When somebody was last reminded of what waits for them."""

    __tablename__ = "app_reminder"

    person: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Utc)


class Operation(SQLModel, table=True):
    """One carrying-out of a request, and the durable workflow of the same id."""

    __tablename__ = "app_operation"

    id: str = Field(primary_key=True)
    request: str = Field(foreign_key="app_request.id", index=True)
    edition: int = 1
    """Of the request, when it was launched."""
    due: datetime = Field(sa_type=Utc, index=True)
    run_at: datetime = Field(sa_type=Utc)
    """From when lateness counts: the due moment, or when a person let it go on."""
    row: int = 0
    account: str
    action: str
    inputs: dict[str, Any] = Field(sa_type=JSON)
    state: Progress = Field(sa_type=ProgressWord, index=True)
    held_for: str = ""
    """Why it waits: `late`, `quiet` hours, a `blackout` day, or `stopped`."""
    held_until: datetime | None = Field(default=None, sa_type=Utc)
    """When it goes on by itself; `None`: when a person says so."""
    round: int = 0
    """How often it was handed to the engine: a person's *go on* is a new round."""
    problem: str = ""
    stop_by: str = ""
    """Who wants it to end after the call that is out; the next is not made."""
    started_at: datetime | None = Field(default=None, sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)
    pruned_at: datetime | None = Field(default=None, sa_type=Utc)
    """When its private inputs and its answers were removed."""

    __table_args__ = (UniqueConstraint("request", "due", "row"),)  # minted once


class StepRun(SQLModel, table=True):
    """One call of an operation, on record before it is sent: the effect ledger."""

    __tablename__ = "app_step_run"

    operation: str = Field(foreign_key="app_operation.id", primary_key=True)
    position: int = Field(primary_key=True)
    round: int = Field(primary_key=True)
    step: str
    endpoint: str
    effect: Effect = Field(sa_type=EffectWord)
    tries: int = 0
    sent_at: datetime = Field(sa_type=Utc)
    answered_at: datetime | None = Field(default=None, sa_type=Utc)
    reply: str | None = None
    """Sealed: an answer may hold codes worth money, or people."""
    problem: str = ""


class Notice(SQLModel, table=True):
    """News for people, to be told after the transaction that made it."""

    __tablename__ = "app_notice"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc)
    request: str = Field(foreign_key="app_request.id", index=True)
    operation: str | None = None
    became: str
    actor: str = ""
    words: str = ""
    """What somebody said with it: a question, a comment, a reason."""
    told_at: datetime | None = Field(default=None, sa_type=Utc)
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=Utc)

    __table_args__ = (
        Index(
            "ix_app_notice_untold",
            "id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )


class Posted(SQLModel, table=True):
    """Where a message stands in Slack, so that it can be edited in place."""

    __tablename__ = "app_posted"

    key: str = Field(primary_key=True)
    """What it shows and to whom: `req_…:approvers`, `req_…:asker`, `missed`."""
    channel: str
    ts: str
    counted_at: datetime | None = Field(default=None, sa_type=Utc)
    """When its countdown was drawn last."""


class Draft(SQLModel, table=True):
    """A form of several pages that somebody is in the middle of; values sealed."""

    __tablename__ = "app_draft"

    id: str = Field(default_factory=lambda: new_id("dra"), primary_key=True)
    actor: str
    action: str
    values: str
    at: datetime = Field(sa_type=Utc)


class Beat(SQLModel, table=True):
    """When a job ran through last, in whichever process."""

    __tablename__ = "app_beat"

    job: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Utc)
    every: float = 0.0
    """Seconds after which it runs again."""
