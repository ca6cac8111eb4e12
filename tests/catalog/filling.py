"""Fill a form as a person would: what is given is entered, the rest stays as it is shown."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

State = dict[str, dict[str, dict[str, Any]]]


def fill(view: Mapping[str, Any], given: Mapping[str, Any]) -> State:
    """`view.state.values` of the view with `given` entered under the blocks of those names."""
    return {
        block["block_id"]: {
            block["element"]["action_id"]: _entered(block["element"], given.get(block["block_id"]))
        }
        for block in view["blocks"]
        if block["type"] == "input"
    }


def _entered(element: Mapping[str, Any], value: Any) -> dict[str, Any]:
    kind = element["type"]
    match kind:
        case "plain_text_input" | "number_input":
            text = element.get("initial_value") if value is None else str(value)
            return {"type": kind, "value": text}
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": _chosen(element, value)}
        case "external_select":
            option = {"text": {"type": "plain_text", "text": str(value)}, "value": value}
            return {"type": kind, "selected_option": option if value else _initial(element)}
        case "datetimepicker":
            at = element.get("initial_date_time") if value is None else _seconds(value)
            return {"type": kind, "selected_date_time": at}
        case "datepicker" | "timepicker" | "conversations_select":
            slot = kind.removesuffix("picker").removesuffix("s_select")
            return {"type": kind, f"selected_{slot}": value or element.get(f"initial_{slot}")}
        case "checkboxes" | "multi_static_select":
            chosen = element.get("initial_options", [])
            if value is not None:
                chosen = [option for option in element["options"] if option["value"] in value]
            return {"type": kind, "selected_options": chosen}
        case _:
            raise AssertionError(f"No person knows how to fill in a {kind}.")


def _chosen(element: Mapping[str, Any], value: Any) -> Any:
    if value is None:
        return _initial(element)
    word = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return next(option for option in element["options"] if option["value"] == word)


def _initial(element: Mapping[str, Any]) -> Any:
    return element.get("initial_option")


def _seconds(value: str) -> int:
    at = datetime.fromisoformat(value)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
