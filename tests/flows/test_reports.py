"""A report of a day or week: asked for once, or posted in a channel again and again."""

import json
from datetime import date, timedelta

import pytest

from store.kinds import Kind
from store.tables import Consent
from tests.flows.asking import SPLASH, campaign_of
from tests.world import Human, World, words_of

WEEK = timedelta(days=7)


def asks(world: World, by: str = "ana", **given: object) -> Human:
    """Fill in the form and submit it."""
    return world.person(by).types("/coupon campaign report").submits(**given)


def runs(world: World) -> None:
    """Let it be the moment of the next run."""
    due = world.request().next_at
    assert due is not None
    world.shift += max(due - world.now(), timedelta())
    world.tick()


def counted(world: World, moment: str, first: date, last: date) -> int:
    """To how many coupons of the campaign this has happened in those days, by its whole list."""
    found = world.bot.desk.read("campaign.usage", {"campaign": SPLASH}, actor="U0ANA").output
    days = [str(getattr(used.status, moment))[:10] for used in found.data]  # type: ignore[attr-defined]  # usage
    return sum(f"{first}" <= day <= f"{last}" for day in days)


def posted(world: World, channel: str = "marketing") -> list[str]:
    return [words_of(message["blocks"]) for message in world.slack.messages(channel)]


@pytest.fixture(autouse=True)
def in_busy_times(world: World) -> None:
    """Two months ago, things have happened every day."""
    world.shift -= timedelta(days=60)


def test_a_report_is_asked_for_once_and_shown_to_who_asks(world: World) -> None:
    ana = asks(world, campaign=SPLASH)
    told = words_of(ana.view["blocks"])
    last = world.now().date() - timedelta(days=1)
    first = last - timedelta(days=6)
    assert f"Summer splash, {first} to {last}" in told
    for moment in ("open_date_utc", "claim_date_utc", "validation_date_utc"):
        assert f" {counted(world, moment, first, last):,}\n" in told
    then = counted(world, "open_date_utc", first - WEEK, last - WEEK)
    assert then and (f"on {then:,} the week before" in told or "as many as" in told)
    assert posted(world) == [] and world.requests() == []


def test_of_a_day_the_same_day_a_week_before_is_beside_it(world: World) -> None:
    told = words_of(asks(world, campaign=SPLASH, period="day").view["blocks"])
    last = world.now().date() - timedelta(days=1)
    assert f"*Summer splash, {last}*" in told and "a week before" in told


def test_without_a_campaign_it_is_about_all_that_are_active(world: World) -> None:
    told = words_of(asks(world).view["blocks"])
    assert "All active campaigns" in told and "Student night" in told
    assert "Winter warmers" not in told


def test_every_week_it_is_posted_in_a_channel(world: World) -> None:
    ana = asks(world, campaign=SPLASH, channel="C0MARKETING", when="repeat")
    assert ana.answer["ok"] and not ana.has_modal, ana.answer
    world.tick()
    [begun] = posted(world)
    assert "comes here from now on, as Ana Costa has asked" in begun
    assert "Report" in world.person("ana").opens_home().home
    runs(world)
    [_, report] = world.slack.messages("marketing")
    assert report["blocks"][-1]["elements"][0]["text"].startswith("Asked for by Ana Costa")
    [chart] = [block for block in report["blocks"] if block["type"] == "data_visualization"]
    assert [line["name"] for line in chart["chart"]["series"]] == ["Opened", "Claimed", "Validated"]
    assert len(chart["chart"]["axis_config"]["categories"]) == 14
    assert ana.was_told("Summer splash, ")
    assert (Kind.POSTED, ana.id) in world.trail(world.request().id)
    runs(world)
    assert len(posted(world)) == 3
    secret = [session.person for session in campaign_of("Summer splash").sessions]
    whole = json.dumps(world.slack.messages("marketing"))
    assert not [person for person in secret if person.email in whole]


