"""The next moments of a request: until its end, and without blackout days."""

from datetime import UTC, date, datetime, time
from typing import Any

from actions.desk import When
from actions.rules import Days
from actions.terms import Terms
from actions.weighing import kept
from schedules.upcoming import planned, upcoming
from store.tables import Consent, Request

BRUSSELS, NINE = "Europe/Brussels", "0 9 * * *"
CHRISTMAS = Terms("v1", blackout=(Days(date(2026, 12, 24), date(2026, 12, 26)),), clock=BRUSSELS)


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def series(**also: Any) -> Request:
    row: dict[str, Any] = {"crontab": NINE, "timezone": BRUSSELS, "state": Consent.GRANTED}
    return Request(**{**row, **also})


def days(moments: list[datetime]) -> list[str]:
    assert {moment.time() for moment in moments} <= {time(8)}
    return [f"{moment:%m-%d}" for moment in moments]


def test_a_series_goes_on_until_its_last_day_on_its_own_clock() -> None:
    ends = series(until=date(2026, 12, 3))
    assert days(upcoming(ends, at("2026-12-01T09:00"))) == ["12-02", "12-03"]
    late = series(crontab="30 23 * * *", timezone="America/New_York", until=date(2026, 12, 3))
    last = upcoming(late, at("2026-12-03T12:00"))
    assert last == [at("2026-12-04T04:30")], "it is the third there until five in the morning"


def test_a_series_ends_with_its_runs_those_that_came_due_counted() -> None:
    assert len(upcoming(series(runs=7), at("2026-12-01T09:00"), 20)) == 7
    assert len(upcoming(series(runs=7, made=5), at("2026-12-01T09:00"), 20)) == 2
    assert upcoming(series(runs=7, made=7), at("2026-12-01T09:00")) == []


def test_blackout_days_are_left_out_and_do_not_count() -> None:
    free = series(terms=kept(CHRISTMAS), runs=3)
    assert days(upcoming(free, at("2026-12-22T09:00"))) == ["12-23", "12-27", "12-28"]
    night = kept(CHRISTMAS) | {"clock": "Pacific/Auckland"}
    there = series(crontab="0 13 * * *", timezone="UTC", terms=night)
    found = [f"{moment:%m-%d}" for moment in upcoming(there, at("2026-12-22T00:00"), 3)]
    assert found == ["12-22", "12-26", "12-27"], "at 13:00 it is the next day in Auckland"


def test_thousands_of_moments_on_blackout_days_take_no_time() -> None:
    long = Terms("v1", blackout=(Days(date(2026, 1, 1), date(2027, 12, 31)),), clock="UTC")
    each_minute = series(crontab="* * * * *", timezone="UTC", terms=kept(long))
    assert upcoming(each_minute, at("2026-06-01T00:00"), 1) == [at("2028-01-01T00:00")]


def test_it_begins_with_the_run_that_is_due_next() -> None:
    """Its brake may have put that off a little; a run that was moved away is not there."""
    braked = series(next_at=at("2026-12-01T08:01"))
    found = upcoming(braked, at("2026-12-01T08:00"), 2)
    assert found == [at("2026-12-01T08:01"), at("2026-12-02T08:00")]
    moved = series(next_at=at("2026-12-03T08:00"))
    assert days(upcoming(moved, at("2026-11-30T00:00"), 2)) == ["12-03", "12-04"]
    closed = series(next_at=at("2026-12-24T08:00"), terms=kept(CHRISTMAS))
    assert days(upcoming(closed, at("2026-12-23T09:00"), 1)) == ["12-27"]


def test_once_is_once_and_what_is_over_never_comes() -> None:
    once = Request(state=Consent.WAITING, planned_at=at("2026-12-24T09:00"), crontab="")
    assert upcoming(once, at("2026-12-01T00:00")) == [at("2026-12-24T09:00")]
    assert upcoming(once, at("2026-12-24T09:00")) == []
    assert upcoming(Request(state=Consent.WAITING, crontab=""), at("2026-12-01T00:00")) == []
    for state in (Consent.WITHDRAWN, Consent.SPENT, Consent.REFUSED):
        assert upcoming(series(state=state), at("2026-12-01T00:00")) == []


def test_the_same_is_said_before_anybody_has_asked() -> None:
    when = When(at("2026-12-23T08:00"), NINE, BRUSSELS, until=date(2026, 12, 30), runs=3)
    assert days(planned(when, CHRISTMAS, at("2026-12-22T09:00"))) == ["12-23", "12-27", "12-28"]
    assert planned(When(at("2026-12-24T09:00")), CHRISTMAS, at("2026-12-22T09:00")) == [
        at("2026-12-24T09:00")
    ]
    assert planned(When(), CHRISTMAS, at("2026-12-22T09:00")) == []
