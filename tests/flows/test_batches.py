"""Batches: ordered in parts, each once; what came is one file, what did not is said."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest

from actions.settling import Settling
from bot.results import Results
from store import queries
from store.queries import kept
from store.tables import Effect, Operation, Progress
from tests.flows.asking import agree, buttons
from tests.world import Human, World, words_of

MANY = "/v3/multiplesingleuse/create"
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CODES = {"automated_codes": True, "code_prefix": "SPR", "code_length": 10, "code_type": "numeric"}


def asks(world: World, amount: int = 50, part: int = 20, **more: Any) -> Human:
    """A batch in parts, agreed to and as far as it goes."""
    given = {"campaign": "cam_123456", "amount": amount, "part": part, **CODES, **more}
    world.bot.desk.ask("single_use.create_many", given, actor="U0ANA")
    world.tick()
    agree(world, "bo")
    world.tick()
    return world.person("ana")


def operation(world: World) -> Operation:
    [found] = world.operations()
    return found


def ordered(world: World) -> list[tuple[str, int]]:
    """Prefix and amount of each call that the account has carried out."""
    return [(batch["code_prefix"], batch["amount"]) for batch in world.api.state["batches"]]


def files(world: World) -> list[dict[str, Any]]:
    return list(world.slack.state["files"])


def rows(world: World) -> list[list[str]]:
    """Of the newest file."""
    text = world.slack.file(files(world)[-1]["id"]).decode()
    return [*csv.reader(io.StringIO(text))][1:]


def whole(world: World, amount: int = 50) -> None:
    """One file has all of them, each once."""
    found = rows(world)
    assert len(found) == amount
    for column in (0, 1, 2, 3, 4):
        assert len({row[column] for row in found}) == amount


def test_three_parts_one_file(world: World) -> None:
    ana = asks(world)
    assert ordered(world) == [("SPR01", 20), ("SPR02", 20), ("SPR03", 10)]
    whole(world)
    assert [row[4][:5] for row in rows(world)[::10]] == [
        *("SPR01", "SPR01", "SPR02", "SPR02", "SPR03"),
    ]
    assert ana.was_told("50 single-use URLs are made")
    assert ana.was_told("SPR01 to SPR03")
    assert "SPR01 to SPR03" in words_of(world.slack.card())
    assert ("file sent", "U0ANA") in world.trail(world.request().id)


def test_an_unclear_part_that_happened_and_the_rest_goes_on(world: World) -> None:
    world.api.fails(MANY, drop="after")
    ana = asks(world)
    assert operation(world).state is Progress.UNCLEAR
    assert ordered(world) == [("SPR01", 20)]
    ana.at_own_card("happened")
    world.tick()
    assert operation(world).state is Progress.DONE
    assert ordered(world) == [("SPR01", 20), ("SPR02", 20), ("SPR03", 10)]
    assert len(rows(world)) == 30
    assert ana.was_told("20 of part 1, which are in Coupontools")
    assert "start:0" not in [
        verb for said in world.slack.messages(ana.dm) for verb in buttons(said)
    ]


def test_an_unclear_part_that_did_not_happen_is_ordered_again_by_somebody_else(
    world: World,
) -> None:
    world.api.fails(MANY, drop="before")
    ana = asks(world)
    ana.at_own_card("go_on")
    assert ana.was_told("somebody else has to look first")
    world.tick()
    assert ordered(world) == []
    world.person("bo").at_card("go_on")
    world.tick()
    assert ordered(world) == [("SPR01", 20), ("SPR02", 20), ("SPR03", 10)]
    whole(world)


def test_an_answer_that_breaks_off_in_the_middle_is_unclear_and_what_came_is_kept(
    world: World,
) -> None:
    world.api.fails(MANY, drop="half")
    ana = asks(world)
    assert operation(world).state is Progress.UNCLEAR
    assert "It broke off after" in operation(world).problem
    ana.at_own_card("happened")
    world.tick()
    came = len(rows(world))
    assert 30 < came < 50
    assert ana.was_told(f"{50 - came} of part 1, which are in Coupontools")
    assert len(ordered(world)) == 3


def test_the_last_part_in_doubt(world: World) -> None:
    world.api.fails(MANY, times=2, short=0)
    world.api.fails(MANY, drop="after")
    ana = asks(world)
    assert operation(world).state is Progress.UNCLEAR
    ana.at_own_card("happened")
    world.tick()
    assert operation(world).state is Progress.DONE
    assert len(rows(world)) == 40
    assert ana.was_told("10 of part 3, which are in Coupontools")


def test_a_refused_part_ends_it_and_go_on_resumes_there(world: World) -> None:
    world.api.fails(MANY, times=1, short=0)
    world.api.fails(MANY, error_code=502)
    ana = asks(world)
    assert operation(world).state is Progress.FAILED
    assert ana.was_told("20 of 50 single-use URLs are made")
    assert len(rows(world)) == 20
    ana.at_own_card("go_on")
    world.tick()
    assert ordered(world) == [("SPR01", 20), ("SPR02", 20), ("SPR03", 10)]
    whole(world)


def test_a_part_that_falls_short_is_said_and_can_be_made_up_for(world: World) -> None:
    world.api.fails(MANY, short=3)
    ana = asks(world)
    assert ana.was_told("47 of 50 single-use URLs are made")
    assert ana.was_told("3 did not come")
    [made] = [m for m in world.slack.messages(ana.dm) if "start:0" in buttons(m)]
    ana.presses("start:0", ts=made["ts"], channel=ana.dm)
    assert ana.filled["amount"] == "10"
    assert ana.filled["code_prefix"] == "SPR"


def settling(world: World) -> Settling:
    office = world.bot.office
    catalog = world.bot.desk.catalog
    submit = world.bot.engine.submit
    return Settling(office.store, catalog, office.vault, world.bot.people, submit, world.now)


@ON_SQLITE
def test_stopped_after_the_part_that_is_out(world: World) -> None:
    world.api.fails(MANY, delay_s=1.5)
    given = {"campaign": "cam_123456", "amount": 50, "part": 20, **CODES}
    world.bot.desk.ask("single_use.create_many", given, actor="U0ANA")
    world.tick()
    agree(world, "bo")
    world.bot.jobs["mint"][0]()
    world.until(lambda: world.api.calls(MANY), "the first part is out")
    world.bot.jobs["announce"][0]()
    world.later(seconds=3)
    world.bot.jobs["progress"][0]()
    ana = world.person("ana")
    [bar] = [m for m in world.slack.messages(ana.dm) if "stop_after" in buttons(m)]
    assert "0 of 50" in words_of(bar)
    ana.presses("stop_after", ts=bar["ts"], channel=ana.dm)
    world.bot.jobs["progress"][0]()
    world.tick()
    world.bot.jobs["progress"][0]()
    assert operation(world).state is Progress.FAILED
    assert operation(world).problem == (
        "It was stopped by Ana Costa after “part 1 of 3” was sent. What was to follow was not."
    )
    assert ordered(world) == [("SPR01", 20)]
    assert len(rows(world)) == 20
    [bar] = [m for m in world.slack.messages(ana.dm) if m["ts"] == bar["ts"]]
    assert buttons(bar) == []
    assert "20 of 50" in words_of(bar)

    ana.at_own_card("go_on")
    world.tick()
    whole(world)


@ON_SQLITE
def test_a_stop_outlives_a_part_in_doubt(world: World) -> None:
    world.api.fails(MANY, delay_s=1.5, drop="after")
    given = {"campaign": "cam_123456", "amount": 50, "part": 20, **CODES}
    world.bot.desk.ask("single_use.create_many", given, actor="U0ANA")
    world.tick()
    agree(world, "bo")
    world.bot.jobs["mint"][0]()
    world.until(lambda: world.api.calls(MANY), "the first part is out")
    settling(world).stop(operation(world).id, actor="U0ANA")
    world.tick()
    assert operation(world).state is Progress.UNCLEAR
    world.person("ana").at_own_card("happened")
    world.tick()
    assert operation(world).state is Progress.FAILED
    assert ordered(world) == [("SPR01", 20)]


@ON_SQLITE
@pytest.mark.parametrize("amount", [20, 50])
def test_an_answer_that_comes_while_a_person_looks_is_not_ordered_again(
    world: World, amount: int
) -> None:
    world.api.fails(MANY, drop="after")
    asks(world, amount)
    assert operation(world).state is Progress.UNCLEAR
    office = world.bot.office
    with office.store.begin() as tx:
        [run] = queries.step_runs(tx, operation(world).id)
        run.effect, run.reply = Effect.CONFIRMED, office.vault.seal({"rows": 0, "chunks": 0})
        tx.add(run)
    world.person("bo").at_card("go_on")
    world.tick()
    assert operation(world).state is Progress.DONE
    assert len(ordered(world)) == len({prefix for prefix, _ in ordered(world)})
    assert sum(amount for _, amount in ordered(world)) == amount


@ON_SQLITE
def test_an_answer_that_was_kept_as_a_whole_is_still_told(world: World) -> None:
    """As releases kept them that knew no parts."""
    asks(world, 20)
    found, office = rows(world), world.bot.office
    names = ("single_use_url", "single_use_code", "widget_validation_code", "sequence_id")
    data = [dict(zip(names, row, strict=False)) for row in found]
    with office.store.begin() as tx:
        [run] = queries.step_runs(tx, operation(world).id)
        run.reply = office.vault.seal({"campaign": "cam_123456", "data": data})
        tx.add(run)
        kept.forget_chunks(tx, run.operation, 10)
    results = Results(office.store, world.bot.desk.catalog, office.vault, world.now)
    card = results.card(operation(world).id)
    assert card and card.attachment
    assert card.text == "20 single-use URLs are made"
    assert [row[0] for row in card.attachment.rows()] == [row[0] for row in found]


@ON_SQLITE
def test_stop_all_holds_it_between_two_parts(world: World) -> None:
    world.api.fails(MANY, delay_s=1.0)
    given = {"campaign": "cam_123456", "amount": 50, "part": 20, **CODES}
    world.bot.desk.ask("single_use.create_many", given, actor="U0ANA")
    world.tick()
    agree(world, "bo")
    world.bot.jobs["mint"][0]()
    world.until(lambda: world.api.calls(MANY), "the first part is out")
    world.person("cy").types("/coupon stop-all")
    world.tick()
    assert operation(world).state is Progress.HELD
    assert ordered(world) == [("SPR01", 20)]
    for name in ("bo", "cy"):
        world.person(name).types("/coupon resume-all")
    world.tick()
    assert ordered(world) == [("SPR01", 20), ("SPR02", 20), ("SPR03", 10)]
    whole(world)


@ON_SQLITE
def test_as_json_lines_and_as_a_workbook(world: World) -> None:
    asks(world, file="jsonl")
    assert files(world)[-1]["name"] == "codes-cam_123456-50.jsonl"
    lines = world.slack.file(files(world)[-1]["id"]).decode().splitlines()
    found = [json.loads(line) for line in lines]
    assert len({line["url"] for line in found}) == 50
    assert list(found[0]) == ["url", "code", "short_code", "sequence", "custom_code"]
    asks(world, file="xlsx")
    assert files(world)[-1]["name"] == "codes-cam_123456-50.xlsx"
    book = zipfile.ZipFile(io.BytesIO(world.slack.file(files(world)[-1]["id"])))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 51
    assert "hyperlink" not in sheet


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"amount": 5_000_000, "part": 1_000}, "part", "That makes 5,000 parts; 99 are the most."),
        ({"amount": 100, "part": 20, "code_prefix": "SPRINGTIME"}, "code_prefix", "At most 8"),
        ({"amount": 5_000_001}, "amount", "5000000 or less"),
    ],
)
@ON_SQLITE
def test_what_cannot_be_divided(
    world: World, given: dict[str, Any], field: str, words: str
) -> None:
    world.person("ana").types("/coupon-codes cam_123456")
    said = {name: str(value) for name, value in ({**CODES, **given}).items()}
    ana = world.person("ana").submits(**{**said, "automated_codes": "yes"})
    assert words in ana.errors[field]


def asked_for_file(world: World, name: str) -> int:
    """How many files there are more once this person has pressed; the person has seen why not."""
    before = len(files(world))
    world.person(name).at_card("send_file")
    return len(files(world)) - before


def test_the_file_goes_to_whoever_may_have_it_and_that_is_on_record(world: World) -> None:
    given = {"campaign": "cam_123456", "amount": 50, "part": 20, **CODES}
    world.bot.desk.ask("single_use.create_many", given, actor="U0BO")
    world.tick()
    agree(world, "cy")
    world.tick()
    assert asked_for_file(world, "cy") == 1
    assert files(world)[-1]["channels"] == [world.person("cy").dm]
    whole(world)
    assert asked_for_file(world, "ana") == 0
    assert world.person("ana").was_told("Only approvers and the person who asked")
    trail = world.trail(world.request().id)
    assert [actor for kind, actor in trail if kind == "file sent"] == ["U0BO", "U0CY"]


def test_what_is_there_can_be_had_while_a_part_is_in_doubt(world: World) -> None:
    world.api.fails(MANY, short=0)
    world.api.fails(MANY, drop="after")
    asks(world)
    assert operation(world).state is Progress.UNCLEAR
    assert asked_for_file(world, "bo") == 1
    assert len(rows(world)) == 20


def test_after_seven_days_the_codes_are_gone_and_it_says_so(world: World) -> None:
    asks(world)
    world.later(days=6, hours=23)
    world.bot.jobs["prune"][0]()
    assert asked_for_file(world, "bo") == 1
    world.later(hours=2)
    world.bot.jobs["prune"][0]()
    assert asked_for_file(world, "bo") == 0
    assert world.person("bo").was_told("codes are kept for some days only")
    assert ("file removed", "retention") in world.trail(world.request().id)


@ON_SQLITE
def test_without_room_for_it_nothing_is_ordered(world: World) -> None:
    world.starts_with(vouchdesk_keep_mb=1)
    given = {"campaign": "cam_123456", "amount": 20_001}
    world.bot.desk.ask("single_use.create_many", given, actor="U0ANA")
    world.tick()
    assert world.request().state.value == "void"
    ana = world.person("ana")
    assert ana.was_told("There is room for 18,181 more codes, and this asks for 20,001.")
    assert world.api.calls(MANY) == []


def happens(world: World, codes: list[str], operation: str) -> None:
    """Something is done to these sessions, by others than us."""
    keys = {"client_id": "sandbox-id", "client_secret": "sandbox-secret"}
    wish = {**keys, "couponsessions": codes, "operation": operation}
    done = world.api.http.post(f"{world.api.url}/v3/multiplecouponsession/update", json=wish)
    assert done.json()["status"]["status"] == "OK"


@ON_SQLITE
def test_how_many_of_a_batch_are_used(world: World) -> None:
    ana = asks(world)
    mine = [row[1] for row in rows(world)]
    asks(world, 20)
    happens(world, mine[:9], "claimed")
    happens(world, mine[:4], "validated")
    happens(world, [row[1] for row in rows(world)][:7], "validated")
    first = world.operations()[0]
    [card, _] = [m for m in world.slack.messages("approvals") if "count_used" in buttons(m)]
    world.person("bo").presses("count_used", ts=card["ts"], channel="approvals")
    assert world.person("bo").was_told("4 of 50 codes are validated")
    assert world.person("bo").was_told("9 (18%)")
    assert ("read", "U0BO") in world.trail(first.request)
    assert not ana.was_told("codes are validated")


@ON_SQLITE
def test_a_file_of_which_a_part_was_exchanged_is_no_file(world: World) -> None:
    asks(world)
    with world.bot.office.store.begin() as tx:
        first, second = (kept.chunk(tx, operation(world).id, at, 0, 0) for at in (0, 1))
        assert first and second
        first.sealed, second.sealed = second.sealed, first.sealed
        tx.add_all([first, second])
    assert asked_for_file(world, "bo") == 0
    assert world.person("bo").was_told("A part of the file is missing, or is not what was kept")
