"""Sheets: many rows checked, asked for and agreed to as one; one card, one file at the end."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

import pytest

from coupontools.pace import Pace
from store.tables import Consent, Progress
from tests.flows.asking import SPLASH, agree
from tests.world import Human, World, words_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
CREATE = "/v3/singleuse/create"
HEADER = "Campaign;E-mail;First name"


def consumers(amount: int) -> str:
    rows = (f"{SPLASH};c{number}@example.test;Ada{number}" for number in range(1, amount + 1))
    return "\n".join([HEADER, *rows])


def hurry(world: World) -> None:
    """Take away the pace: nobody waits a minute for a test."""
    world.bot.office.clients(world.bot.desk.account())._pace = Pace(100_000.0, 100_000)


def pastes(world: World, text: str, by: str = "ana", action: str = "single_use.create") -> Human:
    return world.person(by).types(f"/coupon sheet {action}").submits(pasted=text)


def carried_out(world: World, text: str) -> Human:
    """Handed in by Ana, agreed to by Bo, every row run."""
    ana = pastes(world, text).submits()
    world.tick()
    agree(world, "bo")
    world.tick()
    return ana


def file(world: World, name: str) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of the newest file whose name begins so."""
    named = [each for each in world.slack.state["files"] if each["name"].startswith(name)]
    sheet = csv.DictReader(io.StringIO(world.slack.file(named[-1]["id"]).decode()))
    rows = list(sheet)
    return list(sheet.fieldnames or ()), rows


def replies(world: World, person: Human) -> Sequence[dict[str, object]]:
    return [said for said in world.slack.messages(person.dm) if said.get("thread_ts")]


def test_a_pasted_sheet_from_report_to_result(world: World) -> None:
    text = f"{consumers(4)}\n{SPLASH};nobody;Bea\n;e@example.test;Cleo"
    ana = pastes(world, text)
    assert ana.was_told("4 rows are good, 2 are not.")
    assert ana.was_told("Line 6: email: An e-mail address looks like ana@example.com.")
    assert ana.was_told("Line 7: campaign: Please fill this in.")
    columns, bad = file(world, "single_use.create-not-usable")
    assert columns[:2] == ["line", "campaign"]
    assert [(row["line"], row["firstname"]) for row in bad] == [("6", "Bea"), ("7", "Cleo")]
    assert world.requests() == []


def test_a_sheet_from_card_to_result(world: World) -> None:
    ana = pastes(world, consumers(4)).submits()
    assert ana.was_told("On record: 4 rows")
    world.tick()
    card = words_of(world.slack.card())
    assert "4 rows, one by one. The first: One single-use URL for “Summer splash”" in card
    assert "… and 3 more rows like this" in card
    assert "c1@example.test" not in card
    agree(world, "bo")
    assert world.api.calls(CREATE) == []
    world.tick()

    made = [each["session"] for each in world.api.state["sessions"]["created"]]
    assert len(set(made)) == 4
    assert world.request().state is Consent.SPENT
    assert "*Rows:* 4 done" in words_of(world.slack.card())
    columns, rows = file(world, "single_use.create-2")
    assert [row["row"] for row in rows] == ["1", "2", "3", "4"]
    assert {row["state"] for row in rows} == {"done"}
    assert sorted(row["Code"] for row in rows) == sorted(made)
    assert all(row["URL"].endswith(row["Code"]) for row in rows)
    assert rows[0]["campaign"] == SPLASH
    assert rows[0]["email"] == "c…t"
    [reply] = [said for said in replies(world, ana) if "rows done" in str(said["text"])]
    assert reply["text"] == "One single-use URL: 4 of 4 rows done"


@ON_SQLITE
def test_an_uploaded_sheet(world: World) -> None:
    ana = world.person("ana").types("/coupon sheet single_use.create")
    ana.submits(file=[{"name": "consumers.csv", "content": "\ufeff" + consumers(3)}])
    assert ana.was_told("3 rows are good.")
    ana.submits()
    world.tick()
    agree(world, "bo")
    world.tick()
    assert len(world.api.calls(CREATE)) == 3
    assert len(file(world, "single_use.create-2")[1]) == 3


