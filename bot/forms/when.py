"""The *When* section of every form: now, at a moment, or again and again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DateTimePickerElement,
    DividerBlock,
    InputBlock,
    Option as Line,
    TimePickerElement,
)

from actions.fields import Option
from bot.views.blocks import context, plain
from bot.views.kinds import VALUE, one_of, picker, seconds, value_of
from bot.views.text import escape
from bot.views.times import DAYS, crontab

WHEN_FIELDS = ("when", "when_at", "when_days", "when_time", "when_zone")
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
    if way == REPEAT:
        blocks += [_days(given), _time(given), _zone(given, zone)]
    if preview := given.get("when_preview"):
        blocks.append(context("Next: " + escape(" · ".join(preview), 1_500)))
    return blocks


def read_when(values: Mapping[str, Any], zone: str) -> dict[str, str]:
    """`{}` for now, else `at`, or `crontab` with its `timezone`."""
    given = when_given(values)
    match given.get("when", NOW):
        case "at":
            return {"at": str(given.get("when_at") or UNSAID)}
        case "repeat":
            days, time = given.get("when_days", ()), str(given.get("when_time") or "")
            where = str(given.get("when_zone") or zone)
            return {"crontab": crontab(days, time), "timezone": where}
        case _:
            return {}


def when_given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the section shows, to be given back to the view."""
    found = {}
    for name in WHEN_FIELDS:
        for state in values.get(name, {}).values():
            if (value := value_of(state)) is not None:
                found[name] = value
    return found


def when_asked(at: datetime | None, crontab: str, timezone: str) -> dict[str, Any]:
    """What the section shows of a request as it stands."""
    if not crontab:
        return {"when": AT, "when_at": at.isoformat()} if at else {}
    chosen: dict[str, Any] = {"when": REPEAT, "when_zone": timezone}
    match crontab.split():
        case [minute, hour, "*", "*", which] if minute.isdecimal() and hour.isdecimal():
            known = [day for day, _ in DAYS]
            days = known if which == "*" else [day for day in which.split(",") if day in known]
            chosen |= {"when_days": days, "when_time": f"{int(hour):02}:{int(minute):02}"}
    return chosen


def _way(given: Mapping[str, Any]) -> str:
    way = str(given.get("when") or NOW)
    return way if way in dict(WAYS) else NOW


def _ways(way: str) -> InputBlock:
    return InputBlock(
        block_id="when",
        label="When",
        dispatch_action=True,
        element=one_of(WAYS, way, action_id="when"),
    )


def _moment(given: Mapping[str, Any], zone: str) -> InputBlock:
    at = seconds(given["when_at"], zone) if given.get("when_at") else None
    return InputBlock(
        block_id="when_at",
        label="Moment",
        hint="In your own time zone.",
        element=DateTimePickerElement(action_id=VALUE, initial_date_time=at),
    )


def _days(given: Mapping[str, Any]) -> InputBlock:
    chosen: Sequence[str] = given.get("when_days") or WORKDAYS
    lines = {day: Line(value=day, text=plain(name, 75)) for day, name in DAYS}
    return InputBlock(
        block_id="when_days",
        label="Days",
        element=CheckboxesElement(
            action_id=VALUE,
            options=list(lines.values()),
            initial_options=[lines[day] for day in lines if day in chosen],
        ),
    )


def _time(given: Mapping[str, Any]) -> InputBlock:
    return InputBlock(
        block_id="when_time",
        label="Time",
        element=TimePickerElement(
            action_id=VALUE, initial_time=str(given.get("when_time") or NINE)
        ),
    )


def _zone(given: Mapping[str, Any], zone: str) -> InputBlock:
    name = str(given.get("when_zone") or zone)
    return InputBlock(
        block_id="when_zone",
        label="Time zone",
        hint="The clock that the time is meant on, daylight saving included.",
        element=picker("zones", Option(name, name.replace("_", " "))),
    )
