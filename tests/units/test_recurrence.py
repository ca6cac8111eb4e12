"""Crontabs to moments: weekdays as people count them, and the two odd nights of the year."""

from datetime import UTC, datetime, timedelta

import pytest

from schedules.recurrence import BadCrontab, BadZone, next_after, oddity, preview

BRUSSELS = "Europe/Brussels"


def moments(crontab: str, after: str, count: int, zone: str = BRUSSELS) -> list[str]:
    start = datetime.fromisoformat(after).replace(tzinfo=UTC)
    return [f"{moment:%a %m-%d %H:%M}" for moment in preview(crontab, zone, start, count)]


def test_a_weekday_number_means_what_cron_means() -> None:
    assert moments("0 9 * * 1-5", "2026-11-20T12:00", 3) == [
        "Mon 11-23 08:00",
        "Tue 11-24 08:00",
        "Wed 11-25 08:00",
    ]
    for sunday in ("0", "7", "sun", "SUN"):
        assert moments(f"0 9 * * {sunday}", "2026-11-23T00:00", 1) == ["Sun 11-29 08:00"]


def test_nine_stays_nine_when_the_clock_changes() -> None:
    assert moments("0 9 * * *", "2027-03-27T00:00", 2) == ["Sat 03-27 08:00", "Sun 03-28 07:00"]


def test_a_fixed_hour_that_comes_twice_runs_once() -> None:
    assert moments("30 2 * * *", "2026-10-24T12:00", 2) == ["Sun 10-25 00:30", "Mon 10-26 01:30"]
    assert moments("0,30 2 * * *", "2026-10-24T12:00", 3) == [
        "Sun 10-25 00:00",
        "Sun 10-25 00:30",
        "Mon 10-26 01:00",
    ]


def test_every_hour_runs_in_both_of_the_doubled_hours() -> None:
    assert moments("0 * * * *", "2026-10-24T23:30", 3) == [
        "Sun 10-25 00:00",
        "Sun 10-25 01:00",
        "Sun 10-25 02:00",
    ]


def test_a_fixed_hour_that_the_clock_skips_runs_as_much_later() -> None:
    assert moments("30 2 * * *", "2027-03-27T12:00", 2) == ["Sun 03-28 01:30", "Mon 03-29 00:30"]
    both = moments("0,30 2,3 * * *", "2027-03-27T12:00", 3)
    assert both == ["Sun 03-28 01:00", "Sun 03-28 01:30", "Mon 03-29 00:00"], "one, where they meet"


def test_every_hour_does_not_run_in_the_hour_that_there_is_not() -> None:
    assert moments("*/30 * * * *", "2027-03-28T00:10", 3) == [
        "Sun 03-28 00:30",
        "Sun 03-28 01:00",
        "Sun 03-28 01:30",
    ]
    assert moments("0 */2 * * *", "2027-03-27T22:30", 2) == ["Sat 03-27 23:00", "Sun 03-28 02:00"]


def test_half_an_hour_is_shown_twice_on_lord_howe() -> None:
    found = moments("*/20 * * * *", "2025-04-05T14:30", 3, "Australia/Lord_Howe")
    assert found == ["Sat 04-05 14:40", "Sat 04-05 15:10", "Sat 04-05 15:30"]


def test_days_of_the_week_go_over_the_weekend_and_in_steps() -> None:
    start = "2026-11-23T00:00"  # a Monday
    assert moments("0 9 * * fri-mon", start, 5)[:4] == [
        "Mon 11-23 08:00",
        "Fri 11-27 08:00",
        "Sat 11-28 08:00",
        "Sun 11-29 08:00",
    ]
    assert [day[:3] for day in moments("0 9 * * */2", start, 4)] == ["Tue", "Thu", "Sat", "Sun"]
    assert len({day[:3] for day in moments("0 9 * * 0-7", start, 7)}) == 7
    assert moments("0 9 1-7 * mon", start, 1) == ["Mon 12-07 08:00"], "both have to hold"


@pytest.mark.parametrize(
    ("crontab", "at", "what"),
    [
        ("30 2 * * *", "2027-03-28T01:30", "put off"),
        ("30 2,3 * * *", "2027-03-28T01:30", ""),
        ("30 2 * * *", "2026-10-25T00:30", "first"),
        ("*/30 * * * *", "2026-10-25T01:30", "both"),
        ("", "2026-10-25T01:30", "second"),
        ("30 2 * * *", "2026-10-26T01:30", ""),
        ("0 9 * * *", "2027-03-28T07:00", ""),
    ],
)
def test_what_is_odd_about_a_moment_is_named(crontab: str, at: str, what: str) -> None:
    assert oddity(crontab, BRUSSELS, datetime.fromisoformat(at).replace(tzinfo=UTC)).what == what


def test_the_next_is_always_later() -> None:
    at = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    for _ in range(200):
        following = next_after("*/7 1-3 * * *", BRUSSELS, at)
        assert following is not None
        assert following > at
        at = following
    assert at - datetime(2026, 10, 24, 22, 0, tzinfo=UTC) < timedelta(days=12)


def test_what_never_comes_is_none() -> None:
    assert next_after("0 9 30 2 *", BRUSSELS, datetime(2026, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("crontab", ["", "0 9 * *", "0 9 * * mon,xyz", "61 9 * * *", "0 9 * * 8"])
def test_a_bad_crontab_is_said(crontab: str) -> None:
    with pytest.raises(BadCrontab):
        next_after(crontab, BRUSSELS, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd"])
def test_a_bad_zone_is_said(zone: str) -> None:
    with pytest.raises(BadZone):
        next_after("0 9 * * *", zone, datetime(2026, 1, 1, tzinfo=UTC))
