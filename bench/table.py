"""`python -m bench … | python -m bench.table`: the same lines as a table for the page."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

HEAD = ("| Name | Of | Figure | Baseline | Ratio | Target |", "|---|---|---|---|---|---|")
OF = ("database", "replicas", "at_once", "busy_with")
"""What tells several rows of one name apart."""


def table(lines: Iterable[str]) -> Iterator[str]:
    """A table of rows; a target that was missed is named."""
    yield from HEAD
    for line in lines:
        if line.strip():
            yield _row(json.loads(line))


def _row(said: dict[str, Any]) -> str:
    of = ", ".join(f"{name} {said['detail'][name]}" for name in OF if name in said["detail"])
    verdict = f"missed: {', '.join(said['missed'])}" if said["missed"] else "met"
    ratio = "" if said["ratio"] is None else f"{said['ratio']:g}"
    figure, baseline = f"{said['figure']:g} {said['unit']}", said["baseline"] or ""
    cells = (f"`{said['bench']}`", of, figure, str(baseline), ratio, verdict)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print("\n".join(table(sys.stdin)))
