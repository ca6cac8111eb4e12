"""A little arithmetic: what is slowest but for a few, and numbers as people read them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest of them that `part` of all do not exceed."""
    ranked = sorted(values)
    return ranked[max(math.ceil(part * len(ranked)) - 1, 0)]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Half of them, nearly all of them, and the worst."""
    return {
        "p50": percentile(values, 0.5),
        "p99": percentile(values, 0.99),
        "max": max(values),
    }


def rounded(said: Any) -> Any:
    """The same, with no more digits than mean anything."""
    if isinstance(said, Mapping):
        return {name: rounded(value) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [rounded(value) for value in said]
    if isinstance(said, float):
        return float(f"{said:.4g}")
    return said
