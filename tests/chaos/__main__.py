"""`make chaos`: kills at every place, then at random; prints one JSON object, exit 0 or 1."""

import argparse
import json
import sys
import time
from collections import Counter
from typing import Any

from tests.chaos.ground import database, postgres
from tests.chaos.judge import Verdict
from tests.chaos.matrix import matrix
from tests.chaos.storm import Weather, storm
from tests.dying import PLACES

DATABASES = ["sqlite", "postgres"]
KILLS = 940
"""With those at every place, more than a thousand."""
FIGURES = (
    *("kills", "expected", "lost", "sent_twice", "unclear"),
    *("unfounded", "told_twice", "stumbles", "jumps"),
)
FAULTS = ("lost", "sent_twice", "unfounded")


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS, help="at random, on all databases")
    parser.add_argument("--seed", type=int, default=1, help="of what is random")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--no-matrix", action="store_true", help="at random only")
    given = parser.parse_args()
    began, each = time.monotonic(), given.kills // len(given.databases)
    found: dict[str, Counter[str]] = {}
    with postgres() as server:
        for kind in given.databases:
            places = 0 if given.no_matrix else PLACES[kind]
            found[kind] = on(kind, server, places, each, given.seed)
    told = sum(found.values(), Counter[str]())
    document = {name: told[name] for name in FIGURES[:5]}
    document["databases"] = given.databases
    document["minutes"] = round((time.monotonic() - began) / 60, 1)
    document |= {name: told[name] for name in FIGURES[5:]} | {"seed": given.seed}
    document["each"] = {kind: {name: its[name] for name in FIGURES} for kind, its in found.items()}
    sys.stdout.write(json.dumps(document) + "\n")
    return 1 if any(told[fault] for fault in FAULTS) else 0


def on(kind: str, server: Any, places: int, kills: int, seed: int) -> Counter[str]:
    """Kills at so many places of a push, and so many at random."""
    told = matrix(kind, server, places)
    say(f"{kind}: {places} places, {dict(told)}")
    with database(kind, server) as at:
        verdict, weather = storm(at, kills, seed)
    say(f"{kind}: {weather}, {dict(verdict.states)}")
    say(*verdict.lost, *verdict.sent_twice, *verdict.unfounded, *verdict.untold)
    return told + Counter(counted(verdict, weather))


def counted(verdict: Verdict, weather: Weather) -> dict[str, int]:
    """As figures; news that nobody was told is lost as well."""
    return {
        "kills": weather.kills,
        "stumbles": weather.stumbles,
        "jumps": weather.jumps,
        "expected": verdict.expected,
        "lost": len(verdict.lost) + len(verdict.untold),
        "sent_twice": len(verdict.sent_twice),
        "unclear": verdict.unclear,
        "unfounded": len(verdict.unfounded),
        "told_twice": verdict.told_twice,
    }


def say(*lines: str) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
