"""States, and how rows keep them and moments."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import DateTime, String, TypeDecorator
from sqlalchemy.engine import Dialect


class Consent(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    WAITING = "waiting"
    GRANTED = "granted"
    PAUSED = "paused"
    SPENT = "spent"
    VOID = "void"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Progress(StrEnum):
    """Where an operation stands."""

    READY = "ready"
    HELD = "held"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNCLEAR = "unclear"
    DROPPED = "dropped"


class Effect(StrEnum):
    """What is known of one call: written before it (`SENT`), settled after it."""

    SENT = "sent"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    UNCLEAR = "unclear"


class Utc(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        if value is not None and value.tzinfo is None:
            raise ValueError("A moment without a zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """A state, kept as its word: a new one needs no change of the schema."""

    impl = String(20)
    cache_ok = True
    of: ClassVar[type[StrEnum]]

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy's signature
        return None if value is None else self.of(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002  SQLAlchemy's signature
        return None if value is None else self.of(value)


class ConsentWord(Word):
    cache_ok = True
    of = Consent


class ProgressWord(Word):
    cache_ok = True
    of = Progress


class EffectWord(Word):
    cache_ok = True
    of = Effect
