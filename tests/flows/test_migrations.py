"""From every schema that was ever released: rows survive, and what was waiting is carried out."""

from pathlib import Path

import pytest

from store import schema
from store.db import Store
from tests.flows.elder import SCHEMAS, goes_on, lives_on, rows
from tests.world import World


@pytest.mark.parametrize("dump", SCHEMAS, ids=lambda dump: dump.stem)
def test_an_elder_database_is_brought_up_to_date_and_its_work_goes_on(
    world: World, dump: Path
) -> None:
    before = lives_on(world, dump)
    store = Store(world.settings.database_url)
    schema.upgrade(store)
    assert before.items() <= rows(store).items()
    assert len(set(schema.revision(store))) == 1
    store.close()
    goes_on(world)
