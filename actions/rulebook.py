"""The policy file: read, checked, and read again when it changes; the last good one is kept."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import time, timedelta
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from actions.action import Risk
from actions.policy import Policy
from actions.rules import APPROVER, Condition, Hours, Rule, Span
from actions.terms import Escalation

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class BadPolicy(Exception):
    """The policy cannot be used."""

    def __init__(self, words: str, line: int = 0, file: str = "policy") -> None:
        self.line = line
        super().__init__(f"{file}, line {line}: {words}" if line else f"{file}: {words}")


def _duration(said: Any) -> timedelta:
    match = re.fullmatch(r"(\d{1,5})\s*([smhd])", str(said).strip())
    if not match:
        raise ValueError("a time looks like 30s, 2m, 4h or 7d")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


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


def _several(said: Any) -> Any:
    return (said,) if isinstance(said, str) else said


def _each(said: Any) -> Any:
    return (said,) if isinstance(said, Mapping) else said


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Daily = Annotated[Hours, BeforeValidator(_hours)]
Words = Annotated[tuple[str, ...], BeforeValidator(_several)]
Risks = Annotated[tuple[Risk, ...], BeforeValidator(_several)]
Weekdays = Annotated[tuple[Literal[DAYS], ...], BeforeValidator(_several)]  # type: ignore[valid-type]  # a constant tuple


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class _Span(_Text):
    least: Decimal | None = Field(None, ge=0)
    most: Decimal | None = Field(None, ge=0)

    @model_validator(mode="after")
    def _says_something(self) -> "_Span":
        if self.least is None and self.most is None:
            raise ValueError("name least, most or both")
        return self


class _Condition(_Text):
    action: Words = ()
    area: Words = ()
    risk: Risks = ()
    account: Words = ()
    roles: Words = ()
    reach: _Span | None = None
    codes: _Span | None = None
    face_value: _Span | None = None
    rows: _Span | None = None
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


Conditions = Annotated[tuple[_Condition, ...], BeforeValidator(_each)]


class _Rule(_Text):
    rule: str = Field(min_length=1, max_length=80)
    when: _Condition = _Condition()
    unless: Conditions = ()
    allow: Literal[True] | None = None
    approvals: int | None = Field(None, ge=1, le=10)
    groups: Words = Field((APPROVER,), alias="from")
    brake: Duration = timedelta()
    quiet: Daily | None = None
    refuse: str = Field("", max_length=300)

    @model_validator(mode="after")
    def _one_answer(self) -> "_Rule":
        answers = [self.allow, self.approvals, self.refuse or None]
        said = [answer for answer in answers if answer is not None]
        if len(said) > 1:
            raise ValueError("allow, approvals and refuse exclude each other")
        if not said and not self.brake and not self.quiet:
            raise ValueError("say what follows: allow, approvals, refuse, brake or quiet")
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
            refuse=self.refuse,
        )


class _Escalation(_Text):
    after: Duration
    to: Words = Field(min_length=1)


class _Policy(_Text):
    rules: tuple[_Rule, ...] = Field(min_length=1)
    expire: Duration = timedelta(days=7)
    remind: Duration = timedelta(hours=4)
    working_hours: Daily = Hours(time(9), time(18))
    escalate: _Escalation | None = None
    break_glass: Words = ()
    no_ping: Words = ()
    seeds: dict[str, str] = {}

    @model_validator(mode="after")
    def _distinct(self) -> "_Policy":
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
        )


def read(text: str, file: str = "policy") -> Policy:
    """The policy that this text says; raises `BadPolicy`, which names the line."""
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        said = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadPolicy(str(error.problem), line, file) from None
    except yaml.YAMLError as error:
        raise BadPolicy(str(error), 0, file) from None
    if not isinstance(said, Mapping):
        raise BadPolicy("it has no rules.", 0, file)
    if twice := _twice(tree):
        raise BadPolicy(f"“{twice.value}” is said twice.", twice.start_mark.line + 1, file)
    try:
        policy = _Policy.model_validate(said)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where, line = ".".join(map(str, fault["loc"])), _line(tree, fault["loc"])
        raise BadPolicy(f"{where}: {_words(fault)}.", line, file) from None
    canonical = policy.model_dump_json(by_alias=True)
    return policy.meant(hashlib.sha256(canonical.encode()).hexdigest()[:12])


def _words(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "there is no such word in a policy"
    return str(fault["msg"]).removeprefix("Value error, ").rstrip(".")


def _twice(node: Any) -> Any:
    """A key that its mapping has already: YAML itself would quietly take the last."""
    parts = []
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        if doubled := [key for n, (key, _) in enumerate(node.value) if key.value in keys[:n]]:
            return doubled[0]
        parts = [value for _, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = node.value
    return next((found for part in parts if (found := _twice(part))), None)


def _line(node: Any, place: Sequence[int | str]) -> int:
    """The line where it stands, as far as it can be followed into the tree."""
    line = node.start_mark.line + 1 if node else 0
    for part in place:
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == part]
            if not pairs:
                break
            line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part] if part < len(node.value) else node
            line = node.start_mark.line + 1
    return line


def builtin() -> Policy:
    """What holds when no file is named."""
    return read(resources.files("actions").joinpath("policy.yml").read_text(), "built-in policy")


class Rulebook:
    """The policy in force. A file that cannot be read any more changes nothing but `problem`."""

    def __init__(self, file: Path | None, changed: Callable[[str, str], None]) -> None:
        self._file, self._changed = file, changed
        self._text = file.read_text() if file else ""
        self.current = read(self._text, str(file)) if file else builtin()
        self.problem = ""

    def look_again(self) -> None:
        """Take the file as it is now, when that has changed and can be used."""
        if self._file is None:
            return
        try:
            text = self._file.read_text()
            if text == self._text and not self.problem:
                return
            policy = read(text, str(self._file))
        except (BadPolicy, OSError, UnicodeDecodeError) as error:
            self._complain(str(error))
            return
        self._text, self.problem, was = text, "", self.current
        if policy.version != was.version:
            self.current = policy
            self._changed("policy changed", f"{was.version} → {policy.version}")

    def _complain(self, words: str) -> None:
        if words != self.problem:
            self.problem = words
            self._changed("policy kept", f"{words} The one before stays in force.")
