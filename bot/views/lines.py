"""One line of the calendar: when, what, where it stands, and what can be done about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from actions.fields import Text, fields, is_private, shown
from bot.views.agreement import person
from bot.views.blocks import button, section, sure
from bot.views.request import approver_buttons, asker_buttons
from bot.views.runs import decisions
from bot.views.standing import Standing, of_run, standing
from bot.views.story import Story, is_batch
from bot.views.text import counted, escape
from bot.views.times import clock_words, series_words, span, zone_of
from schedules.calendar import Entry, Kind
from store.tables import Consent, Operation

ON_A_CARD = ("rehearse", "ask_again")
"""What is told in a message of its own, or is over: not done from here."""
UNREADABLE = "cannot be read. Whoever runs this finds out why in the log."
FIRST = 2


class May(StrEnum):
    """What the person who looks may do about a line."""

    DECIDE = "decide"
    STEER = "steer"
    """Stop it, or let it go on."""
    CHANGE = "change"
    """It is their own."""
    SETTLE = "settle"
    """Run or skip what is held, or move it."""


@dataclass(frozen=True)
class Line:
    """An entry with its story; there is none if it cannot be read."""

    entry: Entry
    story: Story | None
    run: Operation | None = None
    may: frozenset[May] = frozenset()
    account: str = ""
    """Whose it is, where there are several."""


def line_words(line: Line, zone: str) -> str:
    """Two lines of text, in that zone; what others wrote in it is escaped."""
    story = line.story
    if story is None:
        return f"{_time(line, zone)}`{escape(line.entry.request, 40)}` {UNREADABLE}"
    where = _where(line, story, zone)
    rest = [where.words, *_more(line, story, zone), f"asked by {person(story.request.actor)}"]
    rest += [f"account {escape(line.account, 60)}"] if line.account else []
    title = f"{_time(line, zone)}{where.emoji} *{escape(story.action.title, 60)}*"
    parts = [title, escape(about(story), 150), _quoted(_message(story))]
    return f"{' · '.join(part for part in parts if part)}\n{' · '.join(rest)}"


def line_blocks(line: Line, zone: str, *, buttons: bool = True) -> list[Block]:
    """The line, and under it the buttons for whoever looks."""
    return [section(line_words(line, zone)), *(_buttons(line) if buttons else [])]


def day_of(at: datetime, zone: str) -> date:
    """The day on which that moment is, there."""
    return at.astimezone(zone_of(zone)).date()


def day_words(day: date, today: date) -> str:
    """`Today, Wednesday 25 November`; the year where it is another one."""
    named = {today: "Today, ", today + timedelta(days=1): "Tomorrow, "}.get(day, "")
    year = f" {day.year}" if day.year != today.year else ""
    return f"{named}{day:%A} {day.day} {day:%B}{year}"


def _time(line: Line, zone: str) -> str:
    """Only what stands under its day needs the time alone; what is late says the whole moment."""
    if line.entry.kind is not Kind.COMING:
        return ""
    return f"*{line.entry.at.astimezone(zone_of(zone)):%H:%M}*  "


def _quoted(message: str) -> str:
    return f"_“{escape(message, 80)}”_" if message else ""


def _where(line: Line, story: Story, zone: str) -> Standing:
    if line.run is not None:
        return of_run(line.run, zone)
    request = story.request
    if request.state is Consent.GRANTED and line.entry.at > story.now:
        is_next = line.entry.at == request.next_at
        if not (is_next and story.brakes):
            return Standing(":calendar:", "Agreed", "agreed")
    return standing(story)


def _more(line: Line, story: Story, zone: str) -> list[str]:
    """When, where that is not said by the day; how many it reaches; which series it is of."""
    request, entry, found = story.request, line.entry, list[str]()
    match entry.kind:
        case Kind.HELD:
            found.append(f"due {clock_words(entry.at, zone)}")
        case Kind.OVERDUE:
            late = "*late*: " if request.state is Consent.WAITING else ""
            found.append(f"{late}it was for {clock_words(entry.at, zone)}")
        case Kind.UNDATED:
            brake = story.terms.brake
            found.append(f"goes out {span(brake)} later" if brake else "begins when it is agreed")
    if line.run is not None and is_batch(request):
        found.append(counted(entry.rows, "row"))
    reach = f"{request.reach:,}" if request.reach is not None else ""
    if reach and reach not in request.preview:
        found.append(f"reaches {reach}")
    if request.crontab:
        elsewhere = "" if request.timezone == zone else f" ({escape(request.timezone, 60)})"
        found.append(f"{escape(series_words(request.crontab), 100)}{elsewhere}")
    return found


def about(story: Story) -> str:
    """What it is about, in plain text: as the preview says it, or else its first inputs."""
    preview = story.request.preview
    said = shown(story.action.inputs, story.inputs[0])[:FIRST] if story.inputs else []
    if not said or preview.rstrip(".") not in ("", story.action.summary.rstrip(".")):
        return preview
    return ", ".join(f"{title}: {' '.join(value.split())}" for title, value in said)


def _message(story: Story) -> str:
    """What it says to people, in plain text; of a sheet, each row says something else."""
    if not story.inputs or is_batch(story.request):
        return ""
    given = story.inputs[0]
    said = [
        str(given[name])
        for name, field, kind in fields(story.action.inputs)
        if isinstance(kind, Text) and kind.multiline and not is_private(field) and given.get(name)
    ]
    return " ".join(said[0].split()) if said else ""


def _buttons(line: Line) -> Sequence[Block]:
    story = line.story
    if story is None:
        return []
    if line.run is not None:
        rows = line.entry.rows if is_batch(story.request) else 0
        held = decisions(line.run, rows, listed=True) if May.SETTLE in line.may else []
        return [_asking(block.block_id, _pressed(block), story) for block in held]
    offered = [
        *(approver_buttons(story) if line.may & {May.DECIDE, May.STEER} else []),
        *(asker_buttons(story) if May.CHANGE in line.may else []),
    ]
    found = {each.action_id: each for block in offered for each in _pressed(block)}
    if May.SETTLE not in line.may:
        found.pop("shift", None)
    if not found:
        return []
    return [_asking(f"do:{story.request.id}", found.values(), story)]


def _asking(place: str | None, buttons: Iterable[ButtonElement], story: Story) -> Block:
    """Whatever would be done at once asks first, and says about what: lines move up meanwhile."""
    return ActionsBlock(block_id=place, elements=[_asking_first(each, story) for each in buttons])


def _asking_first(pressed: ButtonElement, story: Story) -> ButtonElement:
    words = str(pressed.text.text if pressed.text else "")
    if pressed.confirm or words.endswith("…"):
        return pressed
    confirm = sure(f"{words}?", f"{story.action.title}: {about(story)}", words)
    return button(
        str(pressed.action_id), words, pressed.value, style=pressed.style, confirm=confirm
    )


def _pressed(block: Block) -> list[ButtonElement]:
    if not isinstance(block, ActionsBlock):
        return []
    return [
        each
        for each in block.elements
        if isinstance(each, ButtonElement) and each.action_id not in ON_A_CARD
    ]
