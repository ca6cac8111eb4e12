"""The rows of the record, and of what is remembered of looking through it."""

from datetime import datetime

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from store.columns import Utc


class AuditEntry(SQLModel, table=True):
    """One line of the record: who, what, when. Only ever added."""

    __tablename__ = "app_audit_entry"

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc, index=True)
    actor: str = Field(index=True)
    role: str = ""
    """What this person was by then, as far as it was looked up: `approver, operator`."""
    on_behalf: str = ""
    """Whose say it was, when somebody stood in for them."""
    surface: str = ""
    kind: str
    """What happened: a word of `store.kinds.Kind`."""
    team: str = ""
    account: str = Field(default="", index=True)
    action: str = Field(default="", index=True)
    campaign: str = ""
    """Which one it is about, if it is about a single one."""
    request: str | None = Field(default=None, index=True)
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

    __table_args__ = (Index("ix_app_audit_entry_campaign", "campaign", "seq"),)


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
