"""Rules of Block Kit that look at more than one field at a time."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sandbox.slack.shapes import Json

Found = tuple[str, str, str]  # pointer, words, rule

CHOOSERS = frozenset(
    ["static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow"]
)
FEW = {"table": 1, "plan": 1, "data_visualization": 2}
FILLED = {"actions": "elements", "context": "elements", "rich_text": "elements"}


def block(block: Json, surface: str) -> Iterator[Found]:
    """What one block may not do."""
    kind = block["type"]
    if kind == "section" and not block.get("text") and not block.get("fields"):
        yield "", "missing required field: text or fields", "required"
    if kind in FILLED and not block.get(FILLED[kind]):
        yield f"/{FILLED[kind]}", "no fewer than 1 items allowed [have 0]", "minItems"
    element = block.get("element")
    if isinstance(element, dict) and element.get("type") == "file_input" and surface != "modal":
        yield "/element", "unsupported type: file_input works in modals only", "type"
    ids = Counter(
        inner["action_id"]
        for inner in block.get("elements") or []
        if isinstance(inner, dict) and inner.get("action_id")
    )
    for name, times in ids.items():
        if times > 1:
            yield "/elements", f"action_id {name!r} already exists in this block", "unique"
    for path, node in walk(block):
        for found, words, rule in _element(node):
            yield path + found, words, rule


def whole(payload: Json, surface: str) -> Iterator[Found]:
    """What a view or a message may not do as a whole."""
    blocks = [block for block in payload["blocks"] if isinstance(block, dict)]
    ids = Counter(b["block_id"] for b in blocks if b.get("block_id"))
    for name in [name for name, times in ids.items() if times > 1]:
        yield "/blocks", f"block_id {name!r} already exists", "unique"
    kinds = Counter(str(block.get("type")) for block in blocks)
    if surface == "modal" and kinds["input"] and not payload.get("submit"):
        yield "/submit", "missing required field: submit (the view has input blocks)", "required"
    for kind in [kind for kind, most in FEW.items() if kinds[kind] > most]:
        yield "/blocks", f"no more than {FEW[kind]} {kind} allowed", "maxItems"
    markdown = sum(len(b.get("text") or "") for b in blocks if b.get("type") == "markdown")
    if markdown > 12_000:
        yield "/blocks", "markdown blocks must be less than 12001 characters together", "maxLength"
    if sum(1 for _, node in walk(blocks) if node.get("focus_on_load") is True) > 1:
        yield "/blocks", "focus_on_load may be set on one element only", "unique"
    size = len(json.dumps(blocks, ensure_ascii=False))
    if surface == "message" and size > 13_200:
        yield "/blocks", f"{size} characters of blocks, more than 13200", "msg_blocks_too_long"


def walk(node: Any, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every object inside, with its pointer."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from walk(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{path}/{index}")


def options_of(element: Json) -> list[Json]:
    """The options an element shows, out of their groups."""
    groups = element.get("option_groups") or []
    grouped = [option for group in groups for option in group.get("options") or []]
    return [*(element.get("options") or []), *grouped]


def _element(node: Json) -> Iterator[Found]:
    kind = node.get("type")
    if not isinstance(kind, str):
        return
    if kind in CHOOSERS:
        yield from _chooser(node)
    elif kind == "number_input":
        yield from _number(node)
    elif kind == "datepicker" and isinstance(node.get("initial_date"), str):
        try:
            date.fromisoformat(node["initial_date"])
        except ValueError:
            yield "/initial_date", "invalid date", "format"


def _chooser(node: Json) -> Iterator[Found]:
    if "options" in node and "option_groups" in node:
        yield "", "only one of options and option_groups is allowed", "oneOf"
    options = options_of(node)
    if not options:
        yield "/options", "no fewer than 1 items allowed [have 0]", "minItems"
    for index, group in enumerate(node.get("option_groups") or []):
        yield from _group(group, f"/option_groups/{index}")
    yield from _options(node, options)


def _group(group: Json, where: str) -> Iterator[Found]:
    if not 1 <= len(group.get("options") or []) <= 100:
        yield f"{where}/options", "between 1 and 100 items allowed", "maxItems"
    if len((group.get("label") or {}).get("text", "")) > 75:
        yield f"{where}/label/text", "must be less than 76 characters", "maxLength"


def _options(node: Json, options: list[Json]) -> Iterator[Found]:
    values = [option.get("value") for option in options]
    if any(not value for value in values):
        yield "/options", "missing required field: value", "required"
    if len(values) != len(set(values)):
        yield "/options", "option values must be unique", "unique"
    if node["type"] != "overflow" and any("url" in option for option in options):
        yield "/options", "url is allowed in an overflow menu only", "additionalProperties"
    initial = [node["initial_option"]] if node.get("initial_option") else []
    for option in [*initial, *(node.get("initial_options") or [])]:
        if option not in options:
            yield "", "initial option must exactly match one of the options", "initial"
    if "initial_options" in node and not node["initial_options"]:
        yield "/initial_options", "no fewer than 1 items allowed [have 0]", "minItems"


def _number(node: Json) -> Iterator[Found]:
    bounds: dict[str, float] = {}
    for key in ("min_value", "max_value", "initial_value"):
        try:
            if node.get(key) is not None:
                bounds[key] = float(node[key])
        except (TypeError, ValueError):
            yield f"/{key}", "must be a number", "format"
    low, high = bounds.get("min_value"), bounds.get("max_value")
    if low is not None and high is not None and low > high:
        yield "", "min_value must not be above max_value", "range"
