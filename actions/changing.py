"""Changes that begin with what is there: read first, told as before → after, emptied by name."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError, model_validator
from pydantic.fields import FieldInfo

from actions.action import Done, O, Prefill, Reads, Step, plain
from actions.card import Preview
from actions.fields import (
    Inputs,
    Kind,
    Several,
    fields,
    is_private,
    kind_of,
    masked,
    said,
    title_of,
    words,
    wrong,
)
from coupontools.endpoint import Endpoint

CLEAR = "clear"
"""The field of a change that names the fields to be emptied; an empty box empties nothing."""

WIDE, CUT = 110, 40
"""What a fact has room for, and how much of a long value from before it shows."""


class Change(Inputs):
    """What is left out stays as it is; what `clear` names is emptied."""

    @model_validator(mode="after")
    def _something_and_not_both(self) -> "Change":
        known = type(self).model_fields
        said = [name for name in known if getattr(self, name) is not None]
        free = [name for name, field in known.items() if not field.is_required()]
        if not set(said) & {*free}:
            raise wrong(free[0], "Fill in at least one thing to change.")
        for name in getattr(self, CLEAR, None) or ():
            if name not in dict(_kind(known[CLEAR]).options):
                raise wrong(CLEAR, f"“{name[:40]}” cannot be emptied.")
            if name in said:
                raise wrong(name, "Give it a new value or empty it, not both.")
        return self


def _kind(field: FieldInfo) -> Several:
    kind = kind_of(field)
    assert isinstance(kind, Several)  # noqa: S101  how the field is declared
    return kind


def several(inputs: type[Inputs], *names: str) -> Several:
    """These fields of it, to be picked from by what people call them."""
    return Several(tuple((name, title_of(name, inputs.model_fields[name])) for name in names))


def separate(value: Any) -> Any:
    """`phone, city` is a list too; what is there twice counts once."""
    if isinstance(value, str):
        value = re.split(r"[\s,;]+", value)
    if value is None:
        return None
    named = value if isinstance(value, list | tuple) else ()
    found = tuple(dict.fromkeys(str(each) for each in named if each != ""))
    if not found:
        raise said("Name at least one, with commas between them; or leave it out.")
    return found


Names = Annotated[tuple[str, ...] | None, BeforeValidator(separate)]
"""The type of `clear`; `several` beside it says which."""


def changed(asked: Inputs, done: Done) -> Mapping[str, Any]:
    """What was given, and nothing for what is to be emptied."""
    given = dict(plain(asked, done))
    emptied = given.pop(CLEAR, ())
    return given | dict.fromkeys(emptied, "")


def change(endpoint: Endpoint) -> tuple[Step[Any], ...]:
    """The steps of a change that is a single call."""
    return (Step(endpoint.id, endpoint, changed),)


def question(prefill: Prefill[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The raw inputs of the read."""
    return {theirs: given.get(ours) for ours, theirs in prefill.asks.items()}


def comparing(
    prefill: Prefill[O], sentence: Callable[[Any, O | None, Reads], str]
) -> Callable[[Any, Reads], Preview]:
    """A preview: what `sentence` says of the thing, and each change as before → after."""

    def preview(asked: Inputs, api: Reads) -> Preview:
        given = asked.model_dump(mode="json", exclude_none=True)
        found = _found(prefill, given, api)
        before = prefill.today(found, given).values if found is not None else {}
        return Preview(sentence(asked, found, api), facts=differences(type(asked), before, given))

    return preview


def _found(prefill: Prefill[O], given: Mapping[str, Any], api: Reads) -> O | None:
    """The answer of the read; None where it cannot be asked for this thing."""
    read = prefill.read
    try:
        asked = read.inputs.model_validate(question(prefill, given))
    except ValidationError:
        return None
    step = read.steps[0]
    return read.output.model_validate(api.call(step.endpoint, step.payload(asked, {})))


def differences(
    inputs: type[Inputs], before: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[tuple[str, str], ...]:
    """Title and `before → after` of what changes, as far as it is known what was there."""
    found = []
    for name, field, kind in fields(inputs):
        title, private = title_of(name, field), is_private(field)
        was = _told(kind, before.get(name), private)
        if name in given.get(CLEAR, ()):
            found.append((title, f"{_cut(was)} → emptied" if name in before else "emptied"))
        elif name in before and name in given:
            becomes = _told(kind, given[name], private)
            if before[name] == given[name]:
                becomes = "the same"
            elif was == becomes:
                becomes += " (another one)"
            found.append(_fact(title, was, becomes))
    return tuple(found)


def _fact(title: str, was: str, becomes: str) -> tuple[str, str]:
    """A value too long for a fact is left to the line of the input, where there is more room."""
    whole = f"{_cut(was)} → {becomes}"
    return (title, whole) if len(whole) <= WIDE else (f"{title} before", _cut(was))


def _told(kind: Kind, value: Any, private: bool) -> str:
    if value in (None, ""):
        return "–"
    return masked(value) if private else " ".join(words(kind, value).split())


def _cut(text: str) -> str:
    return text if len(text) <= CUT else f"{text[: CUT - 1]}…"
