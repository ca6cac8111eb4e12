"""What else a field says: what the rules of a policy look at, and what may be a code of ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from actions.fields import Inputs, marks

Fact = Literal["codes", "face_value", "template", "seed", "audience"]


@dataclass(frozen=True)
class Weighs:
    """Marks a field: how many codes, worth how much, made from which template, to whom."""

    fact: Fact


def weighed(inputs: Inputs) -> dict[Fact, Any]:
    """The values of the marked fields; None for one that was left empty.

    What two fields say together is `loy_500/usr_9`.
    """
    found: dict[Fact, Any] = {}
    for name, fact in marked(type(inputs)):
        value = getattr(inputs, name)
        found[fact] = f"{found[fact]}/{value}" if fact in found else value
    return found


def weighs(inputs: type[Inputs]) -> bool:
    """Whether any field of it is marked."""
    return next(marked(inputs), None) is not None


def marked(inputs: type[Inputs]) -> Iterator[tuple[str, Fact]]:
    """Each marked field, and the fact that it gives."""
    for name, field in inputs.model_fields.items():
        for mark in marks(field):
            if isinstance(mark, Weighs):
                yield name, mark.fact


class Traced:
    """Marks a field: a code that may have come with one of our batches."""


def traced(inputs: Inputs) -> Iterator[str]:
    """The codes that are asked about."""
    for name, field in type(inputs).model_fields.items():
        value = getattr(inputs, name)
        if value and any(isinstance(mark, Traced) for mark in marks(field)):
            yield str(value)
