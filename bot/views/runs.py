"""Operations on a card: how each stands, and what a person can do about it."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ConfirmObject

from bot.views.blocks import button, context, section, sure
from bot.views.standing import of_run, tally
from bot.views.story import NEEDS_PEOPLE, Story, held_rows, to_decide
from bot.views.text import counted, quoted
from bot.views.times import moment
from store.tables import Operation, Progress

NEWEST, URGENT = 5, 3
AGAIN = sure(
    "Go on?",
    "The step is sent again. Be sure that it did not happen: it cannot be recalled.",
    "It did not: go on",
)
AT_NIGHT = sure(
    "Send it now?",
    "These are quiet hours. It goes out at once, with your yes beside those that it has.",
    "Send it now",
)
THAT_DAY = sure(
    "Send it now?",
    "This is a blackout day. It goes out at once, with your yes beside those that it has.",
    "Send it now",
)
ALL_STOPPED = (
    "It goes on by itself when two approvers let everything go again: `/coupon resume-all`."
)
LATE = sure("Run it now?", "Its moment has passed. It goes out at once.", "Run it")
LOOK_FIRST = "Look in Coupontools whether it happened, then say what is true."


def runs(story: Story) -> list[Block]:
    """The runs of a request: those that need a person with their buttons, then the newest."""
    urgent, count = to_decide(story, *NEEDS_PEOPLE), story.count
    alone = [state for state in NEEDS_PEOPLE if state is not Progress.HELD or not story.states]
    together = sum(1 for each in story.states.values() if each.get(Progress.HELD))
    needing = sum(count[state] for state in alone) + together
    blocks: list[Block] = []
    if count.total() > 1:
        blocks.append(section(f"*{'Rows' if story.states else 'Runs'}:* {tally(count)}"))
    is_alone = count.total() == 1
    for run in urgent[:URGENT]:
        rows = held_rows(story, run)
        blocks += needing_people(run, rows, zone=story.request.timezone, alone=is_alone)
    if any(run.state is Progress.UNCLEAR for run in urgent):
        blocks.append(context(LOOK_FIRST))
    if any(run.held_for == "stopped" for run in urgent):
        blocks.append(context(ALL_STOPPED))
    if needing > URGENT:
        rest = counted(needing - URGENT, "more run")
        blocks.append(context(f"… and {rest} that somebody has to decide on"))
    calm = [run for run in story.operations if run.state not in NEEDS_PEOPLE]
    if calm and len(story.operations) > 1:
        blocks.append(
            context("\n".join(_line(run, story.request.timezone) for run in calm[:NEWEST]))
        )
    elif calm and calm[0].problem and calm[0].problem != _told(story):
        blocks.append(section(quoted(calm[0].problem, 300)))
    return blocks


def _told(story: Story) -> str:
    """What the head of the card says already."""
    return story.change.because if story.change else story.request.problem


def needing_people(run: Operation, rows: int = 0, *, zone: str, alone: bool = False) -> list[Block]:
    """A run that waits for a person, with what is known of it; `rows` of a sheet wait with it.

    Of one that stands `alone` the head of the card has said already where it stands.
    """
    line = "" if alone and run.problem else _line(run, zone, rows)
    said = quoted(run.problem, 200) if run.problem else ""
    return [section("\n".join(part for part in (line, said) if part)), *decisions(run, rows)]


def decisions(run: Operation, rows: int = 0, *, listed: bool = False) -> list[Block]:
    """The buttons that its state allows; none when there is nothing to decide.

    Where it is `listed` among others, running late asks once more: the next one moves up. Their
    block says in which round they were drawn: what was pressed late decides on no later one.
    """
    buttons, place = _buttons(run, rows, listed), f"run:{run.id}/{run.round}"
    return [ActionsBlock(block_id=place, elements=buttons)] if buttons else []


def _buttons(run: Operation, rows: int, listed: bool) -> Sequence[ButtonElement]:
    match run.state:
        case Progress.UNCLEAR:
            return (
                button("happened", "It happened", run.id),
                button("go_on", "It did not: go on", run.id, confirm=AGAIN),
            )
        case Progress.FAILED:
            return (button("go_on", "Go on", run.id),)
        case Progress.HELD:
            return _held(run, rows, LATE if listed else None)
        case _:
            return ()


def _held(run: Operation, rows: int, late: ConfirmObject | None) -> Sequence[ButtonElement]:
    """What goes on by itself; at night or on a blackout day one more approver can let it go."""
    every = " all" if rows else ""
    skip = button("skip", f"Skip{every}", run.id)
    shift = button("shift_run", f"Shift{every} …", run.id)
    match run.held_for:
        case "stopped":
            return (skip,)
        case "quiet" | "blackout" as why:
            confirm = AT_NIGHT if why == "quiet" else THAT_DAY
            return (button("run_late", "Send now …", run.id, confirm=confirm), skip, shift)
        case _:
            return (button("run_late", f"Run{every}", run.id, confirm=late), skip, shift)


def _line(run: Operation, zone: str, rows: int = 0) -> str:
    found = of_run(run, zone)
    row = f" · row {run.row + 1}" if run.row else ""
    if run.state is Progress.HELD and rows:
        row = f" · {counted(rows, 'row')}"
    return f"{found.emoji} {found.words} · due {moment(run.due, zone)}{row}"
