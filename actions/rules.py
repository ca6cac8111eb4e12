"""Rules of a policy: what they look at, and when they match. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase

from actions.action import Risk

APPROVER, OPERATOR = "approver", "operator"
"""Roles that the settings give; the handle of each other user group is a role too."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a rule may look at. `reach` is None where it is not known: that counts as any number."""

    action: str
    risk: Risk
    at: datetime
    """When it would run, on the account's clock."""
    account: str = ""
    roles: frozenset[str] = frozenset()
    reach: int | None = 0
    codes: int = 0
    face_value: Decimal = Decimal(0)
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
        return self._of_action(facts) and self._of_amounts(facts) and self._of_moment(facts)

    def _of_action(self, facts: Facts) -> bool:
        return (
            _named(self.action, facts.action)
            and _named(self.area, facts.action.partition(".")[0])
            and (not self.risk or facts.risk in self.risk)
            and _named(self.account, facts.account)
            and (not self.roles or not facts.roles.isdisjoint(self.roles))
        )

    def _of_amounts(self, facts: Facts) -> bool:
        spans = (
            (self.reach, facts.reach),
            (self.codes, facts.codes),
            (self.face_value, facts.face_value),
            (self.rows, facts.rows),
        )
        return all(span is None or span.holds(value) for span, value in spans)

    def _of_moment(self, facts: Facts) -> bool:
        flags = (
            (self.first_use, facts.first_use),
            (self.scheduled, facts.scheduled),
            (self.to_self, facts.to_self),
        )
        return (
            (self.hours is None or self.hours.hold(facts.at.time()))
            and (not self.weekday or facts.at.weekday() in self.weekday)
            and all(wanted is None or wanted is is_so for wanted, is_so in flags)
        )


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
    refuse: str = ""

    def matches(self, facts: Facts, *, looked: bool) -> bool:
        """Whether it applies; before anybody `looked`, a refusal that depends on it waits."""
        if self.refuse and not looked and self._needs_a_look:
            return False
        return self.when.matches(facts) and not any(each.matches(facts) for each in self.unless)

    @property
    def _needs_a_look(self) -> bool:
        return any(each.needs_a_look for each in (self.when, *self.unless))
