"""A request with all that belongs to it, and where it stands in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.action import AnyAction
from bot.views.text import cut
from bot.views.times import moment
from store.tables import Approval, Consent, Operation, Progress, Request


@dataclass(frozen=True)
class Story:
    """What a view needs to tell of a request; `inputs` are opened, `operations` newest first."""

    request: Request
    action: AnyAction
    inputs: Sequence[Mapping[str, Any]]
    operations: Sequence[Operation]
    approvals: Sequence[Approval]
    now: datetime
    unseen: Sequence[str] = ()
    """Runs whose answer holds a secret that the person who asked has not looked at."""


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

NEEDS_PEOPLE = (Progress.UNCLEAR, Progress.FAILED, Progress.HELD)
OPEN = (Consent.ASKED, Consent.WAITING, Consent.GRANTED, Consent.PAUSED)


def standing(story: Story) -> Standing:
    """Where it stands, all in all."""
    request = story.request
    if request.state is Consent.GRANTED and _later(story):
        return _scheduled(story)
    if request.state is Consent.WAITING and request.quorum:
        return _waiting(story)
    if request.state is Consent.SPENT and story.operations:
        return _of_runs(story.operations)
    return OF_REQUEST[request.state]


def tally(operations: Sequence[Operation]) -> str:
    """`3 done · 1 failed`, what matters most last."""
    count = Counter(operation.state for operation in operations)
    return " · ".join(
        f"{count[state]:,} {OF_RUN[state].plain}" for state in reversed(OF_RUN) if count[state]
    )


def in_state(story: Story, *states: Progress) -> list[Operation]:
    return [operation for operation in story.operations if operation.state in states]


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


def _of_runs(operations: Sequence[Operation]) -> Standing:
    state = next(state for state in OF_RUN if any(run.state is state for run in operations))
    found = OF_RUN[state]
    if len(operations) == 1:
        return found
    return Standing(found.emoji, found.words, tally(operations))
