"""Is the record whole: ledger and lines are compared, and what Coupontools lists."""

from typing import Any

import httpx
from sqlalchemy import delete, update

from store import queries
from store.kinds import Kind
from store.tables import AuditEntry, StepRun
from tests.flows.asking import TEMPLATE, agree, asks_agreed_push, asks_campaign, seen
from tests.world import World


def checks(world: World) -> None:
    """Another day: it is compared, and told."""
    world.later(days=1)
    world.bot.jobs["complete"][0]()


def lines(world: World, kind: Kind) -> list[AuditEntry]:
    with world.bot.office.store.look() as tx:
        return [*reversed(queries.audit(tx, kind=kind))]


def behind_our_back(world: World, path: str, body: dict[str, Any]) -> None:
    """Somebody who has the keys calls Coupontools directly."""
    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    answer = httpx.post(f"{world.api.url}{path}", json=body, headers=keys)
    assert answer.json()["status"]["status"] == "OK", answer.text


def launches(world: World) -> None:
    asks_campaign(world)
    agree(world, "bo")
    world.tick()
    assert len(world.api.created) > 0


def test_a_record_that_is_whole_says_so_once_a_day(world: World) -> None:
    checks(world)
    launches(world)
    asks_agreed_push(world)
    world.tick()
    checks(world)
    world.bot.jobs["complete"][0]()
    first, second = lines(world, Kind.CHECKED)
    assert first.because.startswith("0 calls compared")
    assert second.because.startswith("2 calls compared; listed by Coupontools: SMS groups, camp")
    assert lines(world, Kind.GAP) == []
    assert "gap" not in seen(world, "audit")


def test_a_campaign_made_behind_our_back_is_found_and_told(world: World) -> None:
    checks(world)
    launches(world)
    behind_our_back(world, "/v3/coupon/create", {"template": TEMPLATE, "name": "Sneaky"})
    sneaky = world.api.created[-1]["ID"]
    checks(world)
    [gap] = lines(world, Kind.GAP)
    words = f"The campaign {sneaky} is at Coupontools, and no call on record has made it."
    assert (gap.because, gap.account) == (words, "main")
    assert f"The record has a gap: {words}" in seen(world, "audit")
    checks(world)
    assert len(lines(world, Kind.GAP)) == 1
    assert seen(world, "audit").count("The record has a gap") == 2  # in the text and in its block


def test_a_group_made_behind_our_back_is_found_too(world: World) -> None:
    checks(world)
    behind_our_back(world, "/v3/smstool/addgroup", {"group_name": "Mine"})
    checks(world)
    [gap] = lines(world, Kind.GAP)
    assert gap.because.startswith("The SMS group gro_")


def test_what_may_be_of_an_unclear_call_is_said_to_be(world: World) -> None:
    checks(world)
    world.api.fails("/v3/coupon/create", drop="after")
    launches(world)
    checks(world)
    [gap] = lines(world, Kind.GAP)
    assert f"it may be what is unclear of {world.operations()[0].id}." in gap.because


def test_a_line_taken_out_of_the_record_is_missed(world: World) -> None:
    launches(world)
    [run] = world.operations()
    with world.bot.office.store.begin() as tx:
        tx.execute(delete(AuditEntry).where(AuditEntry.kind == "done"))
    checks(world)
    [gap] = lines(world, Kind.GAP)
    assert gap.because == (
        f"The call 0/0 of {run.id} is in the ledger of calls, and no line of the record says so."
    )
    assert gap.request == run.request


def test_a_call_taken_out_of_the_ledger_is_missed(world: World) -> None:
    launches(world)
    with world.bot.office.store.begin() as tx:
        tx.execute(delete(StepRun))
    checks(world)
    [gap] = lines(world, Kind.GAP)
    assert gap.because.endswith("is in the record, and the ledger does not know it.")


def test_a_line_that_is_there_twice_is_seen(world: World) -> None:
    launches(world)
    with world.bot.office.store.begin() as tx:
        tx.execute(update(AuditEntry).where(AuditEntry.kind == "running").values(step="0/0"))
    checks(world)
    [gap] = lines(world, Kind.GAP)
    assert gap.because.endswith("is in the record more than once.")


def test_what_coupontools_cannot_be_asked_is_left_out(world: World) -> None:
    world.api.fails("/v3/coupon/list", error_code=100, times=9)
    checks(world)
    [checked] = lines(world, Kind.CHECKED)
    assert "campaigns" not in checked.because
    assert "webhooks" in checked.because


def test_slack_being_away_delays_the_news_of_a_gap(world: World) -> None:
    checks(world)
    behind_our_back(world, "/v3/smstool/addgroup", {"group_name": "Mine"})
    world.slack.fails("chat.postMessage", error="internal_error")
    checks(world)
    assert "gap" not in seen(world, "audit")
    world.bot.jobs["complete"][0]()
    assert "The record has a gap" in seen(world, "audit")
