"""Rules of a policy: what they look at, and when they match. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import PlainSerializer

from actions.action import Risk

APPROVER, OPERATOR = "approver", "operator"
"""Roles that the settings give; the handle of each other user group is a role too."""
LATER = "a refusal waits until the people it reaches have been counted"
"""Why a rule does not match yet."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a rule may look at. None is what is not known: that counts as any number."""

    action: str
    risk: Risk
    at: datetime
    """When it would run, on the account's clock."""
    clock: str = "UTC"
    """The zone of that."""
    account: str = ""
    roles: Annotated[frozenset[str], PlainSerializer(sorted)] = frozenset()
    reach: int | None = 0
    codes: int = 0
    face_value: Decimal | None = Decimal(0)
    rows: int = 1
    first_use: bool = False
    """Whether no campaign was made from this template before."""
    scheduled: bool = False
    to_self: bool = False
    """A push to the asker's own seed session."""


@dataclass(frozen=True)
class Span:
    """From `least` to `most`, both included."""

    least: Decimal | None = None
    most: Decimal | None = None

    def holds(self, value: Decimal | int | None) -> bool:
        """Whether it lies inside; what is not known lies above everything."""
        if value is None:
            return self.most is None
        below = self.least is not None and value < self.least
        above = self.most is not None and value > self.most
        return not below and not above


@dataclass(frozen=True)
class Hours:
    """From `start` to `until`, over midnight when that is earlier; `until` itself is outside."""

    start: time
    until: time

    def hold(self, at: time) -> bool:
        if self.start <= self.until:
            return self.start <= at < self.until
        return at >= self.start or at < self.until


@dataclass(frozen=True, order=True)
class Days:
    """From one day to another, both included."""

    first: date
    last: date

    def hold(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What has to be so; what is left out is not looked at. Empty, it always holds."""

    action: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    risk: tuple[Risk, ...] = ()
    account: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    reach: Span | None = None
    codes: Span | None = None
    face_value: Span | None = None
    rows: Span | None = None
    hours: Hours | None = None
    weekday: tuple[int, ...] = ()
    """0 is Monday."""
    first_use: bool | None = None
    scheduled: bool | None = None
    to_self: bool | None = None

    @property
    def needs_a_look(self) -> bool:
        """Whether it can only be told after Coupontools was asked."""
        return self.reach is not None

    def matches(self, facts: Facts) -> bool:
        return not self.failing(facts)

    def failing(self, facts: Facts) -> str:
        """The first word of it that is not so; empty when all are."""
        return next((word for word, is_so in self._words(facts) if not is_so), "")

    def _words(self, facts: Facts) -> Iterator[tuple[str, bool]]:
        yield "action", _named(self.action, facts.action)
        yield "area", _named(self.area, facts.action.partition(".")[0])
        yield "risk", not self.risk or facts.risk in self.risk
        yield "account", _named(self.account, facts.account)
        yield "roles", not self.roles or not facts.roles.isdisjoint(self.roles)
        spans = {
            "reach": (self.reach, facts.reach),
            "codes": (self.codes, facts.codes),
            "face_value": (self.face_value, facts.face_value),
            "rows": (self.rows, facts.rows),
        }
        for word, (span, value) in spans.items():
            yield word, span is None or span.holds(value)
        yield "hours", self.hours is None or self.hours.hold(facts.at.time())
        yield "weekday", not self.weekday or facts.at.weekday() in self.weekday
        flags = {
            "first_use": (self.first_use, facts.first_use),
            "scheduled": (self.scheduled, facts.scheduled),
            "to_self": (self.to_self, facts.to_self),
        }
        for word, (wanted, is_so) in flags.items():
            yield word, wanted is None or wanted is is_so


def _named(patterns: Sequence[str], name: str) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


@dataclass(frozen=True)
class Rule:
    """When it matches, and what it then asks for."""

    name: str
    when: Condition = Condition()
    unless: tuple[Condition, ...] = ()
    approvals: int = 0
    groups: frozenset[str] = frozenset({APPROVER})
    brake: timedelta = timedelta()
    quiet: Hours | None = None
    blackout: tuple[Days, ...] = ()
    refuse: str = ""

    @property
    def named(self) -> frozenset[str]:
        """All groups that it speaks of."""
        asked = self.groups if self.approvals else frozenset()
        return asked.union(self.when.roles, *(each.roles for each in self.unless))

    def matches(self, facts: Facts, *, looked: bool = True) -> bool:
        """Whether it applies; before anybody `looked`, whether it may. A refusal waits for that."""
        return not self.why_not(facts, looked=looked)

    def why_not(self, facts: Facts, *, looked: bool = True) -> str:
        """Why it does not apply: the word that is not so; empty when it applies."""
        when, unless = self.when, self.unless
        if not looked and any(each.needs_a_look for each in (when, *unless)):
            if self.refuse:
                return LATER
            when = replace(when, reach=None)
            unless = tuple(each for each in unless if not each.needs_a_look)
        if word := when.failing(facts):
            return word
        held = [number for number, each in enumerate(unless, 1) if each.matches(facts)]
        return f"unless {held[0]}" if held else ""
