"""Killed at random while people work, in short; `make chaos` is the long form."""

from contextlib import ExitStack
from dataclasses import replace

import httpx
import pytest

from store.tables import Progress
from tests.chaos.crowd import Click, Journal
from tests.chaos.ground import database, postgres
from tests.chaos.judge import Remembered, Verdict, judge
from tests.chaos.storm import storm
from tests.chaos.wishes import Wish
from tests.flows.asking import SPLASH, agree
from tests.world import World

KILLS = 4
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_killed_at_random_it_loses_nothing_and_sends_nothing_twice(kind: str) -> None:
    with ExitStack() as running:
        server = running.enter_context(postgres()) if kind == "postgres" else None
        at = running.enter_context(database(kind, server))
        verdict, weather = storm(at, KILLS, seed=7)
    assert faults(verdict) == []
    assert weather.kills >= KILLS
    assert verdict.states[Progress.DONE] > 0


def faults(verdict: Verdict) -> list[str]:
    return verdict.lost + verdict.sent_twice + verdict.unfounded + verdict.untold


def pushed(world: World) -> Journal:
    """One push that went well, and what people know of it."""
    given = {"campaign": SPLASH, "message": "C1"}
    request = world.bot.desk.ask("campaign.push_all", given, actor="U0ANA", token="C1")
    world.tick()
    agree(world, "bo", "cy")
    world.tick()
    clicks = [Click(request.id, person, late=False) for person in ("U0BO", "U0CY")]
    return Journal([Wish("C1", "push", [given], token="C1", heard=True)], clicks)


def remembered(world: World) -> Remembered:
    return Remembered(world.api.state, world.api.calls(), world.slack.state["messages"])


@ON_SQLITE
def test_the_judge_sees_what_is_lost_or_sent_twice(world: World, http: httpx.Client) -> None:
    journal, store = pushed(world), world.bot.office.store
    seen = remembered(world)
    assert faults(judge(store, journal, seen)) == []

    asked_for = Journal([*journal.wishes, Wish("C2", "push", [{}], token="C2", heard=True)])
    assert judge(store, asked_for, seen).lost == ["C2: it was said to be on record, and is not"]
    clicked = Journal(journal.wishes, [*journal.clicks, journal.clicks[0]])
    assert "U0BO was heard 2 times, 1 are on record" in judge(store, clicked, seen).lost[0]
    told = [{"user": "U0BO", "text": "The database is busy. Nothing was saved; please try again."}]
    assert judge(store, clicked, replace(seen, whispers=told)).lost == []
    cards = [said for said in seen.messages if said.get("thread_ts")]
    assert len(judge(store, journal, replace(seen, messages=cards)).untold) == 2
    threads = [said for said in seen.messages if not said.get("thread_ts")]
    [untold] = judge(store, journal, replace(seen, messages=threads)).untold
    assert "of 1 endings 0 were told" in untold
    assert judge(store, journal, replace(seen, messages=[*seen.messages] * 2)).told_twice > 0

    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    given = {"campaign": SPLASH, "message": "C1"}
    http.post(f"{world.api.url}/v3/coupon/pushnotification/all", json=given, headers=keys)
    [twice] = judge(store, journal, remembered(world)).sent_twice
    assert twice == "C1: sent 2 times, executed 2, on record {<Progress.DONE: 'done'>: 1}"
    world.api.reset()
    [lost] = judge(store, journal, remembered(world)).lost
    assert lost == "C1: done 1 times by the record, 0 by Coupontools"
