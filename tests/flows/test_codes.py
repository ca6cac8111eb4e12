"""Codes: as many single-use URLs as asked for, each once, as a file in the thread."""

import csv
import io

import pytest

from tests.flows.asking import agree
from tests.world import World, words_of

HEADING = ["url", "code", "short_code", "sequence", "custom_code"]


def asks_codes(world: World, amount: int, **more: object) -> None:
    given = {"campaign": "cam_123456", "amount": amount, **more}
    world.bot.desk.ask("single_use.create_many", given, actor="U0ANA")
    world.tick()
    agree(world, "bo")
    world.tick()


def sheet(world: World) -> list[list[str]]:
    """The rows of the one file there is."""
    [file] = world.slack.state["files"]
    return [*csv.reader(io.StringIO(world.slack.file(file["id"]).decode()))]


def test_a_thousand_codes(world: World) -> None:
    ana = world.person("ana").types("/coupon-codes cam_123456 1000")
    ana.submits(
        automated_codes="yes", code_prefix="SPR", code_length="10", code_type="alphanumeric"
    )
    world.tick()
    assert "1,000 single-use URLs for “Summer splash”" in words_of(world.slack.card())
    agree(world, "bo")
    world.tick()
    heading, *rows = sheet(world)
    assert heading == HEADING
    assert len(rows) == 1_000
    for column in (0, 1, 2, 3, 4):
        assert len({row[column] for row in rows}) == 1_000
    assert all(row[4].startswith("SPR") and len(row[4]) == 13 for row in rows)
    [file] = world.slack.state["files"]
    card = world.slack.card(ana.dm)
    assert (file["channels"], file["thread_ts"]) == ([ana.dm], card["ts"])
    assert file["name"] == "codes-cam_123456-1000.csv"
    assert ana.was_told("1,000 single-use URLs are made")
    [batch] = world.api.state["batches"]
    assert (batch["amount"], batch["campaign"]) == (1_000, "cam_123456")


@pytest.mark.parametrize("amount", ["9", "5000001"])
def test_too_few_and_too_many(world: World, amount: str) -> None:
    ana = world.person("ana").types("/coupon-codes cam_123456").submits(amount=amount)
    assert list(ana.errors) == ["amount"]


def test_codes_need_their_three(world: World) -> None:
    ana = world.person("ana").types("/coupon-codes cam_123456 100")
    ana.submits(automated_codes="yes")
    assert ana.errors == {"code_prefix": "Needed to make validation codes."}


def test_slack_away_while_the_file_goes_up(world: World) -> None:
    ana = world.person("ana")
    world.slack.fails("files.getUploadURLExternal", error="internal_error")
    asks_codes(world, 20)
    world.passes(minutes=10)
    assert len(sheet(world)) == 21
    assert len(world.api.state["batches"]) == 1
    assert ana.was_told("20 single-use URLs are made")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_many_codes_in_one_call(world: World) -> None:
    asks_codes(world, 30_000)
    heading, *rows = sheet(world)
    assert heading == HEADING
    assert len({row[0] for row in rows}) == 30_000
