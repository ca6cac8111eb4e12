"""Voiding what is unused of a batch: one request, and nobody's used code is touched."""

import csv
import io
import signal
from typing import Any

import pytest

from store.tables import Consent, Operation, Progress
from tests.dying import carry_through, die
from tests.flows.asking import agree, buttons
from tests.flows.test_batches import MANY, asks, files, happens, rows
from tests.world import World, words_of

VOID = "/v3/multiplecouponsession/update"


def made(world: World, amount: int = 50) -> tuple[list[str], Operation]:
    """A batch in parts, and its session codes."""
    asks(world, amount)
    [run] = world.operations()
    return [row[1] for row in rows(world)], run


def wants(world: World, run: Operation, codes: int, **more: Any) -> None:
    given = {"batch": run.id, "codes": codes, **more}
    world.bot.desk.ask("single_use.void_unused", given, actor="U0ANA")
    world.tick()


def voided(world: World) -> set[str]:
    """As the account has it."""
    done = world.api.state["updates"]
    return {each["session"] for each in done if each["operation"] == "void"}


def newest(world: World) -> Operation:
    return max(world.operations(), key=lambda run: run.due)


def lines(world: World) -> dict[str, list[str]]:
    text = world.slack.file(files(world)[-1]["id"]).decode()
    return {line: rest for line, *rest in csv.reader(io.StringIO(text))}


def test_from_the_usage_of_a_batch_to_voided_codes(world: World) -> None:
    codes, _ = made(world)
    happens(world, codes[:9], "claimed")
    happens(world, codes[:4], "validated")
    card = world.slack.card()
    assert "count_used" in buttons(card)
    ana = world.person("ana").presses("count_used", ts=card["ts"], channel="approvals")
    ana.presses("start:0", view_id=ana.view["id"])
    assert ana.filled["codes"] == "50"
    ana.submits(used="claimed")
    world.tick()
    card = words_of(world.slack.card())
    assert "Void what is not claimed: 41 of 50 codes for “Summer splash”" in card
    assert "Unvoid takes it back" in card
    assert voided(world) == set()
    happens(world, codes[20:23], "claimed")  # meanwhile
    agree(world, "bo")
    world.tick()
    assert voided(world) == {*codes[9:20], *codes[23:]}
    assert ana.was_told("38 of 50 codes are voided")
    assert ana.was_told("Already used")
    told = lines(world)
    assert told["1"] == ["used", "claimed"]
    assert told["31"] == ["voided", ""]
    assert len(told) == 51
    assert not {*codes} & {*told}, "who may void codes need not have them"


def test_somebody_else_has_to_agree(world: World) -> None:
    codes, run = made(world)
    wants(world, run, 50)
    world.person("ana").at_card("approve")
    world.tick()
    assert voided(world) == set()
    assert world.request().state is Consent.WAITING


def test_what_coupontools_does_not_void_is_said(world: World) -> None:
    codes, run = made(world)
    keys = {"client_id": "sandbox-id", "client_secret": "sandbox-secret"}
    gone = {**keys, "couponsession": codes[7]}
    world.api.http.post(f"{world.api.url}/v3/singleuse/delete", json=gone)
    wants(world, run, 50)
    agree(world, "bo")
    world.tick()
    assert world.person("ana").was_told("49 of 50 codes are voided")
    assert lines(world)["8"] == ["not voided", "Couponsession not found."]


def test_a_lost_answer_is_asked_for_again(world: World) -> None:
    codes, run = made(world)
    wants(world, run, 50)
    agree(world, "bo")
    world.api.fails(VOID, drop="after")
    world.tick()
    world.until(lambda: newest(world).state is Progress.DONE, "it is done")
    world.tick()
    assert voided(world) == set(codes)
    assert world.person("ana").was_told("50 of 50 codes are voided")


def test_in_as_many_calls_as_it_takes_over_all_parts(world: World) -> None:
    asks(world, 1_230, 700)
    [run] = world.operations()
    codes = [row[1] for row in rows(world)]
    happens(world, codes[::100], "claimed")
    wants(world, run, 1_230, used="claimed")
    agree(world, "bo")
    world.tick()
    sent = [call["body"]["couponsessions"] for call in world.api.calls(VOID)]
    assert [len(each) for each in sent[1:]] == [495, 495, 227]
    assert voided(world) == set(codes) - set(codes[::100])
    assert world.person("ana").was_told("1,217 of 1,230 codes are voided")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_when_the_codes_are_gone_nothing_is_voided(world: World) -> None:
    _, run = made(world)
    world.later(days=8)
    world.bot.jobs["prune"][0]()
    wants(world, run, 50)
    assert world.request().state is Consent.VOID
    assert world.person("ana").was_told("are not kept here any more")
    assert world.api.calls(VOID) == []


def test_a_number_that_is_not_true_is_told_no(world: World) -> None:
    _, run = made(world)
    wants(world, run, 40)
    assert world.person("ana").was_told("50 codes of this batch are kept here, and 40")
    assert world.api.calls(MANY)
    assert voided(world) == set()


KILLS = [
    *(("sqlite", place) for place in (20, 30, 40)),
    *(("postgres", place) for place in (25, 45)),
]


@pytest.mark.parametrize(("database", "fatal"), KILLS, indirect=["database"])
def test_killed_in_the_middle_it_goes_on_and_touches_nothing_that_is_used(
    world: World, fatal: int
) -> None:
    asks(world, 1_230, 700)
    [run] = world.operations()
    codes = [row[1] for row in rows(world)]
    happens(world, codes[::100], "claimed")
    given = {"batch": run.id, "codes": 1_230, "used": "claimed"}
    id = world.bot.desk.ask("single_use.void_unused", given, actor="U0ANA").id
    world.stops()
    died, _ = die((world.slack.url, world.api.url, world.settings.database_url), id, fatal)
    assert died == -signal.SIGKILL
    happens(world, codes[-5:], "claimed")
    was = voided(world)
    world.starts()
    carry_through(world.bot, id)
    assert newest(world).state is Progress.DONE, newest(world).problem
    assert voided(world) == set(codes) - set(codes[::100]) - (set(codes[-5:]) - was)
    assert sum(rest[0] == "voided" for rest in lines(world).values()) == len(voided(world))