@ON_SQLITE
def test_a_row_that_fails_and_one_that_is_unclear(world: World) -> None:
    world.api.fails(CREATE, error_code=301)
    world.api.fails(CREATE, drop="after")
    ana = carried_out(world, consumers(5))
    card = words_of(world.slack.card())
    assert "*Rows:* 3 done · 1 failed · 1 unclear" in card
    assert ana.was_told("One single-use URL: 3 of 5 rows done · 1 failed · 1 unclear")
    _, rows = file(world, "single_use.create-2")
    assert sorted(row["state"] for row in rows) == ["done", "done", "done", "failed", "unclear"]
    assert all(row["said"] for row in rows)
    assert len(replies(world, ana)) == 2  # the sentence and its file

    world.person("bo").at_card("happened")
    bo = world.person("bo")
    [failed] = world.operations(Progress.FAILED)
    bo.at_card("go_on", value=failed.id)
    world.tick()
    assert "*Rows:* 5 done" in words_of(world.slack.card())
    assert ana.was_told("One single-use URL: 5 of 5 rows done")
    assert len(replies(world, ana)) == 4


@ON_SQLITE
def test_three_hundred_rows_in_one_message(world: World) -> None:
    hurry(world)
    ana = world.person("ana").types("/coupon sheet single_use.create")
    ana.submits(file=[{"name": "consumers.csv", "content": consumers(300)}]).submits()
    world.tick()
    agree(world, "bo")
    assert world.bot.launches._mint_part()
    world.stops()  # in the middle of launching
    world.starts()
    hurry(world)
    world.bot.jobs["mint"][0]()
    world.bot.jobs["announce"][0]()
    assert [run.row for run in world.operations()] == list(range(300))
    for done in (100, 200, 300):
        world.until(lambda: len(world.operations(Progress.DONE)) >= done, f"{done} rows")  # noqa: B023  called at once
    world.tick()
    assert len(world.api.calls(CREATE)) == 300
    cards = [said for said in world.slack.messages("approvals") if not said.get("thread_ts")]
    assert len(cards) == 1
    assert "*Rows:* 300 done" in words_of(cards)
    assert len(replies(world, ana)) == 2
    assert len(file(world, "single_use.create-2")[1]) == 300


@ON_SQLITE
def test_sessions_are_changed_from_a_sheet(world: World) -> None:
    carried_out(world, consumers(2))
    codes = [each["session"] for each in world.api.state["sessions"]["created"]]
    rows = "\n".join(f"{code}\tMark as claimed" for code in codes)
    ana = pastes(world, f"couponsession\tWhat to do\n{rows}\nodd\tVoid", action="session.update")
    assert ana.was_told("2 rows are good, 1 is not.")
    assert ana.was_told("A session code has 21 letters and digits, or its first 6.")
    ana.submits()
    world.tick()
    agree(world, "bo")
    world.tick()
    done = [(each["session"], each["operation"]) for each in world.api.state["updates"]]
    assert sorted(done) == sorted((code, "claimed") for code in codes)
    assert [row["couponsession"] for row in file(world, "session.update-2")[1]] == codes


def sessions(world: World, operation: str = "Void", value: str = "") -> tuple[list[str], str]:
    """The codes of three sessions, and a sheet that does the same with each."""
    carried_out(world, consumers(3))
    codes = [each["session"] for each in world.api.state["sessions"]["created"]]
    rows = "\n".join(f"{code};{operation};{value}" for code in codes)
    return codes, f"couponsession;operation;value\n{rows}"


@ON_SQLITE
def test_the_same_for_many_sessions_can_be_one_call(world: World) -> None:
    codes, text = sessions(world)
    ana = pastes(world, text, action="session.update")
    assert ana.was_told("Coupontools answers for all of them together")
    assert ana.was_told("The vendor's public pages do not show that call.")
    ana.submits(way="at_once")
    assert ana.was_told("On record: 3 rows")
    world.tick()
    assert world.request().action == "session.update_many"
    assert world.request().quorum == 1
    assert "Void: 3 coupon sessions" in words_of(world.slack.card())
    agree(world, "bo")
    world.tick()
    [call] = world.api.calls("/v3/multiplecouponsession/update")
    assert call["body"] == {"couponsessions": codes, "operation": "void"}
    assert world.api.calls("/v3/couponsession/update") == []
    assert ana.was_told("3 of 3 coupon sessions are changed")


@ON_SQLITE
def test_unless_one_call_is_asked_for_it_goes_row_by_row(world: World) -> None:
    _, text = sessions(world)
    pastes(world, text, action="session.update").submits()
    world.tick()
    agree(world, "bo")
    world.tick()
    assert len(world.api.calls("/v3/couponsession/update")) == 3
    assert world.api.calls("/v3/multiplecouponsession/update") == []


