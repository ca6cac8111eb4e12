"""Whole lists, their charts and their files: what a modal and a message have no room for."""

import csv
import io
from typing import Any

import pytest

from tests.flows.asking import SPLASH, buttons
from tests.world import Human, World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

USAGE = "/v3/campaign/data"


def looks_at_usage(world: World, by: str = "ana", **given: Any) -> Human:
    person = world.person(by).types(f"/coupon campaign usage campaign={SPLASH}")
    return person.submits(**given)


def gets_a_report(world: World) -> Human:
    ana = looks_at_usage(world, when="repeat")
    world.tick()
    due = world.request().next_at
    assert due is not None
    world.shift += due - world.now()
    world.tick()
    return ana


def rows_of(world: World, file: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(world.slack.file(file["id"]).decode())))


def sheets(world: World) -> list[dict[str, Any]]:
    return [file for file in world.slack.state["files"] if file["name"].endswith(".csv")]


def pictures(world: World) -> list[dict[str, Any]]:
    return [file for file in world.slack.state["files"] if file["mimetype"] == "image/png"]


def blocks_of(shown: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in shown["blocks"] if block["type"] == kind]


def record(world: World, kind: str) -> list[tuple[str, str, str]]:
    from store import queries

    with world.bot.office.store.look() as tx:
        return [(e.actor, e.action, e.because) for e in queries.audit(tx, kind=kind)]


def test_a_report_brings_a_chart(world: World) -> None:
    ana = gets_a_report(world)
    [message] = [m for m in world.slack.messages(ana.dm) if blocks_of(m, "data_visualization")]
    [drawn] = blocks_of(message, "data_visualization")
    assert [one["name"] for one in drawn["chart"]["series"]] == ["Opened", "Claimed", "Validated"]
    assert len(drawn["chart"]["axis_config"]["categories"]) == 20
    assert pictures(world) == []


def test_where_charts_are_not_known_there_is_a_picture(world: World) -> None:
    world.slack.does("blocks", unknown=["data_visualization"])
    ana = gets_a_report(world)
    assert ana.was_told("1,240 coupon sessions")
    [picture] = pictures(world)
    assert picture["thread_ts"]
    assert "Claimed" in picture["alt_txt"]
    assert world.slack.file(picture["id"]).startswith(b"\x89PNG")
    assert len(sheets(world)) == 1


def test_a_picture_that_slack_does_not_take_stops_nothing(world: World) -> None:
    world.slack.does("blocks", unknown=["data_visualization"])
    world.slack.fails("files.getUploadURLExternal", error="internal_error")
    ana = gets_a_report(world)
    assert ana.was_told("1,240 coupon sessions")
    assert pictures(world) == []
    assert len(sheets(world)) == 1


def test_a_modal_shows_a_picture_and_its_words(world: World) -> None:
    ana = looks_at_usage(world)
    [image] = blocks_of(ana.view, "image")
    [picture] = pictures(world)
    assert image["slack_file"] == {"id": picture["id"]}
    assert "Opened:" in image["alt_text"]
    assert picture["channels"] == []


def test_a_modal_without_its_picture_has_the_words(world: World) -> None:
    world.slack.fails("files.completeUploadExternal", error="internal_error")
    ana = looks_at_usage(world)
    assert blocks_of(ana.view, "image") == []
    assert "Opened:" in words_of(ana.view["blocks"])


def test_the_whole_list_comes_page_by_page_into_the_direct_messages(world: World) -> None:
    world.api.reset(sessions=20_000)
    ana = looks_at_usage(world)
    assert "and 4,980 more" in words_of(ana.view["blocks"])
    ana.presses("whole:modal", view_id=ana.view["id"])
    assert "page by page" in words_of(ana.view["blocks"])
    [file] = sheets(world)
    assert file["channels"] == [ana.dm]
    heading, *rows = rows_of(world, file)
    assert heading[:3] == ["session", "number", "state"]
    assert len(rows) == len({row[0] for row in rows}) == 20_000
    pages = [call["body"].get("page") for call in world.api.calls(USAGE)]
    assert pages == [None, 1, 2, 3, 4, 5]
    assert record(world, "exported") == [("U0ANA", "campaign.usage", "campaign.usage: 20,000 rows")]
    assert ana.was_told("20,000 rows")


