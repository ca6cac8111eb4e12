"""Crontabs to moments: weekdays as people count them, and the two odd nights of the year."""

from datetime import UTC, datetime, timedelta

import pytest

from schedules.recurrence import BadCrontab, BadZone, next_after, preview

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


def test_a_skipped_hour_does_not_lose_the_day_after() -> None:
    found = moments("30 2 * * *", "2027-03-27T12:00", 2)
    assert found[-1] in ("Mon 03-29 00:30", "Tue 03-30 00:30")


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
