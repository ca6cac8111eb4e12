"""What a campaign brought: counted in the modal, whole in a file when it comes as a report."""

import csv
import io

import pytest

from tests.flows.asking import SPLASH
from tests.world import Human, World, words_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def asks(world: World, verb: str, **given: str) -> Human:
    ana = world.person("ana").types(f"/coupon campaign {verb} campaign={SPLASH}")
    return ana.submits(**given)


def test_the_usage_of_a_campaign_is_counted(world: World) -> None:
    told = words_of(asks(world, "usage").view["blocks"])
    assert f"1,240 coupon sessions of {SPLASH}" in told
    assert "*Saved*\n812" in told
    assert "and 1,220 more" in told


@pytest.mark.parametrize(
    ("verb", "what"), [("opens", "opened"), ("claims", "claimed"), ("validations", "validated")]
)
def test_each_stage_lists_those_that_came_so_far(world: World, verb: str, what: str) -> None:
    told = words_of(asks(world, verb).view["blocks"])
    assert f"coupon sessions of {SPLASH} {what}" in told


def test_a_period_goes_out_as_days(world: World) -> None:
    ana = asks(world, "claims", start_date="2020-01-01", end_date="2020-01-31")
    assert "No coupon session" in words_of(ana.view["blocks"])
    [call] = world.api.calls("/v3/campaign/claims")
    assert call["body"] == {
        "campaign": SPLASH,
        "start_date": "2020-01-01",
        "end_date": "2020-01-31",
    }
    ana = asks(world, "claims", start_date="2020-02-01", end_date="2020-01-31")
    assert ana.errors == {"end_date": "This is before the first day."}


def test_as_a_report_it_comes_with_every_session_in_a_file(world: World) -> None:
    ana = asks(world, "usage", when="repeat")
    world.tick()
    due = world.request().next_at
    assert due is not None
    world.shift += due - world.now()
    world.tick()
    [file] = world.slack.state["files"]
    heading, *rows = csv.reader(io.StringIO(world.slack.file(file["id"]).decode()))
    assert heading[:3] == ["session", "number", "state"]
    assert len({row[0] for row in rows}) == 1_240
    assert ana.was_told("1,240 coupon sessions")
