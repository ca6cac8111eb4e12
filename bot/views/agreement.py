"""Who has to agree to a request, who has, which rules say so, and what has changed since."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from actions.approvals import ALONE
from actions.rules import APPROVER, OPERATOR, Hours
from actions.terms import Need
from bot.views.story import Story
from bot.views.text import counted, escape, quoted
from bot.views.times import moment, span
from store.tables import Approval, Consent

PERSON = re.compile(r"^[UW][A-Z0-9]{2,}$")
NAMED, GROUPS, RULES = 5, 3, 3
HEADLINE = 80
OURS = {APPROVER: "the approvers", OPERATOR: "the operators"}
OVER = (Consent.REFUSED, Consent.WITHDRAWN, Consent.EXPIRED, Consent.VOID)


def person(id: str) -> str:
    """A person as Slack shows them, or as they are called elsewhere."""
    return f"<@{id}>" if PERSON.match(id) else escape(id, 60)


def agreement(story: Story) -> list[str]:
    """How many have agreed and who, and whose yes is still missing."""
    if story.request.state is Consent.ASKED or not story.request.quorum:
        return []
    if alone := next((each for each in story.approvals if ALONE in each.roles), None):
        words = f"*Without approval:* {person(alone.person)} went alone in an emergency"
        return [f":rotating_light: {words}", quoted(alone.comment, 200)]
    parts = [f"*Approval:* {_tally(story)} agreed{_names(story.approvals)}"]
    if wanted := still_needed(story):
        parts.append(wanted if len(parts[0]) < 200 else f"\n{wanted}")
    lines = [" · ".join(parts)]
    if _is_escalated(story):
        lines.append(":arrow_up: _Nobody has decided for long: more people may decide now._")
    return lines


def still_needed(story: Story) -> str:
    """`still needed: 1 of the approvers, 1 of finance`; empty when nobody is."""
    if story.request.state in OVER or not story.missing:
        return ""
    wanted = [
        f"{count:,} of {_groups(_eligible(story, need))}" for need, count in story.missing.items()
    ]
    rest = f", and {len(wanted) - RULES} more" if len(wanted) > RULES else ""
    return f"still needed: {', '.join(wanted[:RULES])}{rest}"


def small_print(story: Story) -> str:
    """Which rules of the policy say so, and what else they ask for; empty without any."""
    terms = story.terms
    parts = [
        f"“{escape(need.rule, 60)}” asks for {need.count:,} of {_groups(need.groups)}"
        for need in terms.needs[:RULES]
    ]
    if len(terms.needs) > RULES:
        parts.append(f"{len(terms.needs) - RULES} more rules")
    if terms.brake:
        parts.append(f"can be stopped for {span(terms.brake)} after that")
    if terms.quiet:
        parts.append(f"quiet hours {_hours(terms.quiet[:RULES])}")
    return f"Policy `{escape(terms.policy, 12)}`: {' · '.join(parts)}" if parts else ""


def changed(story: Story) -> list[str]:
    """Why it is asked for again: who changed it, or what has."""
    request, change = story.request, story.change
    if request.version == 1 or change is None or request.state in OVER:
        return []
    if change.by == request.actor:
        words = f"changed by {person(change.by)}"
    else:
        words = escape(change.because.rstrip("."), 200) or "looked at anew"
    after = "" if story.approvals else " What was agreed to before does not count any more."
    return [f":arrows_counterclockwise: *Version {request.version}:* {words}.{after}"]


def rehearsed(story: Story) -> list[str]:
    """That it was sent to the asker's own phone first, or is such a try itself."""
    request = story.request
    if request.rehearses:
        return [f":iphone: Tries out `{escape(request.rehearses, 40)}` on one's own phone"]
    if not story.rehearsed:
        return []
    at, times = moment(max(story.rehearsed), request.timezone), len(story.rehearsed)
    again = f" ({counted(times, 'time')})" if times > 1 else ""
    return [f":iphone: Sent to {person(request.actor)}'s own phone first, {at}{again}"]


def tally_words(story: Story) -> str:
    """`1 of 2 agreed`, and with several needs what is missing."""
    wanted = still_needed(story) if len(story.terms.needs) > 1 else ""
    wanted = wanted if len(wanted) <= HEADLINE else "more are needed"
    return f"{_tally(story)} agreed{f', {wanted}' if wanted else ''}"


def _tally(story: Story) -> str:
    """`1 of 2`; where several kinds of people are needed no one number would be true."""
    needs = story.terms.needs
    if len(needs) > 1:
        return f"{len(story.approvals):,}"
    if not needs:
        return f"{len(story.approvals):,} of {story.request.quorum:,}"
    missing = story.missing.get(needs[0], 0)
    return f"{needs[0].count - missing:,} of {needs[0].count:,}"


def _names(approvals: Sequence[Approval]) -> str:
    named = ", ".join(_voice(approval) for approval in approvals[:NAMED])
    rest = len(approvals) - NAMED
    more = f" and {rest:,} more" if rest > 0 else ""
    return f": {named}{more}" if named else ""


def _voice(approval: Approval) -> str:
    """`Bo`, or `Bo for Cy`."""
    behalf = f" for {person(approval.on_behalf)}" if approval.on_behalf else ""
    return f"{person(approval.person)}{behalf}"


def _groups(groups: Iterable[str]) -> str:
    """Those of the settings by what they are; any other by its handle."""
    named = sorted(groups)
    shown = [OURS.get(group) or escape(group, 30) for group in named[:GROUPS]]
    if len(named) > GROUPS:
        shown.append(f"{len(named) - GROUPS} more groups")
    return " or ".join(shown)


def _eligible(story: Story, need: Need) -> frozenset[str]:
    return story.terms.eligible(need, story.waited)


def _is_escalated(story: Story) -> bool:
    escalation = story.terms.escalation
    waits = story.request.state is Consent.WAITING
    return bool(waits and escalation and story.waited >= escalation.after > timedelta())


def _hours(quiet: Iterable[Hours]) -> str:
    return ", ".join(f"{each.start:%H:%M}–{each.until:%H:%M}" for each in quiet)
