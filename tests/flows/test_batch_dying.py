"""Kill the process around the commits and calls of a batch: no part twice, no code lost."""

import csv
import io
import os
import signal

import pytest

from actions.settling import Settling
from store import queries
from store.tables import Progress
from tests.dying import carry_through, die
from tests.flows.test_batches import CODES
from tests.world import World

PARTS, SIZE = 10, 20
PLACES = {"sqlite": 120, "postgres": 160}
"""More than there are to be killed at, as is checked below."""
SOME = (24, 38, 52, 66, 80, 94)
TURNS = [
    *(("sqlite", place) for place in SOME),
    *(("postgres", place) for place in (45, 87)),
]
"""Of all parts some; `KILLS=all DATABASES=both` kills at each place on both databases."""
if os.environ.get("KILLS") == "all":
    TURNS = [(name, place) for name, most in PLACES.items() for place in range(1, most + 1)]
PREFIXES = [f"SPR{number:02}" for number in range(1, PARTS + 1)]


def asked(world: World) -> str:
    """A batch on record, nobody has looked at it yet; the bot is down."""
    given = {"campaign": "cam_123456", "amount": PARTS * SIZE, "part": SIZE, **CODES}
    request = world.bot.desk.ask("single_use.create_many", given, actor="U0ANA")
    world.stops()
    return request.id


def addresses(world: World) -> tuple[str, str, str]:
    return world.slack.url, world.api.url, world.settings.database_url


def ordered(world: World) -> list[str]:
    return [batch["code_prefix"] for batch in world.api.state["batches"]]


def looked_at(world: World, id: str) -> int:
    """A person says of each part in doubt what is true; how many of them happened."""
    office, happened = world.bot.office, 0
    settling = Settling(
        office.store,
        world.bot.desk.catalog,
        office.vault,
        world.bot.people,
        world.bot.engine.submit,
        world.now,
    )
    while (run := world.operations()[0]).state is Progress.UNCLEAR:
        with office.store.look() as tx:
            in_doubt = queries.step_runs(tx, run.id)[-1].position
        if PREFIXES[in_doubt] in ordered(world):
            happened += 1
            settling.settle(run.id, actor="U0ANA")
        else:
            settling.go_on(run.id, actor="U0BO")
        carry_through(world.bot, id)
    return happened


def codes(world: World) -> list[str]:
    """The validation codes of the newest file."""
    file = world.slack.state["files"][-1]
    text = world.slack.file(file["id"]).decode()
    return [row["custom_code"] for row in csv.DictReader(io.StringIO(text))]


@pytest.mark.parametrize(("database", "fatal"), TURNS, indirect=["database"])
def test_whenever_it_dies_no_part_is_ordered_twice_and_no_code_is_lost(
    world: World, fatal: int
) -> None:
    id = asked(world)
    code, _ = die(addresses(world), id, fatal)
    assert code in (-signal.SIGKILL, 0), "it died of something else"

    world.starts()
    carry_through(world.bot, id)
    happened = looked_at(world, id)
    [operation] = world.operations()
    assert operation.state is Progress.DONE, operation.problem
    assert ordered(world) == PREFIXES, "each part once"
    found = codes(world)
    assert happened <= 1
    assert (PARTS - happened) * SIZE <= len(found) <= PARTS * SIZE
    assert len(found) == len(set(found))
    if not happened:
        assert len(found) == PARTS * SIZE


def test_no_place_is_left_out(world: World) -> None:
    id = asked(world)
    code, passed = die(addresses(world), id)
    assert code == 0
    places = PLACES["sqlite" if world.bot.office.store.is_sqlite else "postgres"]
    assert max(SOME) < passed <= places
