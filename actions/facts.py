"""Which fields of an action the rules of a policy look at."""

from dataclasses import dataclass
from typing import Any, Literal

from actions.fields import Inputs, marks

Fact = Literal["codes", "face_value", "template", "seed"]


@dataclass(frozen=True)
class Weighs:
    """Marks a field: how many codes, worth how much, made from which template, to whose phone."""

    fact: Fact


def weighed(inputs: Inputs) -> dict[Fact, Any]:
    """The values of the marked fields, those that were left empty left out."""
    return {
        mark.fact: getattr(inputs, name)
        for name, field in type(inputs).model_fields.items()
        for mark in marks(field)
        if isinstance(mark, Weighs) and getattr(inputs, name) is not None
    }
