"""The *When* section of every form: now, at a moment, or again and again."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DatePickerElement,
    DateTimePickerElement,
    DividerBlock,
    InputBlock,
    Option as Line,
    TimePickerElement,
)

from actions.fields import Count, Day, Option
from bot.views.blocks import context, plain
from bot.views.kinds import element, fitted, one_of, picker, seconds, value_of
from bot.views.text import escape
from bot.views.times import DAYS, crontab
from store.tables import Request

WHEN_FIELDS = (
    *("when", "when_at", "when_days", "when_time", "when_zone"),
    *("when_until", "when_runs"),
)
CHOSEN = "when_chosen"
"""What is chosen of the section itself: its next moments are shown anew."""
AHEAD = "when_ahead"
"""Under this name `given` has what comes of it: a title, lines, and what to think of before."""
NOW, AT, REPEAT = "now", "at", "repeat"
WAYS = ((NOW, "Now"), (AT, "At a moment"), (REPEAT, "Again and again"))
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
NINE = "09:00"
UNSAID = "not said"
"""Stands for a moment that was never given: it is no moment, so that nothing runs at once."""


def when_blocks(given: Mapping[str, Any], zone: str) -> list[Block]:
    """The section as it stands; choosing another way asks for a redraw."""
    way = _way(given)
    blocks: list[Block] = [DividerBlock(), _ways(way)]
    if way == AT:
        blocks.append(_moment(given, zone))
    if way not in (NOW, AT):
        blocks += [_days(given), _time(given)] if way == REPEAT else []
        blocks += [_zone(given, zone), _until(given), _runs(given)]
    return [*blocks, *_ahead(given.get(AHEAD, {}))]


def read_when(values: Mapping[str, Any], zone: str) -> dict[str, str]:
    """`{}` for now, else `at`, or `crontab` with its `timezone` and its end."""
    return said_when(when_given(values), zone)


def said_when(given: Mapping[str, Any], zone: str) -> dict[str, str]:
    """The same of what the section shows."""
    match _way(given):
        case "now":
            return {}
        case "at":
            return {"at": str(given.get("when_at") or UNSAID)}
        case "repeat":
            days, time = given.get("when_days", ()), str(given.get("when_time") or "")
            again = crontab(days, time)
        case as_before:
            again = as_before
    ends = {name: str(said) for name in ("until", "runs") if (said := given.get(f"when_{name}"))}
    return {"crontab": again, "timezone": str(given.get("when_zone") or zone), **ends}


def when_given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the section shows, to be given back to the view."""
    found = {}
    for name in WHEN_FIELDS:
        for state in values.get(name, {}).values():
            if (value := value_of(state)) is not None:
                found[name] = value
    return found


def when_asked(request: Request) -> dict[str, Any]:
    """What the section shows of a request as it stands."""
    at = request.planned_at
    if not request.crontab:
        return {"when": AT, "when_at": at.isoformat()} if at else {}
    chosen: dict[str, Any] = {"when": REPEAT, "when_zone": request.timezone}
    chosen |= {"when_until": request.until.isoformat()} if request.until else {}
    chosen |= {"when_runs": request.runs} if request.runs else {}
    match request.crontab.split():
        case [minute, hour, "*", "*", which] if minute.isdecimal() and hour.isdecimal():
            known = [day for day, _ in DAYS]
            days = known if which == "*" else which.split(",")
            if set(days) <= set(known):
                return chosen | {"when_days": days, "when_time": f"{int(hour):02}:{int(minute):02}"}
    return chosen | {"when": request.crontab}


def _way(given: Mapping[str, Any]) -> str:
    """One of the ways, or a crontab that days and a time cannot say: it is kept as it is."""
    way = str(given.get("when") or NOW)
    return way if way in dict(WAYS) or len(way.split()) == 5 else NOW


def _ways(way: str) -> InputBlock:
    ways = WAYS if way in dict(WAYS) else (*WAYS, (way, f"As before: {way}"))
    return InputBlock(
        block_id="when",
        label="When",
        dispatch_action=True,
        element=one_of(ways, way, action_id="when"),
    )


def _moment(given: Mapping[str, Any], zone: str) -> InputBlock:
    at = seconds(given["when_at"], zone) if given.get("when_at") else None
    return InputBlock(
        block_id="when_at",
        label="Moment",
        hint="In your own time zone.",
        dispatch_action=True,
        element=DateTimePickerElement(action_id=CHOSEN, initial_date_time=at),
    )


def _days(given: Mapping[str, Any]) -> InputBlock:
    chosen: Sequence[str] = given.get("when_days") or WORKDAYS
    lines = {day: Line(value=day, text=plain(name, 75)) for day, name in DAYS}
    return InputBlock(
        block_id="when_days",
        label="Days",
        dispatch_action=True,
        element=CheckboxesElement(
            action_id=CHOSEN,
            options=list(lines.values()),
            initial_options=[lines[day] for day in lines if day in chosen],
        ),
    )


def _time(given: Mapping[str, Any]) -> InputBlock:
    return InputBlock(
        block_id="when_time",
        label="Time",
        dispatch_action=True,
        element=TimePickerElement(
            action_id=CHOSEN, initial_time=str(given.get("when_time") or NINE)
        ),
    )


def _zone(given: Mapping[str, Any], zone: str) -> InputBlock:
    name = str(given.get("when_zone") or zone)
    return InputBlock(
        block_id="when_zone",
        label="Time zone",
        hint="The clock that the time is meant on, daylight saving included.",
        dispatch_action=True,
        element=picker("zones", Option(name, name.replace("_", " "))),
    )


def _until(given: Mapping[str, Any]) -> InputBlock:
    return InputBlock(
        block_id="when_until",
        label="Last day",
        hint="Left empty, it goes on until somebody withdraws it.",
        optional=True,
        dispatch_action=True,
        element=DatePickerElement(
            action_id=CHOSEN, initial_date=fitted(Day(), given.get("when_until") or "")
        ),
    )


def _runs(given: Mapping[str, Any]) -> InputBlock:
    return InputBlock(
        block_id="when_runs",
        label="How often at the most",
        hint="A number of runs; with a last day, what comes first ends it.",
        optional=True,
        dispatch_action=True,
        element=element(Count(1, 10_000), given.get("when_runs") or None, action_id=CHOSEN),
    )


def _ahead(said: Mapping[str, Any]) -> list[Block]:
    """The next moments, one a line, and what to think of before."""
    blocks: list[Block] = []
    if lines := said.get("lines"):
        shown = "\n".join(f"• {line}" for line in lines)
        blocks.append(context(escape(f"{said['title']}:\n{shown}", 1_500)))
    blocks += [context(f":warning: {escape(words, 500)}.") for words in said.get("warnings", ())]
    return blocks
