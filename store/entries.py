"""The record: its lines, each a link of a chain once it is sealed, and what is signed about it."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.columns import Utc

OPEN, CLOSED = text("number IS NULL"), text("number IS NOT NULL")


class AuditEntry(SQLModel, table=True):
    """One line of the record: who, what, when. Only ever added, then sealed once."""

    __tablename__ = "app_audit_entry"

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Utc, index=True)
    actor: str
    surface: str = ""
    kind: str
    """What happened: a state reached, or `read`, `approved`, `refused click` …"""
    team: str = ""
    account: str = ""
    action: str = ""
    request: str | None = None
    operation: str | None = None
    was: str = ""
    became: str = ""
    because: str = ""
    digest: str = ""
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
