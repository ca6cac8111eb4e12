"""`vouchdesk explain`: an action with everything derived from it."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from actions import policy
from actions.action import AnyAction
from actions.fields import fields, is_private, title_of
from bot import steps
from bot.forms import form_for
from bot.grammar import SHORT_FORMS

Line = tuple[str, str]
ROOT = Path(__file__).resolve().parent.parent


def surfaces(action: AnyAction) -> list[str]:
    """Where people meet the action."""
    short = [command for command, name in SHORT_FORMS.items() if name == action.name]
    sheet = ["sheet"] if policy.may_batch(action) else []
    whole = ["whole list"] if action.rows else []
    step = ["workflow step"] if steps.is_step(action) else []
    return ["/coupon", *short, "launcher", "modal", *sheet, *whole, *step, "schedule", "cli"]


def of_action(action: AnyAction) -> Iterator[Line]:
    """Title and words, one line each, of what follows from a declaration."""
    form = type(form_for(action.name))
    yield "action", f"{action.name} · {action.title}: {action.summary}"
    yield "risk", f"{action.risk}; who has to agree: vouchdesk policy test {action.name}"
    yield "may be late", str(policy.lateness(action))
    yield "surfaces", ", ".join(surfaces(action))
    yield "command", f"/coupon {action.area} {action.verb} …"
    for name, field, kind in fields(action.inputs):
        marks = [
            "required" if field.is_required() else "optional",
            *(["private"] if is_private(field) else []),
        ]
        yield f"input {name}", f"{title_of(name, field)}: {kind} ({', '.join(marks)})"
    if steps.is_step(action):
        outputs = ", ".join(steps.outputs_of(action))
        yield "workflow step", f"{steps.name_of(action.name)} · gives {outputs}"
    for number, step in enumerate(action.steps, 1):
        endpoint = step.endpoint
        again = "may be repeated" if endpoint.repeatable else "never repeated without a person"
        sure = "published" if endpoint.proven else "path only inferred"
        words = f"{endpoint.verb} {endpoint.path} ({endpoint.id}): {again}, {sure}"
        yield f"step {number}", f"{words} · payload {_place(step.payload)}"
    yield "inputs", _place(action.inputs)
    yield "form", _place(form)
    if action.prefill:
        yield "begins with", f"{action.prefill.read.name} · {_place(action.prefill.today)}"
    yield "preview", _place(action.preview) if action.preview else "none"
    if action.undo:
        offer = f" · {_place(action.undo.offer)}" if action.undo.offer else ""
        yield "undo", f"{action.undo.words}{offer}"
    yield "result", _place(action.present)
    if action.rows:
        yield "whole list", f"{', '.join(action.rows.columns)} · {_place(action.rows.of)}"


def _place(thing: Callable[..., Any] | type) -> str:
    """`name (file:line)`."""
    plain = inspect.unwrap(thing)
    file = Path(inspect.getsourcefile(plain) or "?")
    line = inspect.getsourcelines(plain)[1]
    shown = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
    return f"{plain.__name__} ({shown}:{line})"
