"""The card of a request, through its whole life."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from actions.action import Risk
from actions.fields import shown
from actions.gate import GONE
from actions.rehearsing import can_rehearse
from bot.steps import SURFACE
from bot.views.agreement import OVER, agreement, changed, person, rehearsed, small_print
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
from bot.views.brought import file_buttons, secret_buttons
from bot.views.outlook import warnings
from bot.views.runs import decisions, runs
from bot.views.standing import headline, standing
from bot.views.story import OPEN, Story, held_rows, is_batch, to_decide
from bot.views.text import cost, counted, escape, quoted
from bot.views.times import end_words, moment, series_words, span
from store.tables import Consent, Progress

NAMED, MISSED, LINES, THINK_OF = 5, 11, 900, 3
SETTLED = "Nothing left to decide here; it is gone when you open this again."
BACK_FIRST = (
    "It goes on when they are back and an approver says so; else somebody has to ask for it anew."
)
NOT_LATE = ("quiet", "blackout", "stopped")
"""What holds a run that is not missed: it goes on by itself."""


def request_card(story: Story, *, for_approvers: bool) -> Message:
    """What was asked, what would happen, who agreed, what became of it, and what can be done."""
    blocks = [
        header(story.action.title),
        section(_state(story)),
        *_preview(story),
        *([section("\n".join(inputs))] if (inputs := _inputs(story)) else []),
        section("\n".join([f"*When:* {_when(story)}", *agreement(story), *rehearsed(story)])),
        *_think_of(story),
        *runs(story),
        *(approver_buttons(story) if for_approvers else asker_buttons(story)),
        *([] if for_approvers else secret_buttons(story)),
        *file_buttons(story),
        *_last_words(story),
    ]
    return Message(escape(f"{headline(story)} ({story.request.id})"), blocks)


def approver_buttons(story: Story) -> list[Block]:
    """Yes, no and a question while they are asked for; then a brake, for as long as it helps."""
    if story.settled:
        return [context(SETTLED)]
    match story.request.state:
        case Consent.WAITING:
            return [ActionsBlock(block_id=f"decide:{story.request.id}", elements=_answers(story))]
        case Consent.GRANTED | Consent.PAUSED:
            return brake_buttons(story)
        case _:
            return []


def brake_buttons(story: Story) -> list[Block]:
    """Stop, while it has not gone out; then letting it go on."""
    request = story.request
    if request.state is Consent.PAUSED:
        pressed = button("resume", "Let it go on", story.stamp)
    elif story.terms.brake or request.crontab or story.is_ahead:
        confirm = sure("Stop it?", "It does not go out until an approver says so.", "Stop")
        pressed = button("stop", "Stop", story.stamp, style="danger", confirm=confirm)
    else:
        return []
    shift = [shift_button(story)] if can_shift(story) and not story.brakes else []
    return [ActionsBlock(block_id=f"brake:{request.id}", elements=[pressed, *shift])]


def can_shift(story: Story) -> bool:
    """Whether it has a moment that can be moved: of a series, one that is agreed to."""
    request = story.request
    if request.crontab:
        return request.state is Consent.GRANTED and bool(story.outlook.coming)
    return request.state in OPEN and request.planned_at is not None


def shift_button(story: Story) -> ButtonElement:
    return button("shift", "Shift …", story.stamp)


def _answers(story: Story) -> list[ButtonElement]:
    yes = button("approve", "Approve", story.stamp, style="primary")
    comment = button("approve_with", "Approve with comment …", story.stamp)
    if story.action.risk is Risk.BLAST:
        yes = button("approve_with", "Approve …", story.stamp, style="primary")
    return [
        yes,
        *([] if story.action.risk is Risk.BLAST else [comment]),
        button("question", "Ask …", story.stamp),
        button("refuse", "Refuse …", story.stamp, style="danger"),
    ]


def asker_buttons(story: Story) -> list[Block]:
    """Trying it out, changing it, taking it back, while that still helps; then asking again."""
    request, sheet = story.request, is_batch(story.request)
    buttons: list[ButtonElement] = []
    if request.state in OPEN:
        confirm = sure("Withdraw it?", "It will not be done. You can ask for it again.", "Withdraw")
        if can_rehearse(story.action):
            buttons.append(button("rehearse", "Send it to me first", story.stamp))
        if not sheet:
            buttons.append(button("edit", "Change …", story.stamp))
        if can_shift(story):
            buttons.append(shift_button(story))
        buttons.append(button("withdraw", "Withdraw", story.stamp, confirm=confirm))
    elif request.state in OVER and not sheet:
        buttons.append(button("ask_again", "Change and ask again …", story.stamp))
    if not buttons:
        return []
    hint = [context("To change a sheet, withdraw it and hand in a new one.")] if sheet else []
    return [ActionsBlock(block_id=f"own:{request.id}", elements=buttons), *hint]


def missed_card(stories: Sequence[Story]) -> Message:
    """Every run that is too late to start by itself, each to be run or skipped."""
    held = [(story, run) for story in stories for run in to_decide(story, Progress.HELD)]
    late = [(story, run) for story, run in held if run.held_for not in NOT_LATE]
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
        blocks += [said, *decisions(run, rows, listed=True)]
    if len(late) > MISSED:
        blocks.append(context(f"… and {len(late) - MISSED:,} more; decide on these first."))
    return Message(f"{title}: run, skip or shift each", blocks)


def glance(story: Story) -> str:
    """Two lines about a request, for lists."""
    where = standing(story)
    preview = f" · {escape(story.request.preview, 150)}" if story.request.preview else ""
    return (
        f"{where.emoji} *{escape(story.action.title, 60)}*{preview}\n"
        f"{where.words} · asked by {person(story.request.actor)}"
    )


def _state(story: Story) -> str:
    """Where it stands, what is said about that, and what has changed since it was asked."""
    where, request = standing(story), story.request
    lines = [f"{where.emoji}  *{where.words}*", *changed(story)]
    if request.problem and _says_more(story):
        lines.append(quoted(request.problem, 300))
    if story.brakes:
        lines.append("Until then anybody here can stop it.")
    if request.state is Consent.PAUSED:
        lines.append(
            BACK_FIRST if request.problem == GONE else "It goes on when an approver says so."
        )
    return "\n".join(lines)


def _says_more(story: Story) -> bool:
    """Whether the words kept with it are told nowhere else, and still hold."""
    request, known = story.request, story.change.because if story.change else ""
    if request.state in (Consent.GRANTED, Consent.SPENT, Consent.PAUSED):
        return False
    return request.problem != known or request.state in OVER


def _preview(story: Story) -> list[Block]:
    request = story.request
    blocks: list[Block] = []
    if story.action.risk is Risk.BLAST and request.state is not Consent.ASKED:
        reach = "an unknown number of people"
        if request.reach is not None:
            reach = f"{request.reach:,} {'person' if request.reach == 1 else 'people'}"
        sent = request.state is Consent.SPENT and {*story.count} == {Progress.DONE}
        blocks.append(header(f"{'Was sent to' if sent else 'Reaches'} {reach}"))
    if request.preview:
        blocks.append(section(escape(request.preview, 350)))
    return blocks + list(facts(request.facts, limit=90))


def _inputs(story: Story) -> list[str]:
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
    return kept


def in_short(story: Story) -> str:
    """What is asked for, and when: for whoever decides without the card before their eyes."""
    return "\n".join([*_inputs(story), f"*When:* {_when(story)}"])


def _think_of(story: Story) -> list[Block]:
    """Blackout days and other pushes to the same people, until it has gone out."""
    every = [*warnings(story.outlook)]
    said = [f":warning: {escape(words, 200)}." for words in every[:THINK_OF]]
    if len(every) > THINK_OF:
        said.append(f"… and {len(every) - THINK_OF} more like this")
    return [context("\n".join(said))] if said else []


def _when(story: Story) -> str:
    request = story.request
    if request.crontab:
        series = f"{escape(series_words(request.crontab), 100)} ({escape(request.timezone, 60)})"
        end = end_words(request.until, request.runs)
        return f"{series}{end}{_next(story)}"
    braked = story.terms.brake and request.planned_at is None
    if request.state is Consent.PAUSED and (braked or not story.is_ahead):
        return "when an approver lets it go on"
    if at := request.next_at or next(
        iter([*story.states, *(run.due for run in story.operations)]), None
    ):
        return moment(at, request.timezone)
    if story.terms.brake:
        return f"{span(story.terms.brake)} after it is agreed"
    return "as soon as it is agreed" if request.quorum else "at once"


def _next(story: Story) -> str:
    coming = story.outlook.coming
    if not coming or story.request.state not in OPEN:
        return ""
    made = story.request.made
    so_far = f", {made:,} so far" if made else ""
    return f"{so_far}, next {moment(coming[0].at, story.request.timezone)}"


def _last_words(story: Story) -> list[Block]:
    """What cannot be taken back, which rules apply, and what it is on record as."""
    decided = story.request.state not in OPEN
    undo = "" if decided else undoing(story)
    rules = "" if decided else small_print(story)
    return [context(words) for words in (undo, rules, _footer(story)) if words]


def undoing(story: Story) -> str:
    """What can be taken back once it is done, and what cannot: said before anybody agrees."""
    undo = story.action.undo
    if undo is None:
        return ""
    one = story.inputs and not is_batch(story.request)
    words = undo.of(story.inputs[0]) if one else undo.words
    mark = ":warning:" if story.action.risk is Risk.BLAST else "*Can it be undone?*"
    return f"{mark} {escape(words)}."


def _footer(story: Story) -> str:
    request = story.request
    through = ", through a workflow" if request.surface == SURFACE else ""
    parts = [
        f"Asked by {person(request.actor)}{through}",
        f"account {escape(request.account, 60)}",
        f"`{request.id}` version {request.version}",
    ]
    if request.digest:
        parts.append(f"digest `{request.digest[:8]}`")
    return " · ".join(parts)
