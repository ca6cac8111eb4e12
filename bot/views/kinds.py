"""One element for each kind of field, and how to read it back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, assert_never

from slack_sdk.models.blocks import (
    CheckboxesElement,
    DatePickerElement,
    DateTimePickerElement,
    ExternalDataSelectElement,
    InputInteractiveElement,
    NumberInputElement,
    Option as Line,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
)

from actions.fields import (
    Choice,
    Count,
    Day,
    Flag,
    Kind,
    Lookup,
    Moment,
    Option,
    Several,
    Text,
    marks,
)
from bot.views.blocks import plain
from bot.views.times import iso, zone_of

VALUE = "value"
LONGEST = 3_000
FEW, TICKS = 3, 6
ANSWERS = (("yes", "Yes"), ("no", "No"))
YES, NO = ("true", "yes", "on", "y", "1"), ("false", "no", "off", "n", "0")
FIRST_SECOND, LAST_SECOND = 10**9, 10**10 - 1  # ten digits: what Slack's picker can show


@dataclass(frozen=True)
class Limits:
    """How long a text and how large a number may be, as far as a form can help with it."""

    length: int | None = None
    least: int | None = None
    most: int | None = None


FREE = Limits()


def limits_of(field: Any) -> Limits:
    """The limits that a field of an action declares."""
    found: dict[str, int] = {}
    for mark in marks(field):
        for ours, theirs in (("length", "max_length"), ("least", "ge"), ("most", "le")):
            limit = getattr(mark, theirs, None)
            if isinstance(limit, int):
                found.setdefault(ours, limit)
    return Limits(**found)


def element(
    kind: Kind,
    initial: Any = None,
    *,
    zone: str = "UTC",
    placeholder: str = "",
    limits: Limits = FREE,
    action_id: str = VALUE,
) -> InputInteractiveElement:
    """The element that asks for this kind of value; an initial value that fits is filled in."""
    fitting = None if initial in (None, "") else fitted(kind, initial, zone)
    hint = plain(placeholder, 150) if placeholder else None
    match kind:
        case Text(multiline=multiline):
            room = min(limits.length or LONGEST, LONGEST)
            return PlainTextInputElement(
                action_id=VALUE,
                multiline=multiline,
                initial_value=fitting,
                max_length=room if len(fitting or "") <= room else LONGEST,
                placeholder=hint,
            )
        case Count():
            return _number(kind, fitting, limits, hint, action_id)
        case Flag():
            return one_of(ANSWERS, fitting)
        case Moment(words=words):
            return one_of(words, fitting, few=0) if words else _picker_of_moments(fitting)
        case Day():
            return DatePickerElement(action_id=VALUE, initial_date=fitting)
        case Choice() | Several():
            return _chosen_from(kind, fitting)
        case Lookup(action=source):
            return picker(f"lookup:{source}", fitting, placeholder=placeholder)
        case _:
            assert_never(kind)


def _picker_of_moments(seconds: int | None) -> DateTimePickerElement:
    return DateTimePickerElement(action_id=VALUE, initial_date_time=seconds)


def one_of(
    options: Sequence[tuple[str, str]],
    initial: str | None = None,
    *,
    action_id: str = VALUE,
    few: int = FEW,
) -> InputInteractiveElement:
    """Buttons for a few, a menu for more."""
    lines = {value: Line(value=value, text=plain(label, 75)) for value, label in options}
    chosen = lines.get(initial or "")
    if len(lines) <= few:
        return RadioButtonsElement(
            action_id=action_id, options=list(lines.values()), initial_option=chosen
        )
    return StaticSelectElement(
        action_id=action_id, options=list(lines.values()), initial_option=chosen
    )


def _chosen_from(kind: Choice | Several, chosen: Any) -> InputInteractiveElement:
    """One of them; or any number: boxes to tick for some, a menu for more."""
    if isinstance(kind, Choice):
        return one_of(kind.options, chosen)
    lines = {value: Line(value=value, text=plain(label, 75)) for value, label in kind.options}
    options, ticked = [*lines.values()], [lines[value] for value in chosen or ()] or None
    if len(options) <= TICKS:
        return CheckboxesElement(action_id=VALUE, options=options, initial_options=ticked)
    return StaticMultiSelectElement(action_id=VALUE, options=options, initial_options=ticked)


def picker(
    action_id: str, initial: Option | None = None, *, placeholder: str = ""
) -> ExternalDataSelectElement:
    """A menu that searches; what it offers comes from a listener."""
    return ExternalDataSelectElement(
        action_id=action_id,
        min_query_length=0,
        placeholder=plain(placeholder or "Type to search", 150),
        initial_option=line(initial) if initial else None,
    )


def line(option: Option) -> Line:
    """One line of a picker."""
    hint = plain(option.hint, 75) if option.hint else None
    return Line(value=option.value, text=plain(option.label or option.value, 75), description=hint)


def _number(
    kind: Count, initial: int | None, limits: Limits, hint: Any, action_id: str
) -> NumberInputElement:
    least = kind.least if kind.least is not None else limits.least
    most = kind.most if kind.most is not None else limits.most
    inside = initial is None or (
        (least is None or initial >= least) and (most is None or initial <= most)
    )
    return NumberInputElement(
        action_id=action_id,
        is_decimal_allowed=False,
        initial_value=initial,
        min_value=least if inside else None,
        max_value=most if inside else None,
        placeholder=hint,
    )


def fitted(kind: Kind, value: Any, zone: str = "UTC") -> Any:
    """A value that is not empty, as this kind's element can show it; else `None`."""
    match kind:
        case Text():
            return str(value)[:LONGEST]
        case Count():
            return _whole(value)
        case Flag():
            return _answer(value)
        case Moment(words=words):
            return _known(words, value) if words else seconds(value, zone)
        case Day():
            return _date(value)
        case Choice() | Several():
            return _among(kind, value)
        case Lookup():
            option = value if isinstance(value, Option) else Option(str(value), str(value))
            return option if len(option.value) <= 150 else None
        case _:
            assert_never(kind)