@ON_SQLITE
def test_what_one_call_cannot_say_is_not_offered_as_one(world: World) -> None:
    codes, valued = sessions(world, "validated", "12.50")
    ana = pastes(world, valued, action="session.update")
    assert ana.was_told("3 rows are good")
    assert "way" not in ana.filled
    mixed = f"couponsession,operation\n{codes[0]},void\n{codes[1]},lock"
    assert "way" not in pastes(world, mixed, action="session.update").filled
    alone = f"couponsession,operation\n{codes[0]},void"
    assert "way" not in pastes(world, alone, action="session.update").filled
    many = "".join(f"\n{number:06},void" for number in range(501))
    cy = world.person("cy").types("/coupon sheet session.update")
    cy.submits(file=[{"name": "many.csv", "content": f"couponsession,operation{many}"}])
    assert cy.was_told("501 rows are good")
    assert "way" not in cy.filled


@ON_SQLITE
def test_a_sheet_waits_for_its_moment(world: World) -> None:
    ana = pastes(world, f"{consumers(3)}\n{SPLASH};nobody;Bea").fills(when="at")
    past, soon = (int((world.now() + timedelta(hours=hours)).timestamp()) for hours in (-2, 2))
    ana.submits(when_at=past)
    assert ana.errors == {"when_at": "That moment has passed."}
    assert ana.was_told("Line 5: email: An e-mail address looks like ana@example.com.")
    ana.submits(when_at=soon)
    assert ana.was_told("On record: 3 rows")
    world.tick()
    agree(world, "bo")
    world.passes(hours=1)
    assert world.operations() == []
    world.passes(hours=1.1)
    assert len(world.operations(Progress.DONE)) == 3
    assert len(world.api.calls(CREATE)) == 3
    assert ana.was_told("One single-use URL: 3 of 3 rows done")


@pytest.mark.parametrize("decision", ["run_late", "skip"])
@ON_SQLITE
def test_a_sheet_that_is_too_late_is_decided_on_as_one(world: World, decision: str) -> None:
    hurry(world)
    soon = int((world.now() + timedelta(hours=1)).timestamp())
    ana = world.person("ana").types("/coupon sheet single_use.create")
    ana.submits(file=[{"name": "consumers.csv", "content": consumers(120)}])
    ana.fills(when="at").submits(when_at=soon)
    world.tick()
    world.later(days=2)
    agree(world, "bo")
    world.tick()
    missed = world.slack.card()
    assert "1 run missed" in words_of(missed)
    assert "*One single-use URL* · 120 rows" in words_of(missed)
    assert len(world.operations(Progress.HELD)) == 120
    assert "Held: it is late" in words_of(world.slack.card(ana.dm))
    world.person("bo").at_card(decision, value=world.operations(Progress.HELD)[7].id)
    world.tick()
    assert world.operations(Progress.HELD) == []
    assert "No run is held any more." in words_of(world.slack.messages("approvals"))
    assert len(world.api.calls(CREATE)) == (120 if decision == "run_late" else 0)


@ON_SQLITE
def test_a_sheet_comes_again_and_again(world: World) -> None:
    ana = pastes(world, consumers(2)).fills(when="repeat")
    assert ana.was_told("The next 5 on the clock of Europe/Brussels")
    every = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    ana.submits(when_days=every, when_time="09:00", when_zone="Asia/Tokyo")
    world.tick()
    agree(world, "bo")
    for day in (1, 2):
        world.passes(days=1)
        assert len(world.operations(Progress.DONE)) == 2 * day
        assert len(file(world, "single_use.create-2")[1]) == 2
    assert world.request().state is Consent.GRANTED
    assert len([said for said in replies(world, ana) if said.get("files")]) == 2
    assert "*Rows:* 4 done" in words_of(world.slack.card())
    ana.at_own_card("withdraw")
    world.passes(days=1)
    assert len(world.api.calls(CREATE)) == 4


@ON_SQLITE
def test_a_report_keeps_what_was_chosen_when_it_is_drawn_again(world: World) -> None:
    _, text = sessions(world)
    ana = pastes(world, f"{text}\nodd;Void;", action="session.update")
    ana.fills(way="at_once", when="repeat").fills(when_time="10:30").fills(when="at")
    assert ana.filled["way"] == "at_once"
    assert ana.was_told("3 rows are good, 1 is not.")
    assert ana.was_told("Line 5: couponsession: A session code has 21 letters")


