"""`python -m bench [NAME …]`: these benchmarks, or all; 1 if a target is missed."""

import importlib
import sys
import traceback
from collections.abc import Sequence

from bench.row import missed

NAMES = (
    "ack",
    "picker",
    "clicks",
    "beat",
    "lateness",
    "burst",
    "operations_sqlite",
    "operations_postgres",
    "codes_100k",
    "codes_1m",
    "sessions_100k",
    "audit_append",
    "audit_search",
    "webhooks",
    "audit_seal",
    "audit_verify",
    "start",
    "soak",
)


def main(names: Sequence[str]) -> int:
    """Run them in turn; one that breaks off counts as missed, and the others still run."""
    if unknown := [name for name in names if name not in NAMES]:
        print(f"No benchmark of this name: {', '.join(unknown)}", file=sys.stderr)
        print(f"There are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    failed = 0
    for name in names or NAMES:
        try:
            failed += missed(importlib.import_module(f"bench.{name}").run())
        except Exception:
            traceback.print_exc()
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