def test_a_period_holds_for_the_whole_list_too(world: World) -> None:
    ana = looks_at_usage(world, start_date="2020-01-01")
    ana.presses("whole:modal", view_id=ana.view["id"])
    assert world.api.calls(USAGE)[-1]["body"] == {
        "campaign": SPLASH,
        "start_date": "2020-01-01",
        "page": 1,
    }


def test_the_whole_list_can_be_had_from_a_report(world: World) -> None:
    ana = gets_a_report(world)
    message = next(m for m in world.slack.messages(ana.dm) if "whole:message" in buttons(m))
    ana.presses("whole:message", ts=message["ts"], channel=ana.dm)
    assert [len(rows_of(world, file)) for file in sheets(world)] == [1_241, 1_241]


def test_only_who_asked_or_an_approver_gets_it_from_a_report(world: World) -> None:
    gets_a_report(world)
    run = world.operations()[-1].id
    whole = world.bot.office.exporting(world.bot.desk).of_run
    with pytest.raises(Exception, match="Only approvers and the person who asked"):
        whole(run, actor="U0GIL")
    assert whole(run, actor="U0BO").columns[0] == "session"
    assert [who for who, _, _ in record(world, "declined")] == ["U0GIL"]


def test_somebody_who_became_a_guest_is_declined_and_told(world: World) -> None:
    ana = looks_at_usage(world)
    world.slack.does("person", user="ana", is_restricted=True)
    world.bot.people.forget()
    ana.presses("whole:modal", view_id=ana.view["id"])
    assert ana.was_told("Guests and people from outside")
    assert sheets(world) == []
    assert [who for who, _, _ in record(world, "declined")] == ["U0ANA"]


def test_a_question_is_kept_for_a_day(world: World) -> None:
    ana = looks_at_usage(world)
    world.later(days=2)
    world.person("bo").types("/coupon campaign list").submits()
    ana.presses("whole:modal", view_id=ana.view["id"])
    assert ana.was_told("Ask it again")
    assert sheets(world) == []


def test_a_page_that_fails_once_is_read_again(world: World) -> None:
    ana = looks_at_usage(world)
    world.api.fails(USAGE, drop="before")
    ana.presses("whole:modal", view_id=ana.view["id"])
    [file] = sheets(world)
    assert len(rows_of(world, file)) == 1_241


def test_a_list_that_breaks_off_is_no_file(world: World) -> None:
    ana = looks_at_usage(world)
    world.api.fails(USAGE, times=1, error_code=502)
    ana.presses("whole:modal", view_id=ana.view["id"])
    assert ana.was_told("It broke off after 0 rows, so there is no file.")
    assert sheets(world) == []
    [(who, action, because)] = record(world, "broken_off")
    assert (who, action) == ("U0ANA", "campaign.usage")
    assert "after 0 rows" in because


def test_a_file_that_slack_does_not_take_is_told(world: World) -> None:
    ana = looks_at_usage(world)
    world.slack.fails("files.completeUploadExternal", error="file_upload_size_restricted")
    ana.presses("whole:modal", view_id=ana.view["id"])
    assert ana.was_told("Slack did not take it (file_upload_size_restricted)")
    assert sheets(world) == []


def test_all_campaigns_in_a_file(world: World) -> None:
    world.api.reset(campaigns=1_000)
    ana = world.person("ana").types("/coupon campaign list").submits()
    ana.presses("whole:modal", view_id=ana.view["id"])
    [file] = sheets(world)
    rows = rows_of(world, file)
    assert rows[0][0] == "campaign"
    assert len({row[0] for row in rows[1:]}) == 1_003


def test_a_short_list_needs_no_file(world: World) -> None:
    ana = world.person("ana").types("/coupon directory list").submits()
    assert "Whole list" not in words_of(ana.view["blocks"])


def test_a_list_already_in_hand_is_sent_at_once(world: World) -> None:
    ana = world.person("ana").types("/coupon loyalty users loyaltycard=loy_500").submits()
    assert "in your messages with me, as CSV" in words_of(ana.view["blocks"])
    [file] = sheets(world)
    assert file["channels"] == [ana.dm]
    assert len(rows_of(world, file)) > 21


def test_a_list_in_hand_that_slack_does_not_take_is_told_in_the_modal(world: World) -> None:
    world.slack.fails("files.getUploadURLExternal", error="internal_error")
    ana = world.person("ana").types("/coupon loyalty users loyaltycard=loy_500").submits()
    told = words_of(ana.view["blocks"])
    assert "loyalty users" in told
    assert "The file could not be sent." in told
