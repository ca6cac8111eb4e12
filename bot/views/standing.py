"""Where a request or a run stands, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.views.agreement import person, tally_words
from bot.views.story import Story
from bot.views.text import cut, escape
from bot.views.times import moment, span, to_the_second
from store.tables import Consent, Operation, Progress


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
    Consent.PAUSED: Standing(":octagonal_sign:", "Stopped", "stopped"),
    Consent.SPENT: Standing(":gear:", "About to run", "about to run"),
    Consent.VOID: Standing(":no_entry:", "Cannot be done", "cannot be done"),
    Consent.REFUSED: Standing(":x:", "Refused", "refused"),
    Consent.WITHDRAWN: Standing(":leftwards_arrow_with_hook:", "Withdrawn", "withdrawn"),
    Consent.EXPIRED: Standing(":hourglass:", "Expired: nobody decided", "expired"),
}
OF_RUN = {
    Progress.UNCLEAR: Standing(":question:", "Unclear: it may have happened", "unclear"),
    Progress.FAILED: Standing(":red_circle:", "Failed", "failed"),
    Progress.HELD: Standing(":pause_button:", "Held", "held"),
    Progress.RUNNING: Standing(":arrow_forward:", "Running", "running"),
    Progress.READY: Standing(":gear:", "About to run", "about to run"),
    Progress.DONE: Standing(":large_green_circle:", "Done", "done"),
    Progress.DROPPED: Standing(":wastebasket:", "Dropped", "dropped"),
}
"""In the order in which they matter: of several runs the first of these is told."""

HELD_FOR = {
    "late": Standing(":pause_button:", "Held: it is late", "held, it is late"),
    "quiet": Standing(":crescent_moon:", "Held for quiet hours", "held for quiet hours"),
    "blackout": Standing(":no_entry_sign:", "Held: a blackout day", "held, a blackout day"),
    "stopped": Standing(":octagonal_sign:", "Held: everything is stopped", "held, all is stopped"),
}


def standing(story: Story) -> Standing:
    """Where it stands, all in all."""
    request = story.request
    if request.state is Consent.GRANTED and (request.crontab or story.is_ahead):
        return _braking(story) if story.brakes else _scheduled(story)
    if request.state is Consent.WAITING and request.quorum:
        return _waiting(story)
    if request.state is Consent.PAUSED and request.problem:
        words = cut(" ".join(request.problem.split()), 80)
        return Standing(OF_REQUEST[Consent.PAUSED].emoji, escape(words), words.lower())
    if request.state is Consent.REFUSED and story.decided_by:
        found = OF_REQUEST[Consent.REFUSED]
        return Standing(found.emoji, f"{found.words} by {person(story.decided_by)}", found.plain)
    if request.state in (Consent.SPENT, Consent.GRANTED) and story.states:
        return _of_sheet(story)
    if request.state is Consent.SPENT and story.operations:
        return _of_runs(story.operations, request.timezone)
    return OF_REQUEST[request.state]


def tally(count: Mapping[Progress, int]) -> str:
    """`3 done · 1 failed`, what matters most last."""
    return " · ".join(
        f"{count[state]:,} {OF_RUN[state].plain}" for state in reversed(OF_RUN) if count.get(state)
    )


def headline(story: Story) -> str:
    """One plain line: what it is and where it stands."""
    return cut(f"{story.action.title}: {standing(story).plain}", 150)


def _scheduled(story: Story) -> Standing:
    request = story.request
    how = "Agreed: runs again and again" if request.crontab else "Agreed: scheduled"
    coming = story.outlook.coming
    next_at = coming[0].at if coming else request.next_at
    if next_at is None:
        return Standing(":calendar:", how, "agreed, scheduled")
    then = moment(next_at, request.timezone)
    return Standing(":calendar:", f"{how}, next {then}", "agreed, scheduled")


def _braking(story: Story) -> Standing:
    """Counts down; it says when, too, since nobody draws it anew every second."""
    at = to_the_second(story.request.next_at or story.now, story.request.timezone)
    words = f"Goes out in {span(story.brakes)}, at {at}"
    return Standing(":stopwatch:", words, f"agreed, goes out in {span(story.brakes)}")


def _waiting(story: Story) -> Standing:
    base, words = OF_REQUEST[Consent.WAITING], tally_words(story)
    return Standing(base.emoji, f"{base.words}: {words}", f"waits for approval, {words}")


def _of_sheet(story: Story) -> Standing:
    count = story.count
    if story.under_way:
        rows = len(story.request.inputs) * len(story.states)
        words = f"Running: {count[Progress.DONE]:,} of {rows:,} rows done"
        return Standing(":arrow_forward:", words, tally(count))
    found = next(OF_RUN[state] for state in OF_RUN if count[state])
    return Standing(found.emoji, found.words, tally(count))


def _of_runs(operations: Sequence[Operation], zone: str) -> Standing:
    count = Counter(operation.state for operation in operations)
    state = next(state for state in OF_RUN if count[state])
    first = next(operation for operation in operations if operation.state is state)
    found = of_run(first, zone)
    if len(operations) == 1:
        return found
    return Standing(found.emoji, found.words, tally(count))


def of_run(run: Operation, zone: str) -> Standing:
    """Where one run stands; of a held one why, and until when."""
    if run.state is not Progress.HELD or run.held_for not in HELD_FOR:
        return OF_RUN[run.state]
    held = HELD_FOR[run.held_for]
    if run.held_until is None:
        return held
    until = moment(run.held_until, zone)
    return Standing(held.emoji, f"{held.words} until {until}", held.plain)
