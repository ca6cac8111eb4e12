"""A request with all that belongs to it, gathered for drawing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from actions.action import AnyAction
from actions.terms import Need, Terms
from schedules.foresight import Outlook
from store.tables import Approval, Consent, Operation, Progress, Request

MOVING = (Progress.READY, Progress.RUNNING)
NEEDS_PEOPLE = (Progress.UNCLEAR, Progress.FAILED, Progress.HELD)
OPEN = (Consent.ASKED, Consent.WAITING, Consent.GRANTED, Consent.PAUSED)


@dataclass(frozen=True)
class Change:
    """Why a request had to be looked at again: who or what made this version."""

    by: str
    because: str


@dataclass(frozen=True)
class Story:
    """What a view needs to tell of a request.

    `inputs` are opened, the first row of them; `operations` newest first; of a sheet, only those
    that need a person, and in `states` how many of all are in which state, by due moment.
    """

    request: Request
    action: AnyAction
    inputs: Sequence[Mapping[str, Any]]
    operations: Sequence[Operation]
    approvals: Sequence[Approval]
    now: datetime
    terms: Terms = Terms("")
    """What the policy asks of it."""
    missing: Mapping[Need, int] = field(default_factory=dict)
    """How many more have to agree, of whom."""
    stamp: str = ""
    """What its buttons carry: id and version, marked as ours."""
    decided_by: str = ""
    """Who refused it."""
    change: Change | None = None
    """What made this version, when it is not the first."""
    rehearsed: Sequence[datetime] = ()
    """When it was tried out on the asker's own phone."""
    unseen: Sequence[str] = ()
    """Runs whose answer holds a secret that the person who asked has not looked at."""
    kept: Sequence[str] = ()
    """Runs of whose long answers lines are kept."""
    outlook: Outlook = Outlook()
    """What comes of it: its next moments, and what to think of before."""
    states: Mapping[datetime, Mapping[Progress, int]] = field(default_factory=dict)
    settled: bool = False
    """It keeps its place in a list though there is nothing left to decide: the next one must not
    move under a finger that presses twice."""

    @property
    def count(self) -> Counter[Progress]:
        """How many runs are in which state."""
        if not self.states:
            return Counter(operation.state for operation in self.operations)
        return sum(map(Counter, self.states.values()), Counter[Progress]())

    @property
    def waited(self) -> timedelta:
        """How long it has waited for people."""
        since = self.request.waiting_since
        return self.now - since if since else timedelta()

    @property
    def is_ahead(self) -> bool:
        """Whether its moment is still to come."""
        return self.request.next_at is not None and self.request.next_at > self.now

    @property
    def brakes(self) -> timedelta:
        """How long it can still be stopped before it goes out; nothing when it is not braking."""
        request = self.request
        if request.state is not Consent.GRANTED or request.next_at is None:
            return timedelta()
        left = request.next_at - self.now
        return left if timedelta() < left <= self.terms.brake else timedelta()

    @property
    def under_way(self) -> bool:
        """Whether rows of a sheet are still going to change by themselves."""
        return any(self.count[state] for state in MOVING) or not all(
            self._is_launched(count) for count in self.states.values()
        )

    def rests(self, due: datetime) -> bool:
        """Whether no row of that moment is still to come, to run or held."""
        count = self.states[due]
        waits = any(count.get(state) for state in (*MOVING, Progress.HELD))
        return not waits and self._is_launched(count)

    def _is_launched(self, count: Mapping[Progress, int]) -> bool:
        withdrawn = self.request.state is Consent.WITHDRAWN
        return withdrawn or sum(count.values()) == len(self.request.inputs)


def is_batch(request: Request) -> bool:
    """Whether it is a sheet of many rows."""
    return len(request.inputs) > 1


def in_state(story: Story, *states: Progress) -> list[Operation]:
    return [operation for operation in story.operations if operation.state in states]


def to_decide(story: Story, *states: Progress) -> list[Operation]:
    """The runs in these states; rows of a sheet that are held for one moment go as one."""
    found: dict[object, Operation] = {}
    for run in in_state(story, *states):
        as_one = is_batch(story.request) and run.state is Progress.HELD
        found.setdefault(run.due if as_one else run.id, run)
    return [*found.values()]


def held_rows(story: Story, run: Operation) -> int:
    """How many rows of a sheet are held for the moment of that run."""
    return story.states.get(run.due, {}).get(Progress.HELD, 0)
