"""The catalogue as a page for people: `python -m bot.handbook` writes docs/actions.md."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, assert_never

from pydantic import ValidationError

from actions.action import AnyAction, Catalog, Risk
from actions.catalog import CATALOG
from actions.fields import (
    Choice,
    Count,
    Day,
    Flag,
    Kind,
    Lookup,
    Moment,
    Several,
    Text,
    fields,
    is_private,
    title_of,
)
from actions.policy import decide
from actions.rulebook import builtin
from actions.rules import Facts
from bot import steps, vocabulary
from bot.grammar import SHORT_FORMS
from bot.views.kinds import Limits, limits_of

FILE = Path(__file__).resolve().parent.parent / "docs" / "actions.md"
HEAD = """\
# What can be done

<!-- Written by `make regen` from the catalogue of actions: change that, not this. -->

Each action can be started from `/coupon`, from the home tab and with `vouchdesk ask`. The form that
opens asks for the inputs below and for the moment: now, later, or again and again.

An endpoint is *proven* when a page of Coupontools shows its path, and *inferred* when its path
follows from its siblings. `vouchdesk doctor --live` tries the reading ones on your account.
"""
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""A Monday, far from quiet hours."""
LEFT_OUT = {
    "loyalty_users_create": "It wants a password for the person, and no field may hold one. "
    "`loyalty.enrol` makes a holder without.",
    "v4_loyalty_users_create_bulk": "How it takes a list and how many at once is not published; "
    "a wrong row may stop all of them, and a lost answer would leave all in doubt. A sheet of "
    "`loyalty.enrol` says of each row what became of it.",
    "v4_directory_get": "Nothing is published of its answer, and what is known of a directory by "
    "number, its name, `directory.numbers` lists. `directory.info` shows one.",
}
"""Calls of the API that no action makes, and why."""
RISKS = {
    Risk.READ: "reads only",
    Risk.CHANGE: "changes one thing",
    Risk.LAUNCH: "launches something",
    Risk.BLAST: "reaches many people, cannot be recalled",
}


def handbook(catalog: Catalog) -> str:
    """The whole page."""
    parts = [HEAD]
    for area, actions in catalog.areas().items():
        parts.append(f"## {area.replace('_', '-').capitalize()}\n")
        parts += ["\n".join(_action(action)) for action in actions]
    parts += ["## Left out\n\nCalls of the API that no action makes, and why.\n"]
    parts += [f"- `{id}`: {why}" for id, why in LEFT_OUT.items()]
    return "\n".join(parts) + "\n"


def _action(action: AnyAction) -> Iterator[str]:
    yield f"### {action.title}: `{action.name}`\n"
    yield f"{action.summary}.\n"
    yield f"- Risk: `{action.risk}`, {RISKS[action.risk]}; {_people(action)}"
    for step in action.steps:
        known = "proven" if step.endpoint.proven else "inferred"
        again = "may be repeated" if step.endpoint.repeatable else "never repeated by itself"
        yield (
            f"- Endpoint: `{step.endpoint.id}` (`{step.endpoint.verb} {step.endpoint.path}`), "
            f"{known}, {again}"
        )
    if action.prefill:
        yield (
            f"- Form: begins with what `{action.prefill.read.name}` reads; only what is changed "
            "is asked for"
        )
    if action.undo:
        yield f"- Undo: {action.undo.words}"
    if action.rows:
        yield f"- Whole list as CSV: {', '.join(f'`{name}`' for name in action.rows.columns)}"
    yield f"- Command: `{command(action)}`"
    if steps.is_step(action):
        outputs = ", ".join(f"`{name}`" for name in steps.outputs_of(action))
        yield f"- Workflow step: `{steps.name_of(action.name)}`, gives {outputs}"
    for form in [form for form, name in SHORT_FORMS.items() if name == action.name]:
        yield f"- Short form: `{form}`"
    yield "\n| input | | needed | what |\n|---|---|---|---|"
    for name, field, kind in fields(action.inputs):
        needed = "yes" if field.is_required() else ""
        yield f"| `{name}` | {title_of(name, field)} | {needed} | {_what(field, kind)} |"
    yield ""


def quorum_of(action: AnyAction) -> int:
    """Approvals that the built-in policy asks for, of somebody without a role, on a working day."""
    facts = Facts(action=action.name, risk=action.risk, at=NOON)
    return decide(builtin(), facts).quorum


def _people(action: AnyAction) -> str:
    number = quorum_of(action)
    return f"approvals by other people: {number}" if number else "no approval"


def command(action: AnyAction) -> str:
    """The example as it is typed."""
    needed = {name for name, field, _ in fields(action.inputs) if field.is_required()}
    example = action.example.inputs
    shown = {name: value for name, value in example.items() if name in needed} or example
    shown = shown if _is_enough(action, shown) else example
    pairs = " ".join(f"{name}={_typed(value)}" for name, value in shown.items())
    return f"/coupon {action.area} {action.verb} {pairs}".strip()


def _is_enough(action: AnyAction, given: Mapping[str, Any]) -> bool:
    """Whether a rule across fields asks for no more than the fields that must be filled."""
    try:
        action.inputs.model_validate(given)
    except ValidationError:
        return False
    return True


def _typed(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value)
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return f'"{text}"' if " " in text else text


def _what(field: Any, kind: Kind) -> str:
    parts = [_kind(kind, limits_of(field)), field.description or ""]
    if is_private(field):
        parts.append("*Private: sealed at rest, masked wherever it is shown.*")
    return " ".join(part for part in parts if part).replace("|", "\\|")


def _kind(kind: Kind, limits: Limits) -> str:
    match kind:
        case Text():
            return f"Text, at most {limits.length:,} characters." if limits.length else "Text."
        case Count():
            return _range(limits)
        case Flag():
            return "Yes or no."
        case Moment(words=words):
            named = ", ".join(f"`{word}`" for word, _ in words)
            return f"A moment, such as `2026-12-01 09:00`{f', or {named}' if named else ''}."
        case Day():
            return "A date, such as `2026-12-31`."
        case Choice(options=options) | Several(options=options):
            named = ", ".join(f"`{value}`" for value, _ in options)
            return f"{'One' if isinstance(kind, Choice) else 'Any'} of {named}."
        case Lookup(action=source):
            return f"An id, found by `{source}`."
        case _:
            assert_never(kind)


def _range(limits: Limits) -> str:
    if limits.least is not None and limits.most is not None:
        return f"A whole number, {limits.least:,} to {limits.most:,}."
    return "A whole number."


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(handbook(CATALOG), encoding="utf-8")
    vocabulary.FILE.write_text(vocabulary.kinds(), encoding="utf-8")
