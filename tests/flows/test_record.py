"""Finding lines of the record in Slack, and why something is as it is."""

import csv
import io

from tests.flows.asking import SPLASH, agree, asks_agreed_push, asks_campaign, asks_push
from tests.world import Human, World, words_of


def lines(person: Human) -> list[str]:
    """The lines that the open modal shows."""
    blocks = person.view["blocks"]
    return [words_of(b["text"]) for b in blocks if str(b.get("block_id")).startswith("line:")]


def texts(person: Human) -> str:
    """All text of the open modal, without the names that Slack gives to blocks."""
    return "\n".join(words_of(block["text"]) for block in person.view["blocks"])


def kinds(person: Human) -> list[str]:
    return [line.partition("*")[2].partition("*")[0] for line in lines(person)]


def test_an_approver_finds_what_happened_to_a_campaign(world: World) -> None:
    asks_campaign(world)
    asks_agreed_push(world)
    world.tick()
    bo = world.person("bo").types(f"/coupon-audit campaign={SPLASH} outcome=done")
    assert kinds(bo) == ["done"]
    assert SPLASH in lines(bo)[0]
    assert "campaign cam_123456, kind done. All of it" in words_of(bo.view)
    bo.types("/coupon-audit person=<@U0ANA|ana> since=1d")
    assert set(kinds(bo)) == {"asked"}
    bo.types("/coupon-audit since=2020-01-01 until=2020-02-01")
    assert bo.was_told("Nothing on record matches.")


def test_lines_are_found_by_what_was_said(world: World) -> None:
    asks_campaign(world)
    world.person("bo").at_card("refuse").submits(reason="Far Too Early")
    bo = world.person("bo").types("/coupon-audit too early")
    assert kinds(bo) == ["refused"]


def test_each_line_leads_to_its_whole_story(world: World) -> None:
    asks_push(world)
    agree(world, "bo", "cy")
    world.tick()
    bo = world.person("bo").types("/coupon-audit outcome=done")
    bo.presses("why", view_id=bo.view["id"], value=world.request().id)
    words = texts(bo)
    for told in (
        *("U0ANA on main, through slack", "input Message", "Summer", "2 of 2, U0BO, U0CY"),
        *("needs", "yes of U0BO", "as approver", "started", "late", "campaign_push_all"),
        *("confirmed after 1 try, HTTP 200", " ms", "granted by U0CY", "card for the approvers"),
    ):
        assert told in words, told
    bo.types(f"/coupon why {world.operations()[0].id}")
    assert texts(bo) == words


def test_private_inputs_are_masked_on_that_page(world: World) -> None:
    email = "ada.lovelace@example.test"
    bo = world.person("bo").types(f"/coupon message email email={email}")
    bo.submits(campaign=SPLASH, subject="For you")
    world.tick()
    world.person("cy").types(f"/coupon why {world.request().id}")
    page = words_of(world.person("cy").view)
    assert "a…t" in page
    assert email not in page


def test_others_see_what_they_did_themselves(world: World) -> None:
    world.slack.does("usergroup", usergroup="coupon-operators", users=[])
    asks_campaign(world, "bo")
    asks_campaign(world, "ana")
    ana = world.person("ana").types("/coupon-audit")
    assert kinds(ana) == ["asked"]
    assert "You see what you did yourself." in words_of(ana.view)
    assert "record:csv" not in str(ana.view)
    bo, mine = world.requests()
    ana.types(f"/coupon why {mine.id}")
    assert "waiting by runner" in words_of(ana.view)
    ana.types(f"/coupon why {bo.id}")
    assert ana.was_told("Only approvers, operators and the person who asked can see this.")
    ana.types("/coupon-audit person=<@U0BO>")
    assert ana.was_told("Only approvers and operators can see what others did.")
    ana.types("/coupon-audit outcome=declined")
    assert kinds(ana) == ["declined", "declined"]


def test_pages_are_turned_there_and_back(world: World) -> None:
    for _ in range(9):
        asks_campaign(world)
    bo = world.person("bo").types("/coupon-audit")
    first = lines(bo)
    assert len(first) == 15
    bo.presses("record:older", view_id=bo.view["id"])
    second = lines(bo)
    assert len(second) == 3
    assert not {*first} & {*second}
    bo.presses("record:newer", view_id=bo.view["id"])
    assert lines(bo) == first


def test_a_line_about_no_request_has_a_page_too(world: World) -> None:
    world.person("ana").types("/coupon session search").submits(email="mia.vos@example.test")
    bo = world.person("bo").types("/coupon-audit outcome=read")
    [block] = [b for b in bo.view["blocks"] if str(b.get("block_id")).startswith("line:")]
    bo.presses("why", view_id=bo.view["id"], value=block["accessory"]["value"])
    page = words_of(bo.view)
    assert "read by U0ANA" in page
    assert "session_search" in page
    assert "mia.vos" not in page


def test_what_is_not_on_record_has_no_story_and_is_not_repeated(world: World) -> None:
    bo = world.person("bo").types("/coupon why +32470999888")
    assert bo.was_told("Nothing of that id is on record.")
    bo.types("/coupon why 999999")
    assert bo.was_told("The record has no line 999999.")
    bo.types("/coupon why")
    assert bo.was_told("Say of what")
    bo.types("/coupon-audit outcome=nonsense")
    assert bo.was_told("There is no outcome")
    bo.types("/coupon-audit size=9")
    assert bo.was_told("Lines are not found by")


def test_an_approver_takes_the_lines_along_as_a_file(world: World) -> None:
    asks_campaign(world)
    bo = world.person("bo").types("/coupon-audit action=campaign.create")
    bo.presses("record:csv", view_id=bo.view["id"])
    file = world.slack.state["files"][-1]
    rows = [*csv.reader(io.StringIO(world.slack.file(file["id"]).decode()))]
    assert [row[rows[0].index("kind")] for row in rows[1:3]] == ["asked", "waiting"]
    assert ["# filter", "action campaign.create"] in rows
    assert rows[-1] == ["# lines", "2"]
    bo.types("/coupon-audit outcome=exported")
    assert "2 lines, action campaign.create" in lines(bo)[0]


def test_help_says_how_lines_are_found(world: World) -> None:
    assert world.person("ana").types("/coupon-audit help").was_told("found by `person`")