def test_told_twice_it_is_posted_once(world: World) -> None:
    asks(world, campaign=SPLASH, channel="C0MARKETING")
    world.tick()
    assert len(posted(world)) == 1
    world.stops()
    world.starts()
    with world.bot.office.store.begin() as tx:
        from sqlalchemy import update

        from store.tables import Notice

        tx.execute(update(Notice).values(told_at=None))
    world.tick()
    assert len(posted(world)) == 1


def test_paused_nothing_comes_and_afterwards_it_goes_on(world: World) -> None:
    asks(world, campaign=SPLASH, channel="C0MARKETING", when="repeat")
    world.tick()
    stopping = world.bot.office.stopping(world.bot.people)
    stopping.pause(world.request().id, 1, actor="U0ANA")
    assert world.request().state is Consent.PAUSED
    world.passes(days=8)
    assert len(posted(world)) == 1
    stopping.resume(world.request().id, world.request().version, actor="U0BO")
    runs(world)
    assert len(posted(world)) == 2


def test_where_the_bot_is_not_a_member_it_says_so_at_once_and_later_posts(world: World) -> None:
    world.slack.does("member", channel="audit", user="U0BOT", member=False)
    ana = asks(world, campaign=SPLASH, channel="C0AUDIT", when="repeat")
    world.tick()
    assert ana.was_told("It is not posted in <#C0AUDIT>. I cannot write there. Invite me")
    runs(world)
    assert posted(world, "audit") == [] and ana.was_told("Summer splash, ")
    world.slack.does("member", channel="audit", user="U0BOT", member=True)
    runs(world)
    [report] = posted(world, "audit")
    assert "Summer splash" in report


def test_who_is_neither_operator_nor_approver_has_no_channel_told(world: World) -> None:
    world.slack.does("usergroup", usergroup="coupon-operators", users=["U0BO"])
    world.bot.people.forget()
    ana = asks(world, campaign=SPLASH, channel="C0MARKETING", when="repeat")
    assert "Only operators and approvers can have it posted" in words_of(ana.view["blocks"])
    assert world.requests() == []


def test_who_is_no_operator_any_more_has_no_channel_told_either(world: World) -> None:
    ana = asks(world, campaign=SPLASH, channel="C0MARKETING", when="repeat")
    world.tick()
    world.slack.does("usergroup", usergroup="coupon-operators", users=["U0BO"])
    world.bot.people.forget()
    runs(world)
    assert len(posted(world)) == 1
    assert ana.was_told("It is not posted in <#C0MARKETING>. Only operators and approvers")


def test_a_channel_can_be_typed_and_a_person_is_no_channel(world: World) -> None:
    ana = world.person("ana").types("/coupon campaign report channel=#marketing")
    assert ana.block("channel")["element"]["initial_conversation"] == "C0MARKETING"
    ana = world.person("ana").types("/coupon campaign report channel=U0BO")
    assert "Not usable here" in words_of(ana.view["blocks"])


def test_where_slack_draws_no_chart_a_picture_stands_in_the_thread(world: World) -> None:
    world.slack.does("blocks", unknown=["data_visualization"])
    asks(world, campaign=SPLASH, channel="C0MARKETING")
    world.tick()
    report, picture = world.slack.messages("marketing")
    assert "data_visualization" not in json.dumps(report["blocks"])
    assert picture["thread_ts"] == report["ts"]
    [file] = [f for f in world.slack.state["files"] if f["id"] in picture["files"]]
    assert world.slack.file(file["id"]).startswith(b"\x89PNG")
    assert file["alt_txt"].startswith("Coupons used by day (UTC), ")


def test_when_the_account_does_not_answer_nothing_is_posted_and_it_is_tried_again(
    world: World,
) -> None:
    world.api.fails("/v3/campaign/claims", times=4, status=500)
    asks(world, campaign=SPLASH, channel="C0MARKETING")
    world.tick()
    assert len(posted(world)) == 1
