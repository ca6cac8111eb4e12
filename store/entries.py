"""The record: its lines, each a link of a chain once it is sealed, and what is kept about it."""

from datetime import datetime

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.columns import Utc

OPEN, CLOSED = text("number IS NULL"), text("number IS NOT NULL")


class AuditEntry(SQLModel, table=True):
    """One line of the record: who, what, when. Only ever added, then sealed once."""

    __tablename__ = "app_audit_entry"

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc, index=True)
    actor: str
    role: str = ""
    """What this person was by then, as far as it was looked up: `approver, operator`."""
    on_behalf: str = ""
    """Whose say it was, when somebody stood in for them."""
    surface: str = ""
    kind: str
    """What happened: a word of `store.kinds.Kind`."""
    team: str = ""
    account: str = ""
    action: str = ""
    campaign: str = ""
    """Which one it is about, if it is about a single one."""
    request: str | None = None
    operation: str | None = None
    was: str = ""
    became: str = ""
    because: str = ""
    digest: str = ""
    rule: str = ""
    """The rules of the policy that the request came under."""
    step: str = ""
    """Which call of the run, as the ledger has it: its position and its round, as in `0/1`."""
    endpoint: str = ""
    status: int | None = None
    """What Coupontools answered: the HTTP status, its own codes, and after how long."""
    code: str = ""
    took_ms: int | None = None
    number: int | None = None
    """Its place in the chain; none until it is sealed, a moment after it was committed."""
    hash: str | None = None
    """Of the one before it and of this one: `store/ledger.py`."""

    __table_args__ = (
        Index("ix_app_audit_entry_actor", "actor", "seq"),
        Index("ix_app_audit_entry_request", "request", "seq"),
        Index("ix_app_audit_entry_action", "action", "seq"),
        Index("ix_app_audit_entry_account", "account", "seq"),
        Index("ix_app_audit_entry_kind", "kind", "seq"),
        Index("ix_app_audit_entry_campaign", "campaign", "seq"),
        Index("ix_app_audit_entry_open", "seq", sqlite_where=OPEN, postgresql_where=OPEN),
        Index(  # no number twice, whoever seals
            "ix_app_audit_entry_number",
            "number",
            unique=True,
            sqlite_where=CLOSED,
            postgresql_where=CLOSED,
        ),
    )


class Signed(SQLModel, table=True):
    """A checkpoint of the chain, or the stub of what was removed from it."""

    __tablename__ = "app_signed"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    number: int
    """The last entry that it speaks of."""
    at: datetime = Field(sa_type=Utc)
    words: str
    """As it was signed, with its signature."""
    told_at: datetime | None = Field(default=None, sa_type=Utc)
    """When it was posted to the audit channel."""

    __table_args__ = (UniqueConstraint("kind", "number"),)  # of several processes one says it


class Bookmark(SQLModel, table=True):
    """How far a stream of the record has been taken; or what a setting said last."""

    __tablename__ = "app_bookmark"

    name: str = Field(primary_key=True)
    seq: int = 0
    words: str = ""
    at: datetime = Field(sa_type=Utc)


class Listed(SQLModel, table=True):
    """What Coupontools listed when ledger and record were compared last."""

    __tablename__ = "app_listed"

    account: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    ids: list[str] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Utc)
