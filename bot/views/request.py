"""The card of a request, through its whole life."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ConfirmObject,
    InputBlock,
    PlainTextInputElement,
)
from slack_sdk.models.views import View

from actions.action import Risk
from actions.fields import shown
from bot.views.blocks import (
    FIELDS,
    Message,
    button,
    context,
    facts,
    header,
    section,
    sure,
)
from bot.views.kinds import VALUE
from bot.views.runs import decisions, runs
from bot.views.story import OPEN, Story, headline, held_rows, is_batch, standing, to_decide
from bot.views.text import cost, counted, escape, quoted
from bot.views.times import moment, series_words
from store.tables import Approval, Consent, Progress

PERSON = re.compile(r"^[UW][A-Z0-9]{2,}$")
NAMED, MISSED, LINES = 5, 15, 1_500


def request_card(story: Story, *, for_approvers: bool) -> Message:
    """What was asked, what would happen, who agreed, what became of it, and what can be done."""
    blocks = [
        header(story.action.title),
        section(_state(story)),
        *_preview(story),
        *_inputs(story),
        section("\n".join([f"*When:* {_when(story)}", *_agreed(story)])),
        *runs(story),
        *(approver_buttons(story) if for_approvers else asker_buttons(story)),
        *([] if for_approvers else secret_buttons(story)),
        context(_footer(story)),
    ]
    return Message(escape(f"{headline(story)} ({story.request.id})"), blocks)


def approver_buttons(story: Story) -> list[Block]:
    """Yes and no, while they are asked for."""
    if story.request.state is not Consent.WAITING:
        return []
    buttons = [
        button("approve", "Approve", stamp(story), style="primary", confirm=_really(story)),
        button("refuse", "Refuse", stamp(story), style="danger"),
    ]
    return [ActionsBlock(block_id=f"decide:{story.request.id}", elements=buttons)]


def asker_buttons(story: Story) -> list[Block]:
    """Taking it back, while that still helps."""
    if story.request.state not in OPEN:
        return []
    confirm = sure("Withdraw it?", "It will not be done. You can ask for it again.", "Withdraw")
    back = button("withdraw", "Withdraw", stamp(story), confirm=confirm)
    return [ActionsBlock(block_id=f"own:{story.request.id}", elements=[back])]


def secret_buttons(story: Story) -> list[Block]:
    """What the answer holds for one pair of eyes, until they have seen it."""
    return [
        ActionsBlock(block_id=f"secret:{id}"[:255], elements=[button("reveal", "Show it once", id)])
        for id in story.unseen[:NAMED]
    ]


def stamp(story: Story) -> str:
    """What a button of a request carries: its id and the version that was drawn."""
    return f"{story.request.id}:{story.request.version}"


def refuse_view(metadata: Mapping[str, Any]) -> View:
    """A refusal says why."""
    return View(
        type="modal",
        callback_id="refuse",
        title="Refuse",
        submit="Refuse",
        close="Cancel",
        private_metadata=json.dumps(dict(metadata)),
        blocks=[
            InputBlock(
                block_id="reason",
                label="Why?",
                hint="The person who asked reads this.",
                element=PlainTextInputElement(action_id=VALUE, multiline=True, max_length=1_000),
            )
        ],
    )


def missed_card(stories: Sequence[Story]) -> Message:
    """Every run that is too late to start by itself, each to be run or skipped."""
    late = [(story, run) for story in stories for run in to_decide(story, Progress.HELD)]
    if not late:
        return Message("No run is held.", [section(":white_check_mark: No run is held any more.")])
    title = f"{counted(len(late), 'run')} missed"
    words = "These came too late to start by themselves. Nothing happens until somebody decides."
    blocks: list[Block] = [header(title), section(words)]
    for story, run in late[:MISSED]:
        due, asker = moment(run.due, story.request.timezone), person(story.request.actor)
        name = escape(story.action.title, 40)
        rows = held_rows(story, run)
        sheet = f" · {counted(rows, 'row')}" if rows else ""
        said = section(f"*{name}*{sheet} · due {due} · {asker}")
        blocks += [said, *decisions(run, rows)]
    if len(late) > MISSED:
        blocks.append(context(f"… and {len(late) - MISSED:,} more; decide on these first."))
    return Message(f"{title}: run or skip each", blocks)


def person(id: str) -> str:
    """A person as Slack shows them, or as they are called elsewhere."""
    return f"<@{id}>" if PERSON.match(id) else escape(id, 60)


def glance(story: Story) -> str:
    """Two lines about a request, for lists."""
    where = standing(story)
    preview = f" · {escape(story.request.preview, 150)}" if story.request.preview else ""
    return (
        f"{where.emoji} *{escape(story.action.title, 60)}*{preview}\n"
        f"{where.words} · asked by {person(story.request.actor)}"
    )


def _state(story: Story) -> str:
    where = standing(story)
    said = f"\n{quoted(story.request.problem, 600)}" if story.request.problem else ""
    return f"{where.emoji}  *{where.words}*{said}"


def _preview(story: Story) -> list[Block]:
    request = story.request
    blocks: list[Block] = []
    if story.action.risk is Risk.BLAST and request.state is not Consent.ASKED:
        reach = "an unknown number of people"
        if request.reach is not None:
            reach = f"{request.reach:,} {'person' if request.reach == 1 else 'people'}"
        blocks.append(header(f"Reaches {reach}"))
    if request.preview:
        blocks.append(section(escape(request.preview, 600)))
    return blocks + list(facts(request.facts, limit=120))


def _inputs(story: Story) -> list[Block]:
    if not story.inputs:
        return []
    facts = story.request.facts
    said = {fact[0] for fact in facts}  # with the name that belongs to the id, or what was before
    inputs = [pair for pair in shown(story.action.inputs, story.inputs[0]) if pair[0] not in said]
    lines = [
        f"*{escape(title, 60)}:* {escape(' '.join(value.split()), 200)}"
        for title, value in [*facts[FIELDS:], *inputs]
    ]
    kept, used = [], 0
    for line in lines:
        used += cost(line) + 2
        if used <= LINES:
            kept.append(line)
    if len(kept) < len(lines):
        kept.append(f"… and {counted(len(lines) - len(kept), 'more input')}")
    if is_batch(story.request):
        kept.append(f"… and {counted(len(story.request.inputs) - 1, 'more row')} like this")
    return [section("\n".join(kept))] if kept else []


def _when(story: Story) -> str:
    request = story.request
    if request.crontab:
        series = f"{escape(series_words(request.crontab), 100)} ({escape(request.timezone, 60)})"
        return f"{series}{_next(story)}"
    if at := request.next_at or next(
        iter([*story.states, *(run.due for run in story.operations)]), None
    ):
        return moment(at, request.timezone)
    return "as soon as it is agreed" if request.quorum else "at once"


def _next(story: Story) -> str:
    if story.request.next_at is None or story.request.state not in OPEN:
        return ""
    return f", next {moment(story.request.next_at, story.request.timezone)}"


def _agreed(story: Story) -> list[str]:
    needed = story.request.quorum
    if not needed or story.request.state is Consent.ASKED:
        return []
    return [f"*Approval:* {len(story.approvals)} of {needed} agreed{_names(story.approvals)}"]


def _names(approvals: Sequence[Approval]) -> str:
    named = ", ".join(person(approval.person) for approval in approvals[:NAMED])
    rest = len(approvals) - NAMED
    more = f" and {rest:,} more" if rest > 0 else ""
    return f": {named}{more}" if named else ""


def _really(story: Story) -> ConfirmObject | None:
    if story.action.risk is not Risk.BLAST:
        return None
    reach = story.request.reach
    people = "an unknown number of people" if reach is None else f"{reach:,} people"
    return sure("Approve it?", f"It reaches {people} and cannot be recalled.", "Approve")


def _footer(story: Story) -> str:
    request = story.request
    parts = [
        f"Asked by {person(request.actor)}",
        f"account {escape(request.account, 60)}",
        f"`{request.id}` version {request.version}",
    ]
    if request.digest:
        parts.append(f"digest `{request.digest[:8]}`")
    if story.action.risk is Risk.BLAST and request.state in OPEN:
        parts.append("a push cannot be recalled")
    return " · ".join(parts)
