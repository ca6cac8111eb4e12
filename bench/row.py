"""One line of a benchmark: a figure, its baseline from the same run, and what was aimed at."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.sums import rounded


@dataclass(frozen=True)
class Row:
    """`targets` says in words what was aimed at, and of each whether it was met."""

    bench: str
    figure: float
    unit: str
    targets: Mapping[str, bool]
    baseline: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """How many times the baseline the figure is."""
        return self.figure / self.baseline if self.baseline else None

    @property
    def missed(self) -> list[str]:
        return [words for words, is_met in self.targets.items() if not is_met]

    def line(self) -> str:
        """As it is printed: one JSON object."""
        said = {
            "bench": self.bench,
            "figure": self.figure,
            "unit": self.unit,
            "baseline": self.baseline,
            "ratio": self.ratio,
            "target": ", ".join(self.targets),
            "missed": self.missed,
            "detail": self.detail,
        }
        return json.dumps(rounded(said), ensure_ascii=False)


def missed(rows: Iterable[Row]) -> int:
    """Prints each as it comes; how many of them missed a target."""
    count = 0
    for row in rows:
        print(row.line(), flush=True)
        count += bool(row.missed)
    return count