def _whole(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _known(options: Sequence[tuple[str, str]], value: Any) -> str | None:
    return next((known for known, _ in options if known == str(value)), None)


def _among(kind: Choice | Several, value: Any) -> Any:
    if isinstance(kind, Choice):
        return _known(kind.options, value)
    found = [_known(kind.options, each) for each in parts(value)]
    return found if found and all(found) else None


def parts(value: Any) -> list[str]:
    """What was chosen of several, as a form gives it or as it is typed: `a,b`."""
    return re.split(r"[\s,;]+", value) if isinstance(value, str) else [*map(str, value)]


def _date(value: Any) -> str | None:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return None


def _answer(value: Any) -> str | None:
    word = str(value).strip().lower()
    return "yes" if word in YES else "no" if word in NO else None


def seconds(value: Any, zone: str) -> int | None:
    """Unix seconds of ISO, or of a wall clock in `zone`; `None` when it is neither."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        found = int((at if at.tzinfo else at.replace(tzinfo=zone_of(zone))).timestamp())
    except (ValueError, OverflowError):
        return None
    return found if FIRST_SECOND <= found <= LAST_SECOND else None


def read(kind: Kind, state: Mapping[str, Any]) -> Any:
    """What was filled in, from a value of `view.state`; `None` when nothing was."""
    value = value_of(state)
    match kind:
        case Flag():
            return {"yes": True, "no": False}.get(str(value))
        case Count():
            whole = _whole(value)
            return value if whole is None else whole
        case Text() | Moment() | Day() | Choice() | Several() | Lookup():
            return value
        case _:
            assert_never(kind)


def value_of(state: Mapping[str, Any]) -> Any:
    """What an element holds, whatever it was asked for; `None` when it is empty."""
    match state:
        case {"selected_option": option}:
            return option["value"] if option else None
        case {"selected_options": options}:
            return [option["value"] for option in options or ()] or None
        case {"selected_date_time": at}:
            return iso(int(at)) if at else None
        case {"selected_date": day}:
            return day or None
        case {"selected_conversation": channel}:
            return channel or None
        case {"selected_time": time}:
            return time or None
        case _:
            return state.get("value") or None


def label_of(state: Mapping[str, Any]) -> str | None:
    """The words of the chosen line of a menu that searches."""
    if state.get("type") != "external_select" or not state.get("selected_option"):
        return None
    return str(state["selected_option"]["text"]["text"])
