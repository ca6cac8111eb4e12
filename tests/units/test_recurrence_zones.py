"""Recurrence against two other implementations: over 200 zones, ten years, and their odd nights.

What is due at a fixed hour is held against `dateutil`: its rules count naive times of day, and its
`resolve_imaginary` says what becomes of one that the clock skips. What is due every hour is held
against `croniter`. At a fixed hour croniter differs from what we promise, in two known ways: it
runs twice in the night with the doubled hour, and puts what is skipped to the end of the gap. There
the two are compared by their days: each has a run, and ours has one. On Lord Howe, whose clock is
changed by half an hour, it overlooks what is shown twice; that zone is left to `dateutil`.

`VOUCHDESK_LONG=1` looks at every zone and every change of a clock in ten years (some minutes).
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest
from croniter import croniter
from dateutil import rrule, tz

from schedules.recurrence import DAYS, is_doubled, is_skipped, moments

LONG = bool(os.environ.get("VOUCHDESK_LONG"))
BEGIN, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
HALF_AN_HOUR = ("Australia/LHI", "Australia/Lord_Howe")
WEEKDAYS = (rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA)
OTHERS = ("Etc/", "SystemV/", "posix/", "right/")
EVERY = sorted(z for z in available_timezones() if "/" in z and not z.startswith(OTHERS))
ZONES = EVERY if LONG else sorted(random.Random(7).sample(EVERY, 220))


def changes(zone: str) -> Iterator[datetime]:
    """The days, in ten years, on which the clock of the zone is changed."""
    clock, at = ZoneInfo(zone), BEGIN
    step = timedelta(days=1 if LONG else 7)
    while at < END:
        if (at + step).astimezone(clock).utcoffset() != at.astimezone(clock).utcoffset():
            low, high = at, at + step
            while high - low > timedelta(minutes=15):
                middle = low + (high - low) / 2
                same = middle.astimezone(clock).utcoffset() == low.astimezone(clock).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            yield high
        at += step


def starts(zone: str, rng: random.Random) -> list[datetime]:
    """From when to look: shortly before a change of the clock, and any time."""
    found = [*changes(zone)] if LONG else [*islice(changes(zone), rng.randrange(1, 21))][-1:]
    anytime = BEGIN + timedelta(minutes=rng.randrange(int((END - BEGIN).total_seconds() // 60)))
    return [*(at - timedelta(minutes=rng.randrange(1, 3_000)) for at in found), anytime]


def by_dateutil(
    zone: str, after: datetime, minutes: list[int], hours: list[int], days: list[int], count: int
) -> list[datetime]:
    clock = ZoneInfo(zone)
    rule = rrule.rrule(
        rrule.DAILY,
        dtstart=after.astimezone(clock).replace(tzinfo=None, fold=0) - timedelta(days=2),
        byminute=minutes,
        byhour=hours,
        bysecond=0,
        byweekday=[WEEKDAYS[day] for day in days],
    )
    walls = islice(rule, count + 24 * len(minutes) * len(hours))
    found = {tz.resolve_imaginary(wall.replace(tzinfo=clock)).astimezone(UTC) for wall in walls}
    return sorted(at for at in found if at > after)[:count]


def by_croniter(crontab: str, zone: str, after: datetime, count: int) -> list[datetime]:
    there = croniter(crontab, after.astimezone(ZoneInfo(zone)), day_or=False)
    return [there.get_next(datetime).astimezone(UTC) for _ in range(count)]


def ours(crontab: str, zone: str, after: datetime, count: int) -> list[datetime]:
    return [*islice(moments(crontab, zone, after), count)]


def listed(numbers: list[int]) -> str:
    return ",".join(map(str, numbers))


def test_there_are_zones_enough_and_their_clocks_change() -> None:
    assert len(ZONES) >= 200
    changing = [zone for zone in ZONES if next(changes(zone), None)]
    assert len(changing) > 60


def test_fixed_hours_are_those_of_dateutil_in_every_zone() -> None:
    rng = random.Random(11)
    for zone in ZONES:
        for after in starts(zone, rng):
            minutes = sorted(rng.sample(range(60), rng.randint(1, 3)))
            hours = sorted({rng.choice((0, 1, 2, 3, 23)), rng.randrange(24)})
            days = sorted(rng.sample(range(7), rng.choice((2, 7))))
            named = listed(days) if rng.random() < 0.5 else ",".join(DAYS[day] for day in days)
            crontab = f"{listed(minutes)} {listed(hours)} * * {named}"
            expected = by_dateutil(zone, after, minutes, hours, days, 12)
            assert ours(crontab, zone, after, 12) == expected, (crontab, zone, after)


def test_every_hour_is_that_of_croniter_in_every_zone() -> None:
    rng = random.Random(13)
    for zone in (zone for zone in ZONES if zone not in HALF_AN_HOUR):
        for after in starts(zone, rng):
            crontab = f"{rng.choice(('0', '5,35', '*/15', '*/20'))} * * * *"
            count = 60 if LONG else 16
            after = after if LONG else after + timedelta(hours=44)
            expected = by_croniter(crontab, zone, after, count)
            assert ours(crontab, zone, after, count) == expected, (crontab, zone, after)


def test_once_a_night_where_croniter_runs_twice_or_elsewhere() -> None:
    """Days, since of the odd nights it says something else on purpose."""
    rng, odd = random.Random(17), Counter[str]()
    for zone in ZONES:
        clock = ZoneInfo(zone)
        for after in starts(zone, rng)[:-1]:
            hour, minute = rng.choice((0, 1, 2, 2, 2, 3)), rng.randrange(60)
            crontab, after = f"{minute} {hour} * * *", after - timedelta(days=2)
            mine, theirs = ours(crontab, zone, after, 6), by_croniter(crontab, zone, after, 8)
            nights = [at.astimezone(clock).date() for at in mine]
            assert len({*nights}) == 6, (crontab, zone, after)
            assert {*nights} <= {at.astimezone(clock).date() for at in theirs}, (crontab, zone)
            for night in nights:
                wall = datetime.combine(night, time(hour, minute))
                odd["doubled"] += is_doubled(wall, clock)
                odd["skipped"] += is_skipped(wall, clock)
                if not is_doubled(wall, clock) and not is_skipped(wall, clock):
                    assert wall.replace(tzinfo=clock).astimezone(UTC) in theirs
    assert odd["doubled"] >= 3, odd
    assert odd["skipped"] >= 3, odd


@pytest.mark.skipif(not LONG, reason="takes minutes: VOUCHDESK_LONG=1")
def test_ten_years_of_every_night_in_every_zone() -> None:
    for zone in ZONES:
        clock = ZoneInfo(zone)
        nightly = moments("30 2 * * *", zone, BEGIN - timedelta(days=1), END.date())
        nights = [at.astimezone(clock).date() for at in nightly]
        assert len(nights) == len({*nights}), zone
        assert (nights[-1] - nights[0]).days == len(nights) - 1, zone
