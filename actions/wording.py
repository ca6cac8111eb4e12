"""The words of a policy file: which there are, and what may stand behind each."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from fnmatch import filter as named
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    model_validator,
)

from actions.action import Risk
from actions.catalog import CATALOG
from actions.policy import Policy
from actions.rules import APPROVER, Condition, Days, Hours, Rule, Span
from actions.terms import Escalation

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(said: Any) -> timedelta:
    """How long 30s, 2m, 4h or 7d is; raises ValueError."""
    match = re.fullmatch(r"([0-9]{1,5})\s*([smhd])", str(said).strip())
    if not match:
        raise ValueError("a time looks like 30s, 2m, 4h or 7d")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _some(said: timedelta) -> timedelta:
    if not said:
        raise ValueError("this takes longer than no time")
    return said


def _hours(said: Any) -> Hours:
    match = re.fullmatch(r"(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)", str(said).strip())
    try:
        if match is None:
            raise ValueError
        start, until = (time(int(match[n]), int(match[n + 1])) for n in (1, 3))
    except ValueError:
        raise ValueError("hours look like 21:00-08:00") from None
    if start == until:
        raise ValueError("these hours have no length")
    return Hours(start, until)


def _days(said: Any) -> Days:
    """One day, or the first and the last: 2026-12-24..2027-01-01."""
    first, dots, last = str(said).strip().partition("..")
    try:
        days = Days(date.fromisoformat(first), date.fromisoformat(last if dots else first))
    except ValueError:
        raise ValueError(
            "a day looks like 2026-12-25, several like 2026-12-24..2027-01-01"
        ) from None
    if days.last < days.first:
        raise ValueError("these days end before they begin")
    return days


def _known_action(pattern: str) -> str:
    if not named(list(CATALOG), pattern):
        raise ValueError(f"there is no action “{pattern}”")
    return pattern


def _known_area(pattern: str) -> str:
    if not named(list(CATALOG.areas()), pattern):
        raise ValueError(f"there is no area “{pattern}”")
    return pattern


def _several(said: Any) -> Any:
    return (said,) if isinstance(said, str | date) else said


def _each(said: Any) -> Any:
    return (said,) if isinstance(said, Mapping) else said


Duration = Annotated[timedelta, BeforeValidator(duration)]
Term = Annotated[Duration, AfterValidator(_some)]
Daily = Annotated[Hours, BeforeValidator(_hours)]
Day = Annotated[Days, BeforeValidator(_days)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Person = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,}$")]
Code = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9]{6}|[A-Za-z0-9]{21})$")]
Holding = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+/[A-Za-z0-9_-]+$")]
SEVERAL = (BeforeValidator(_several), Field(min_length=1))
Words = Annotated[tuple[Word, ...], *SEVERAL]
Actions = Annotated[tuple[Annotated[Word, AfterValidator(_known_action)], ...], *SEVERAL]
Areas = Annotated[tuple[Annotated[Word, AfterValidator(_known_area)], ...], *SEVERAL]
Risks = Annotated[tuple[Risk, ...], *SEVERAL]
Blackout = Annotated[tuple[Day, ...], *SEVERAL]
Weekdays = Annotated[tuple[Literal[DAYS], ...], *SEVERAL]  # type: ignore[valid-type]  # a constant tuple


class Text(BaseModel):
    """A part of the file: no words but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class SpanText(Text):
    least: Decimal | None = Field(None, ge=0)
    most: Decimal | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _says_something(self) -> "SpanText":
        if self.least is None and self.most is None:
            raise ValueError("name least, most or both")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("least is more than most")
        return self


class ConditionText(Text):
    action: Actions = ()
    area: Areas = ()
    risk: Risks = ()
    account: Words = ()
    roles: Words = ()
    reach: SpanText | None = None
    codes: SpanText | None = None
    face_value: SpanText | None = None
    rows: SpanText | None = None
    hours: Daily | None = None
    weekday: Weekdays = ()
    first_use: bool | None = None
    scheduled: bool | None = None
    to_self: bool | None = None

    def meant(self) -> Condition:
        said = {name: getattr(self, name) for name in type(self).model_fields}
        for name in ("reach", "codes", "face_value", "rows"):
            said[name] = Span(said[name].least, said[name].most) if said[name] else None
        return Condition(**said | {"weekday": tuple(DAYS.index(day) for day in self.weekday)})


Conditions = Annotated[tuple[ConditionText, ...], BeforeValidator(_each), Field(min_length=1)]


class RuleText(Text):
    rule: Word
    when: ConditionText = ConditionText()
    unless: Conditions = ()
    allow: Literal[True] | None = None
    approvals: Annotated[StrictInt, Field(ge=1, le=10)] | None = None
    groups: Words = Field((APPROVER,), alias="from")
    brake: Duration = timedelta()
    quiet: Daily | None = None
    blackout: Blackout = Field((), exclude_if=lambda days: not days)
    """Left out of the version when nothing is said, so that elder policies keep theirs."""
    refuse: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> "RuleText":
        if ConditionText() in self.unless:
            raise ValueError("an unless that says nothing always holds: this never matches")
        answers = [self.allow, self.approvals, self.refuse]
        said = [answer for answer in answers if answer is not None]
        if len(said) > 1:
            raise ValueError("allow, approvals and refuse exclude each other")
        waits = bool(self.brake or self.quiet or self.blackout)
        if self.refuse and waits:
            raise ValueError("what is refused needs no brake, quiet hours or blackout days")
        if not said and not waits:
            raise ValueError("say what follows: allow, approvals, refuse, brake, quiet or blackout")
        if "groups" in self.model_fields_set and self.approvals is None:
            raise ValueError("from says whose approvals: say how many, too")
        return self

    def meant(self) -> Rule:
        return Rule(
            self.rule,
            when=self.when.meant(),
            unless=tuple(each.meant() for each in self.unless),
            approvals=self.approvals or 0,
            groups=frozenset(self.groups),
            brake=self.brake,
            quiet=self.quiet,
            blackout=self.blackout,
            refuse=self.refuse or "",
        )


class EscalationText(Text):
    after: Term
    to: Words


class PolicyText(Text):
    """The whole file."""

    rules: tuple[RuleText, ...] = Field(min_length=1)
    expire: Term = timedelta(days=7)
    remind: Term = timedelta(hours=4)
    working_hours: Daily = Hours(time(9), time(18))
    escalate: EscalationText | None = None
    break_glass: Words = ()
    no_ping: Words = ()
    seeds: dict[Person, Code] = {}
    holders: dict[Person, Holding] = Field({}, exclude_if=lambda known: not known)

    @model_validator(mode="after")
    def _distinct(self) -> "PolicyText":
        names = [rule.rule for rule in self.rules]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise ValueError(f"two rules are called “{twice}”")
        return self

    def meant(self, version: str) -> Policy:
        escalate = self.escalate
        return Policy(
            version,
            tuple(rule.meant() for rule in self.rules),
            expiry=self.expire,
            remind=self.remind,
            working_hours=self.working_hours,
            escalation=Escalation(escalate.after, frozenset(escalate.to)) if escalate else None,
            break_glass=frozenset(self.break_glass),
            no_ping=frozenset(self.no_ping),
            seeds=self.seeds,
            holders=self.holders,
        )
