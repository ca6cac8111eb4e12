"""The parts of a form a person fills in: what each shows, takes, and is called in a payload."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.slack.blockrules import options_of
from sandbox.slack.shapes import Impossible, Json

SLOTS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "file_input": "files",
}
STATELESS = frozenset({"button", "overflow", "workflow_button", "icon_button", "feedback_buttons"})
INTERACTIVE = STATELESS | set(SLOTS)
FIXED = frozenset(
    ["static_select", "radio_buttons", "overflow", "checkboxes", "multi_static_select"]
)
REQUIRED = "Please complete this required field."
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(r"https?://[^\s/]+\S*")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def parts(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every block with each interactive element in it."""
    for block in blocks:
        inner = [block.get("accessory"), block.get("element")]
        inner += block.get("elements") or []
        inner += block.get("actions") or []
        for element in inner:
            if isinstance(element, dict) and element.get("type") in INTERACTIVE:
                yield block, element
        yield from parts(block.get("child_blocks") or [])
        if block["type"] == "carousel":
            yield from parts(block.get("elements") or [])


def shown(element: Json, channel: str | None = None) -> Json:
    """What an element holds before anybody touched it, as in `view.state.values`."""
    kind = element["type"]
    slot = SLOTS[kind]
    default: Any = [] if slot.endswith("s") else None
    initial = element.get("initial_" + slot.removeprefix("selected_"), default)
    if kind == "rich_text_input":
        initial = element.get("initial_value")
    if channel and initial in (None, []) and element.get("default_to_current_conversation"):
        initial = [channel] if default == [] else channel
    extra = {"timezone": element["timezone"]} if "timezone" in element else {}
    return {"type": kind, slot: initial, **extra}


def still_possible(element: Json, entry: Json) -> bool:
    """Whether an earlier entry makes sense in this element, too."""
    if entry["type"] != element["type"]:
        return False
    if element["type"] not in FIXED:
        return True
    chosen = entry[SLOTS[element["type"]]] or []
    values = {option.get("value") for option in options_of(element)}
    return all(o["value"] in values for o in (chosen if isinstance(chosen, list) else [chosen]))


def entered(element: Json, value: Any, offered: list[Json]) -> Any:
    """What a person's entry puts into the element's slot; Impossible if they could not make it."""
    kind = element["type"]
    slot = SLOTS[kind]
    if value is None:
        return [] if slot.endswith("s") else None
    if slot == "selected_option":
        return _option(element, value, offered)
    if slot == "selected_options":
        return [_option(element, one, offered) for one in _several(element, value)]
    if slot == "value":
        return _text(element, value)
    if kind == "rich_text_input":
        return value if isinstance(value, dict) else _rich(str(value))
    if slot.endswith("s"):
        return list(_several(element, value))
    _picker(kind, value)
    return value


def complaint(block: Json, entry: Json) -> str | None:
    """What Slack's own client says about an input before it sends anything."""
    element = block["element"]
    value = entry[SLOTS[element["type"]]]
    if value in (None, "", []):
        return None if block.get("optional") else REQUIRED
    if SLOTS[element["type"]] != "value":
        return None
    return _about_text(element, str(value))


def _about_text(element: Json, text: str) -> str | None:
    kind = element["type"]
    if kind == "number_input":
        return _about_number(element, text)
    if kind == "email_text_input" and not EMAIL.fullmatch(text):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not URL.fullmatch(text):
        return "Please enter a valid URL."
    if len(text) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    longest = element.get("max_length", 3000)
    return f"Please enter at most {longest} characters." if len(text) > longest else None


def _about_number(element: Json, text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "Please enter a valid number."
    if not number.is_finite():
        return "Please enter a valid number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and number < Decimal(low):
        return f"Please enter a number of {low} or more."
    if high is not None and number > Decimal(high):
        return f"Please enter a number of {high} or less."
    return None


def _text(element: Json, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Impossible(f"{element['type']} takes text, not {value!r}")
    return str(value) or None


def _option(element: Json, value: Any, offered: list[Json]) -> Json:
    if isinstance(value, dict) and element["type"] not in FIXED:
        text = value.get("text") or value.get("value")
        plain = text if isinstance(text, dict) else {"type": "plain_text", "text": text}
        return {"text": plain, "value": value.get("value")}
    wanted = value.get("value") if isinstance(value, dict) else value
    initial = element.get("initial_options") or [element.get("initial_option")]
    for option in [*options_of(element), *offered, *initial]:
        if option and option.get("value") == wanted:
            return dict(option)
    raise Impossible(f"no option {wanted!r} in {element['type']} {element['action_id']!r}")


def _several(element: Json, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Impossible(f"{element['type']} takes a list, not {value!r}")
    most = element.get("max_selected_items") or element.get("max_files") or len(value)
    if len(value) > most:
        raise Impossible(f"{element['type']} takes {most} at most")
    return value


def _picker(kind: str, value: Any) -> None:
    if kind == "datetimepicker":
        good = isinstance(value, int) and len(str(value)) == 10
    elif kind == "timepicker":
        good = isinstance(value, str) and bool(CLOCK.fullmatch(value))
    elif kind == "datepicker":
        good = isinstance(value, str) and len(value) == 10 and _is_date(value)
    else:
        good = isinstance(value, str)
    if not good:
        raise Impossible(f"{kind} does not take {value!r}")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
