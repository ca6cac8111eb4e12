"""What a step of a workflow takes and gives: the names, needs and types that its manifest says."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.slack.shapes import Json

USER_CONTEXT = "slack#/types/user_context"
OPTIONS = "slack#/types/options_select"


def problems(side: Json | None, values: Json) -> list[str]:
    """Everything in which values differ from what is declared."""
    declared: Json = (side or {}).get("properties", {})
    return [*_names(declared, (side or {}).get("required", []), values), *_types(declared, values)]


def listed(side: Json | None) -> list[Json]:
    """Parameters as an event lists them."""
    required = (side or {}).get("required", [])
    found = (side or {}).get("properties", {}).items()
    return [{"name": name, **value, "is_required": name in required} for name, value in found]


def is_menu(function: Json) -> bool:
    """Whether a step only fills a menu of others."""
    given: Json = (function.get("output_parameters") or {}).get("properties", {})
    return bool(given.get("options", {}).get("type") == OPTIONS)


def _names(declared: Json, required: list[str], values: Json) -> Iterator[str]:
    for name in required:
        if values.get(name) in (None, ""):
            yield f"missing: {name}"
    for name in values:
        if name not in declared:
            yield f"unknown: {name}"


def _types(declared: Json, values: Json) -> Iterator[str]:
    for name, value in values.items():
        wanted = declared.get(name, {}).get("type", "")
        fits = FITS.get(wanted)
        if fits and value is not None and not fits(value):
            yield f"wrong type: {name} must be {wanted}"


def _is_context(value: Any) -> bool:
    return isinstance(value, dict) and {"id", "secret"} <= value.keys()


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


FITS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _is_number,
    "number": lambda value: isinstance(value, float) or _is_number(value),
    "boolean": lambda value: isinstance(value, bool),
    "slack#/types/timestamp": _is_number,
    "slack#/types/date": _is_date,
    "slack#/types/user_id": lambda value: isinstance(value, str) and value[:1] in ("U", "W"),
    USER_CONTEXT: _is_context,
    OPTIONS: lambda value: isinstance(value, list),
}
