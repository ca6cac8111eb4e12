"""What the model knows of: requests, people's yeses, runs; and what becomes of each by itself."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.model.cast import LATENESS, Need, Rules

CHANGEABLE = ("asked", "waiting", "granted", "paused")
DAY = timedelta(days=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
CALENDAR, RUNNER = "calendar", "runner"
Line = tuple[str, str, str]
"""State before, state after, who."""


@dataclass
class Stands:
    """Something that has a state, and what the record has to say of it."""

    id: str = ""
    state: str = ""
    told: list[Line] = field(default_factory=list)

    def becomes(self, state: str, by: str) -> None:
        self.told.append((self.state, state, by))
        self.state = state


@dataclass
class Yes:
    """Somebody's, for themselves or for somebody else; alone, of whoever broke the glass."""

    person: str
    said_for: str
    roles: frozenset[str]
    alone: bool = False


@dataclass
class Run(Stands):
    """One carrying-out of one row."""

    due: datetime = LONG_AGO
    run_at: datetime = LONG_AGO
    edition: int = 1
    row: int = 0
    label: str = ""
    held_for: str = ""
    held_until: datetime | None = None
    has_begun: bool = False
    """A call of it has been made."""

    def held(self, why: str, until: datetime | None = None) -> None:
        self.becomes("held", RUNNER)
        self.held_for, self.held_until = why, until

    def let_go(self, by: str, now: datetime) -> None:
        self.becomes("ready", by)
        self.held_for, self.run_at = "", now


@dataclass
class Wish(Stands):
    """A request."""

    kind: str = ""
    actor: str = ""
    label: str = ""
    planned: datetime | None = None
    next_at: datetime | None = None
    daily: bool = False
    version: int = 1
    edition: int = 1
    """Grows with each change that its asker makes."""
    rules: Rules | None = None
    """The policy under which it was looked at."""
    reach: int | None = None
    given: list[Yes] = field(default_factory=list)
    since: datetime | None = None
    escalates_at: datetime | None = None
    granted: datetime | None = None
    runs: dict[str, Run] = field(default_factory=dict)

    @property
    def needs(self) -> tuple[Need, ...]:
        return self.rules.needs[self.kind] if self.rules else ()

    @property
    def brake(self) -> timedelta:
        return timedelta(minutes=self.rules.brake.get(self.kind, 0) if self.rules else 0)

    @property
    def spoken(self) -> set[str]:
        return {name for yes in self.given for name in (yes.person, yes.said_for)}

    def waited(self, now: datetime) -> timedelta:
        return now - self.since if self.since else timedelta()

    def grants(self, by: str, now: datetime) -> None:
        self.becomes("granted", by)
        self.granted, due = now, self.next_at or now
        late = now - due > LATENESS[self.kind]
        self.next_at = max(due, now + self.brake) if self.brake and not late else due

    def goes_on(self, by: str, now: datetime) -> None:
        """After a pause: a series with its next moment, all else as it was planned."""
        self.next_at = following(now) if self.daily else self.planned
        self.grants(by, now)

    def held_with(self, first: Run) -> list[Run]:
        """The rows of a sheet that are held for the same reason."""
        alike = ("held", first.held_for, first.due)
        return [run for run in self.runs.values() if (run.state, run.held_for, run.due) == alike]

    def afresh(self, by: str) -> None:
        """What was agreed to is void; it is looked at anew."""
        self.becomes("asked", by)
        self.version, self.given = self.version + 1, []
        self.rules, self.since, self.granted, self.escalates_at = None, None, None, None


@dataclass
class Standing:
    """Somebody speaks for somebody else."""

    person: str
    deputy: str
    since: datetime
    until: datetime
    is_over: bool = False


def following(now: datetime) -> datetime:
    """The next nine in the morning."""
    nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
    return nine if nine > now else nine + DAY
