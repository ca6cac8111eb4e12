"""The calendar: by day, in a modal page by page, and in short on the home tab."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DatePickerElement,
    InteractiveElement,
    Option,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.views.blocks import button, context, header, plain, section
from bot.views.lines import Line, day_of, day_words, line_blocks, line_words
from bot.views.spread import SPAN, Few, Spread
from bot.views.text import escape
from schedules.calendar import Kind, Show

CALENDAR, TITLE = "calendar", "Coming up"
EACH = 20
"""Lines on a page: a modal holds a hundred blocks."""
FEW = 3
"""Of what is late, and of what begins once agreed, at the head of the first page."""
AT_HOME = 6
MOST_ACCOUNTS, LONGEST = 99, 75
EVERY = "*"
"""What stands for all accounts in the menu: no account is called so."""
SHOWS = {
    Show.ALL: "Everything",
    Show.WAITING: "What waits for approval",
    Show.LATE: "What is late or held",
}
START = "Start something with `/coupon`; under *When* choose a moment, or again and again."
EMPTY = {
    Show.ALL: f":calendar: Nothing is planned. {START}",
    Show.WAITING: ":white_check_mark: Nothing waits for approval.",
    Show.LATE: ":white_check_mark: Nothing is late, and nothing is held.",
}


def calendar_view(spread: Spread, note: str = "") -> View:
    """One page of it; `note` says what became of what was pressed last."""
    blocks = [
        *([section(f":warning: {escape(note, 1_000)}")] if note else []),
        _menus(spread),
        context(_span_words(spread)),
        *_lines(spread),
        ActionsBlock(block_id="calendar:turn", elements=_turns(spread)),
    ]
    return View(
        type="modal",
        callback_id=CALENDAR,
        title=TITLE,
        close="Close",
        private_metadata=json.dumps(spread.shown.packed()),
        blocks=blocks,
    )


def coming_blocks(spread: Spread) -> list[Block]:
    """The same in short, for the home tab: what is late first, then day by day."""
    zone, blocks = spread.zone, list[Block]([header(TITLE)])
    blocks += [*_together("Late or held", spread.late.lines, zone), *_rest(spread.late, "")]
    for day, lines in _by_day(spread):
        blocks += _together(day_words(day, spread.today), lines, zone)
    if spread.rest:
        over = "over " if spread.is_cut else ""
        blocks.append(context(f"… and {over}{spread.rest:,} more in the next two weeks"))
    elif not spread.lines:
        later = f" Next: {_then(spread, spread.beyond)}." if spread.beyond else ""
        words = "Nothing is scheduled for the next two weeks." if later else "Nothing is scheduled."
        blocks.append(context(f"{words}{later}"))
    return [*blocks, calendar_button()]


def calendar_button() -> Block:
    """What opens the calendar."""
    return ActionsBlock(block_id="calendar", elements=[button("calendar", "Calendar …")])


def _lines(spread: Spread) -> Iterator[Block]:
    buttoned: set[str] = set()

    def drawn(line: Line) -> list[Block]:
        """What occurs several times has its buttons once."""
        first = line.entry.run or line.entry.request not in buttoned
        buttoned.add(line.entry.request)
        return line_blocks(line, spread.zone, buttons=bool(first))

    for title, few, show in (
        ("Late or held", spread.late, Show.LATE),
        ("Once agreed", spread.undated, Show.WAITING),
    ):
        if few.lines:
            yield header(title)
        for line in few.lines:
            yield from drawn(line)
        yield from _rest(few, f": choose *{SHOWS[show]}* above")
    for title, lines in _grouped(spread):
        yield header(title)
        for line in lines:
            yield from drawn(line)
    if not spread.lines:
        yield from _nothing(spread)


def _grouped(spread: Spread) -> Iterator[tuple[str, Sequence[Line]]]:
    """Lines without a day of their own stand before all days."""
    named = {Kind.HELD: "Held", Kind.OVERDUE: "Late", Kind.UNDATED: "Once agreed"}
    for kind, title in named.items():
        undated = [line for line in spread.lines if line.entry.kind is kind]
        if undated:
            yield title, undated
    for day, lines in _by_day(spread):
        yield day_words(day, spread.today), lines


def _by_day(spread: Spread) -> Iterator[tuple[date, Sequence[Line]]]:
    dated = [line for line in spread.lines if line.entry.kind is Kind.COMING]
    for day, lines in groupby(dated, lambda line: day_of(line.entry.at, spread.zone)):
        yield day, [*lines]


def _nothing(spread: Spread) -> Iterator[Block]:
    if spread.beyond:
        yield section(f"Nothing comes in these two weeks. Next: *{_then(spread, spread.beyond)}*.")
    elif spread.shown.day:
        yield section("Nothing comes in these two weeks, and nothing after them.")
    elif not (spread.late.lines or spread.undated.lines):
        yield section(EMPTY[spread.shown.show])


def _rest(few: Few, how: str) -> list[Block]:
    """How many are not shown, and how to see them."""
    more = few.count - len(few.lines)
    return [context(f"… and {more:,} more{how}")] if more > 0 else []


def _together(title: str, lines: Sequence[Line], zone: str) -> list[Block]:
    """The lines of a day, its name over the first."""
    words = [line_words(line, zone) for line in lines]
    return [section(f"*{title}*\n{said}" if said is words[0] else said) for said in words]


def _then(spread: Spread, moment: datetime) -> str:
    return day_words(day_of(moment, spread.zone), spread.today)


def _span_words(spread: Spread) -> str:
    zone = f"times in {escape(spread.zone, 60)}"
    if spread.shown.show is Show.LATE:
        return zone
    first, last = spread.begins, spread.begins + SPAN - timedelta(days=1)
    return f"{day_words(first, spread.today)} – {day_words(last, spread.today)} · {zone}"


def _menus(spread: Spread) -> Block:
    shown = spread.shown
    kinds = [Option(value=show, text=plain(words, 75)) for show, words in SHOWS.items()]
    elements: list[InteractiveElement] = [
        StaticSelectElement(
            action_id="calendar:show",
            options=kinds,
            initial_option=next(each for each in kinds if each.value == shown.show),
        )
    ]
    if len(spread.accounts) > 1 or shown.account:
        elements.append(_account_menu(spread))
    if shown.show is not Show.LATE:
        begins = spread.begins.isoformat()
        elements.append(DatePickerElement(action_id="calendar:day", initial_date=begins))
    return ActionsBlock(block_id="calendar:menus", elements=elements)


def _account_menu(spread: Spread) -> InteractiveElement:
    chosen = spread.shown.account
    known = [name for name in spread.accounts if len(name) <= LONGEST]
    named = dict.fromkeys([*([chosen] if chosen else []), *known][:MOST_ACCOUNTS])
    options = [Option(value=EVERY, text="All accounts")]
    options += [Option(value=name, text=plain(name, LONGEST)) for name in named]
    picked = next(each for each in options if each.value == (chosen or EVERY))
    return StaticSelectElement(action_id="calendar:account", options=options, initial_option=picked)


def _turns(spread: Spread) -> list[ButtonElement]:
    shown, turns = spread.shown, list[ButtonElement]()
    if not shown.is_first:
        turns.append(button("calendar:earlier", "Earlier"))
    if shown.next:
        turns.append(button("calendar:later", "Later"))
    if not shown.is_first:
        turns.append(button("calendar:today", "Today"))
    turns.append(button("calendar:file", "Calendar file (.ics)"))
    return turns
