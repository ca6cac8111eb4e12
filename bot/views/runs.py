"""Operations on a card: how each stands, and what a person can do about it."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.views.blocks import button, context, section, sure
from bot.views.story import NEEDS_PEOPLE, OF_RUN, Story, held_rows, tally, to_decide
from bot.views.text import counted, quoted
from bot.views.times import moment
from store.tables import Operation, Progress

NEWEST = 5
AGAIN = sure(
    "Go on?",
    "The step is sent again. Be sure that it did not happen: it cannot be recalled.",
    "It did not: go on",
)


def runs(story: Story) -> list[Block]:
    """The runs of a request: those that need a person with their buttons, then the newest."""
    urgent, count = to_decide(story, *NEEDS_PEOPLE), story.count
    alone = [state for state in NEEDS_PEOPLE if state is not Progress.HELD or not story.states]
    together = sum(1 for each in story.states.values() if each.get(Progress.HELD))
    needing = sum(count[state] for state in alone) + together
    blocks: list[Block] = []
    if count.total() > 1:
        blocks.append(section(f"*{'Rows' if story.states else 'Runs'}:* {tally(count)}"))
    for run in urgent[:NEWEST]:
        blocks += needing_people(run, held_rows(story, run), zone=story.request.timezone)
    if needing > NEWEST:
        rest = counted(needing - NEWEST, "more run")
        blocks.append(context(f"… and {rest} that somebody has to decide on"))
    calm = [run for run in story.operations if run.state not in NEEDS_PEOPLE]
    if calm and len(story.operations) > 1:
        blocks.append(
            context("\n".join(_line(run, story.request.timezone) for run in calm[:NEWEST]))
        )
    elif calm and calm[0].problem:
        blocks.append(section(quoted(calm[0].problem, 300)))
    return blocks


def needing_people(run: Operation, rows: int = 0, *, zone: str) -> list[Block]:
    """A run that waits for a person, with what is known of it; `rows` of a sheet wait with it."""
    said = f"\n{quoted(run.problem, 300)}" if run.problem else ""
    return [section(f"{_line(run, zone, rows)}{said}"), *decisions(run, rows)]


def decisions(run: Operation, rows: int = 0) -> list[Block]:
    """The buttons that its state allows; none when there is nothing to decide."""
    buttons = _buttons(run, rows)
    return [ActionsBlock(block_id=f"run:{run.id}"[:255], elements=buttons)] if buttons else []


def _buttons(run: Operation, rows: int) -> Sequence[ButtonElement]:
    match run.state:
        case Progress.UNCLEAR:
            return (
                button("happened", "It happened", run.id),
                button("go_on", "It did not: go on", run.id, confirm=AGAIN),
            )
        case Progress.FAILED:
            return (button("go_on", "Go on", run.id),)
        case Progress.HELD:
            every = " all" if rows else ""
            return (
                button("run_late", f"Run{every}", run.id),
                button("skip", f"Skip{every}", run.id),
            )
        case _:
            return ()


def _line(run: Operation, zone: str, rows: int = 0) -> str:
    found = OF_RUN[run.state]
    row = f" · row {run.row + 1}" if run.row else ""
    if run.state is Progress.HELD and rows:
        row = f" · {counted(rows, 'row')}"
    return f"{found.emoji} {found.words} · due {moment(run.due, zone)}{row}"