@ON_SQLITE
def test_the_launcher_and_the_home_tab_offer_sheets(world: World) -> None:
    cy = world.person("cy").types("/coupon").presses("sheet")
    assert cy.view["callback_id"] == "sheet"
    cy.fills(action="session.update")
    assert cy.was_told("`couponsession`*, `operation`*, `value`")
    bo = world.person("bo").opens_home().presses("sheet")
    assert bo.view["callback_id"] == "sheet"


@ON_SQLITE
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("emial\nx", "The first line has to name the columns"),
        ("campaign,emial\nx,y", "Did you mean email?"),
        ("email\na@example.test", "A column is missing: campaign."),
        ("campaign\n", "no row under the header"),
    ],
)
def test_a_sheet_that_cannot_be_read_stays_in_the_form(world: World, text: str, words: str) -> None:
    ana = pastes(world, text)
    assert words in ana.errors["pasted"]
    assert ana.filled["pasted"] == text


@ON_SQLITE
def test_neither_pasted_nor_uploaded_and_both(world: World) -> None:
    ana = world.person("ana").types("/coupon sheet single_use.create").submits()
    assert ana.errors == {"pasted": "Paste some rows."}
    ana.submits(pasted="campaign", file=[{"name": "a.csv", "content": "campaign"}])
    assert ana.errors == {"pasted": "Paste the rows or upload them, not both."}


@ON_SQLITE
def test_a_file_that_is_too_large(world: World) -> None:
    ana = world.person("ana").types("/coupon sheet single_use.create")
    ana.submits(file=[{"name": "a.csv", "content": "x" * 1_000_001}])
    assert "larger than 1 MB" in ana.errors["file"]


@ON_SQLITE
def test_a_file_of_too_many_rows(world: World) -> None:
    ana = world.person("ana").types("/coupon sheet single_use.create")
    ana.submits(file=[{"name": "a.csv", "content": "campaign\n" + "cam_1\n" * 5_001}])
    assert ana.was_told("At most 5,000 rows at a time")


@ON_SQLITE
def test_nothing_good_asks_for_nothing(world: World) -> None:
    ana = pastes(world, "campaign\nodd\n")
    assert ana.was_told("0 rows are good, 1 is not.")
    assert not ana.view.get("submit")


@ON_SQLITE
def test_a_push_takes_no_sheet(world: World) -> None:
    ana = world.person("ana").types("/coupon sheet campaign push_all")
    assert ana.was_told("“Push to everyone” is asked for one at a time.")
    assert not ana.has_modal


@ON_SQLITE
def test_a_guest_hands_in_nothing(world: World) -> None:
    gil = world.person("gil").types("/coupon sheet")
    assert not gil.has_modal


@ON_SQLITE
def test_the_same_report_submitted_twice_is_one_request(world: World) -> None:
    pastes(world, consumers(2)).submits()
    world.slack.does("redeliver", index=len(world.slack.deliveries) - 1)
    world.workers.rest()
    assert len(world.requests()) == 1


@ON_SQLITE
def test_a_withdrawn_sheet_runs_no_row(world: World) -> None:
    ana = pastes(world, consumers(2)).submits()
    world.tick()
    ana.at_own_card("withdraw")
    world.tick()
    assert world.api.calls(CREATE) == []
    assert world.request().state is Consent.WITHDRAWN


@ON_SQLITE
def test_consumers_who_are_looked_for_first_get_their_url_whatever_breaks_off(
    world: World,
) -> None:
    """A row that asks for `duplicate_check` may be sent again: nobody gets two."""
    rows = [f"{SPLASH};c{number}@example.test;email" for number in (1, 2, 1, 3)]
    world.api.fails(CREATE, times=2, drop="after")
    ana = carried_out(world, "\n".join(["campaign;email;duplicate_check", *rows]))
    assert ana.was_told("One single-use URL: 4 of 4 rows done")
    assert len(world.api.state["sessions"]["created"]) == 3
    _, found = file(world, "single_use.create-2")
    assert [row["row"] for row in found] == ["1", "2", "3", "4"]
    assert found[0]["URL"] == found[2]["URL"]
    assert len({row["URL"] for row in found}) == 3
