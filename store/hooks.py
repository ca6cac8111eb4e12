"""What Coupontools tells by itself: deliveries as they came, what happened, who wants to know."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from store.columns import Utc, Word


class Check(StrEnum):
    """Where a delivery stands."""

    KEPT = "kept"
    """Nobody has looked yet, or it is to be looked at again."""
    COUNTED = "counted"
    SAME = "same"
    """Genuine, and counted before."""
    FORGED = "forged"
    DEAD = "dead"
    """Given up, with the reason; a person may have it looked at again."""


class CheckWord(Word):
    cache_ok = True
    of = Check


class Hook(SQLModel, table=True):
    """One delivery, as it came: sealed, since it may be about people."""

    __tablename__ = "app_hook"

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="app_account.name")
    digest: str
    """Of body and signature: the same again is no new row."""
    sealed: str
    """Body and signatures; nothing, once they are not needed any more."""
    at: datetime = Field(sa_type=Utc, index=True)
    source: str = "webhook"
    """`webhook`, or `poll` when we have asked ourselves."""
    times: int = 1
    """How often it came."""
    state: Check = Field(sa_type=CheckWord)
    event: str = ""
    """The `evt_` id that it names."""
    kind: str = ""
    asks: str = Field(default="", index=True)
    """Digest of what Coupontools is asked about it: a no is remembered by that."""
    problem: str = ""
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=Utc)
    called_at: datetime | None = Field(default=None, sa_type=Utc)
    """When Coupontools was asked about it last."""

    __table_args__ = (
        UniqueConstraint("account", "digest"),
        Index("ix_app_hook_called", "account", "called_at"),
        Index("ix_app_hook_state", "state", "id"),
        Index(
            "ix_app_hook_kept",
            "account",
            "id",
            sqlite_where=text("state = 'kept'"),
            postgresql_where=text("state = 'kept'"),
        ),
    )


class Event(SQLModel, table=True):
    """Something that happened, counted once. It holds nothing of people, and no code."""

    __tablename__ = "app_event"

    account: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    """Of what can happen to a session once: a digest of kind and session; else the event's id."""
    event: str | None = None
    kind: str
    campaign: str = ""
    happened_at: datetime | None = Field(default=None, sa_type=Utc)
    at: datetime = Field(sa_type=Utc, index=True)
    source: str = "webhook"

    __table_args__ = (UniqueConstraint("account", "event"),)  # told twice is not happened twice


class Subscription(SQLModel, table=True):
    """A channel that wants to know of what happens."""

    __tablename__ = "app_subscription"

    id: str = Field(primary_key=True)
    account: str = Field(foreign_key="app_account.name", index=True)
    channel: str = Field(index=True)
    actor: str
    at: datetime = Field(sa_type=Utc)
    kinds: str = ""
    """Kinds of events with blanks between them; nothing: all."""
    campaign: str = ""
    tag: str = ""
    rule: str = "each"
    """`each`, `first`, `every`, `share` or `silence`."""
    step: int = 0
    """Every so many; so many per cent; so many hours."""
    most: int = 0
    """The limit of which `step` is a share."""
    quiet: str = ""
    """`22:00-07:00` on the clock of its zone: then nothing is told, but all is counted."""
    timezone: str = "UTC"
    count: int = 0
    last_at: datetime | None = Field(default=None, sa_type=Utc)
    """When it was counted last."""
    told: int = 0
    """Up to which count its threshold has been told."""
    told_at: datetime | None = Field(default=None, sa_type=Utc)
    ended_at: datetime | None = Field(default=None, sa_type=Utc)


class Tally(SQLModel, table=True):
    """How often what happened on one day, for one subscription: the lines of its message."""

    __tablename__ = "app_tally"

    subscription: str = Field(foreign_key="app_subscription.id", primary_key=True)
    day: date = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    count: int
    told: int = 0
    """The count that the message shows."""
