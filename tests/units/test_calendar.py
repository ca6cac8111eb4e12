"""What a calendar lists, held against what each request by itself says of its next moments."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actions.rules import Days
from actions.terms import Terms
from actions.weighing import kept
from bot.views.lines import day_words
from bot.views.spread import DEEP, Shown
from schedules.calendar import Calendar, Kind, Place, Show, Wanted
from schedules.upcoming import upcoming
from store import schema
from store.db import Store
from store.tables import Account, Consent, Request

NOW = datetime(2026, 10, 20, 7, 30, tzinfo=UTC)
BRUSSELS = "Europe/Brussels"
FAIR = kept(Terms("v1", blackout=(Days(date(2026, 10, 23), date(2026, 10, 26)),), clock=BRUSSELS))
OFF = NOW + timedelta(hours=3, minutes=7)
"""A moment that fits into no series: somebody has moved that run."""


def request(id: str, at: datetime, crontab: str = "", **also: Any) -> Request:
    given: dict[str, Any] = {
        "account": "main",
        "action": "campaign.list",
        "inputs": [{}],
        "actor": "U0ANA",
        "asked_at": NOW,
        "state": Consent.GRANTED,
        "timezone": BRUSSELS,
    }
    return Request(id=id, next_at=at, crontab=crontab, **given | also)


REQUESTS = [
    request("req_once", NOW + timedelta(days=3)),
    request("req_once_at_fair", datetime(2026, 10, 24, 9, tzinfo=UTC), terms=FAIR),
    request("req_daily", datetime(2026, 10, 20, 8, tzinfo=UTC), "0 10 * * *"),
    request("req_same", datetime(2026, 10, 20, 8, tzinfo=UTC), "0 10 * * *"),
    request("req_night", datetime(2026, 10, 21, 0, 30, tzinfo=UTC), "30 2 * * *"),
    request("req_hourly", datetime(2026, 10, 20, 8, tzinfo=UTC), "0 */3 * * *", terms=FAIR),
    request("req_fair", datetime(2026, 10, 24, 8, tzinfo=UTC), "0 10 * * *", terms=FAIR),
    request("req_last", OFF, "0 10 * * *", until=date(2026, 10, 22)),
    request("req_five", OFF, "0 10 * * *", runs=9, made=4, terms=FAIR),
    request("req_over", OFF, "0 10 * * *", runs=4, made=4),
    request("req_paused", NOW - timedelta(days=9), "0 10 * * *", state=Consent.PAUSED, runs=3),
    request("req_waiting", NOW - timedelta(days=1), "0 12 * * mon", state=Consent.WAITING),
    request("req_odd", NOW + timedelta(days=1), "every day"),
    request("req_elsewhere", NOW + timedelta(days=1), "0 10 * * *", timezone="Nowhere"),
    request("req_spent", NOW + timedelta(days=1), state=Consent.SPENT),
]
ODD = ("req_odd", "req_elsewhere")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/vouchdesk.db")
    schema.upgrade(store)
    with store.begin() as tx:
        tx.add(Account(name="main", client_id="", client_secret=""))
    with store.begin() as tx:
        for each in REQUESTS:
            tx.add(Request(**each.model_dump()))
    yield store
    store.close()


def expected(until: datetime) -> list[tuple[datetime, str]]:
    """Asked one by one; what cannot be read stands where it stands, once."""
    found = [(each.next_at or NOW, each.id) for each in REQUESTS if each.id in ODD]
    for each in REQUESTS:
        if each.id not in ODD:
            found += [(moment, each.id) for moment in upcoming(each, NOW, 1_000)]
    return sorted(key for key in found if key[0] < until)


@pytest.mark.parametrize("most", [1, 3, 20, 500])
def test_however_it_is_paged_it_lists_what_each_request_says(store: Store, most: int) -> None:
    calendar, place = Calendar(lambda: NOW), None
    until, found = NOW + timedelta(days=21), list[tuple[datetime, str]]()
    with store.look() as tx:
        while True:
            page = calendar.page(tx, Wanted(), NOW, until, place, most)
            found += [(entry.at, entry.request) for entry in page.entries]
            if not page.is_cut:
                break
            place = Place.read(str(page.entries[-1].place))
    assert found == expected(until)
    assert {id for _, id in found} == {each.id for each in REQUESTS} - {"req_over", "req_spent"}
    assert page.beyond is not None
    assert page.beyond >= until


def test_days_far_ahead_begin_in_the_middle_of_every_series(store: Store) -> None:
    since, until = NOW + timedelta(days=30), NOW + timedelta(days=37)
    with store.look() as tx:
        page = Calendar(lambda: NOW).page(tx, Wanted(), since, until, most=500)
    found = [(entry.at, entry.request) for entry in page.entries]
    assert found == [key for key in expected(until) if key[0] >= since]


def test_what_waits_alone_and_what_is_late(store: Store) -> None:
    passed = request("req_passed", NOW - timedelta(hours=1), state=Consent.WAITING)
    granted = request("req_starting", NOW - timedelta(seconds=1))
    with store.begin() as tx:
        tx.add(passed)
        tx.add(granted)
    calendar, week = Calendar(lambda: NOW), NOW + timedelta(days=7)
    with store.look() as tx:
        waiting = calendar.page(tx, Wanted(Show.WAITING), NOW, week)
        late, count = calendar.top(tx, Wanted(), 5)
    kinds = [(entry.kind, entry.request) for entry in waiting.entries]
    assert kinds == [(Kind.OVERDUE, "req_passed"), (Kind.COMING, "req_waiting")]
    assert [entry.request for entry in late.entries] == ["req_passed"]
    assert count == 1


def test_a_place_is_read_back_and_nothing_else_is() -> None:
    place = Place(Kind.HELD, (NOW + timedelta(microseconds=7), "req_1.x.0"))
    assert Place.read(str(place)) == place
    for text in ("", "2026-12-24", "9.1.req", "3.x.req", f"3.{10**30}.req"):
        assert Place.read(text) is None


def test_the_way_back_is_kept_as_far_as_a_view_remembers() -> None:
    shown, today = Shown(account="ü" * 75), date(2026, 11, 25)
    for number in range(60):
        place = Place(Kind.COMING, (NOW + timedelta(seconds=number), "req_" + "0" * 16))
        shown = Shown.read(shown.packed() | {"next": str(place)}).later()
    assert len(json.dumps(shown.packed())) < 2_600
    for _ in range(DEEP):
        assert shown.place
        shown = shown.earlier(today)
    assert shown.place
    assert not shown.earlier(today).place
    ahead = Shown(day="2026-12-20")
    assert ahead.earlier(today).day == "2026-12-06"
    assert ahead.earlier(today).earlier(today).is_first


def test_days_have_names() -> None:
    today = date(2026, 12, 30)
    assert day_words(today, today) == "Today, Wednesday 30 December"
    assert day_words(date(2026, 12, 31), today) == "Tomorrow, Thursday 31 December"
    assert day_words(date(2027, 1, 1), today) == "Friday 1 January 2027"
