"""A request with all that belongs to it, and where it stands in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from actions.action import AnyAction
from bot.views.text import cut
from bot.views.times import moment
from store.tables import Approval, Consent, Operation, Progress, Request


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
    unseen: Sequence[str] = ()
    """Runs whose answer holds a secret that the person who asked has not looked at."""
    states: Mapping[datetime, Mapping[Progress, int]] = field(default_factory=dict)

    @property
    def count(self) -> Counter[Progress]:
        """How many runs are in which state."""
        if not self.states:
            return Counter(operation.state for operation in self.operations)
        return sum(map(Counter, self.states.values()), Counter[Progress]())

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


@dataclass(frozen=True)
class Standing:
    """A state at a glance."""

    emoji: str
    words: str
    """mrkdwn; ours, so already safe."""
    plain: str


OF_REQUEST = {
    Consent.ASKED: Standing(":hourglass_flowing_sand:", "Being checked", "being checked"),
    Consent.WAITING: Standing(":raised_hand:", "Waits for approval", "waits for approval"),
    Consent.GRANTED: Standing(":white_check_mark:", "Agreed: starts now", "agreed, starts now"),
    Consent.PAUSED: Standing(":double_vertical_bar:", "Paused", "paused"),
    Consent.SPENT: Standing(":gear:", "About to run", "about to run"),
    Consent.VOID: Standing(":no_entry:", "Cannot be done", "cannot be done"),
    Consent.REFUSED: Standing(":x:", "Refused", "refused"),
    Consent.WITHDRAWN: Standing(":leftwards_arrow_with_hook:", "Withdrawn", "withdrawn"),
    Consent.EXPIRED: Standing(":hourglass:", "Expired: nobody decided", "expired"),
}
OF_RUN = {
    Progress.UNCLEAR: Standing(":grey_question:", "Unclear: it may have happened", "unclear"),
    Progress.FAILED: Standing(":red_circle:", "Failed", "failed"),
    Progress.HELD: Standing(":pause_button:", "Held: it is late", "held"),
    Progress.RUNNING: Standing(":arrow_forward:", "Running", "running"),
    Progress.READY: Standing(":gear:", "About to run", "about to run"),
    Progress.DONE: Standing(":large_green_circle:", "Done", "done"),
    Progress.DROPPED: Standing(":wastebasket:", "Dropped", "dropped"),
}
"""In the order in which they matter: of several runs the first of these is told."""

MOVING = (Progress.READY, Progress.RUNNING)
NEEDS_PEOPLE = (Progress.UNCLEAR, Progress.FAILED, Progress.HELD)
OPEN = (Consent.ASKED, Consent.WAITING, Consent.GRANTED, Consent.PAUSED)


def standing(story: Story) -> Standing:
    """Where it stands, all in all."""
    request = story.request
    if request.state is Consent.GRANTED and _later(story):
        return _scheduled(story)
    if request.state is Consent.WAITING and request.quorum:
        return _waiting(story)
    if request.state in (Consent.SPENT, Consent.GRANTED) and story.states:
        return _of_sheet(story)
    if request.state is Consent.SPENT and story.operations:
        return _of_runs(story.operations)
    return OF_REQUEST[request.state]


def is_batch(request: Request) -> bool:
    """Whether it is a sheet of many rows."""
    return len(request.inputs) > 1


def tally(count: Mapping[Progress, int]) -> str:
    """`3 done · 1 failed`, what matters most last."""
    return " · ".join(
        f"{count[state]:,} {OF_RUN[state].plain}" for state in reversed(OF_RUN) if count.get(state)
    )


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


def headline(story: Story) -> str:
    """One plain line: what it is and where it stands."""
    return cut(f"{story.action.title}: {standing(story).plain}", 150)


def _later(story: Story) -> bool:
    request = story.request
    return bool(request.crontab) or (request.next_at is not None and request.next_at > story.now)


def _scheduled(story: Story) -> Standing:
    request = story.request
    how = "Agreed: runs again and again" if request.crontab else "Agreed: scheduled"
    if request.next_at is None:
        return Standing(":calendar:", how, "agreed, scheduled")
    then = moment(request.next_at, request.timezone)
    return Standing(":calendar:", f"{how}, next {then}", "agreed, scheduled")


def _waiting(story: Story) -> Standing:
    said, needed = len(story.approvals), story.request.quorum
    base = OF_REQUEST[Consent.WAITING]
    words = f"{base.words}: {said} of {needed} agreed"
    return Standing(base.emoji, words, f"waits for approval, {said} of {needed} agreed")


def _of_sheet(story: Story) -> Standing:
    count = story.count
    if story.under_way:
        rows = len(story.request.inputs) * len(story.states)
        words = f"Running: {count[Progress.DONE]:,} of {rows:,} rows done"
        return Standing(":arrow_forward:", words, tally(count))
    found = next(OF_RUN[state] for state in OF_RUN if count[state])
    return Standing(found.emoji, found.words, tally(count))


def _of_runs(operations: Sequence[Operation]) -> Standing:
    count = Counter(operation.state for operation in operations)
    found = next(OF_RUN[state] for state in OF_RUN if count[state])
    if len(operations) == 1:
        return found
    return Standing(found.emoji, found.words, tally(count))
