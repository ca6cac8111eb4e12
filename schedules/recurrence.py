"""A crontab and a zone to moments. Pure.

Weekdays are numbered as people and cron mean them (0 and 7 are Sunday), which is not how
APScheduler counts. It finds times of day on a clock that never changes; what the clock of a zone
makes of them is decided here:

- A fixed hour (`30 2 * * *`) runs once a night: the first time, where the clock shows it twice; and
  where the clock skips it, as much later as the clock was put forward.
- An hour that is written with a star (`*/15 * * * *`) follows the hours that there are: both of the
  doubled one, none in the skipped one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
BY_NAME: Mapping[str, int] = {day: number for number, day in enumerate(DAYS)} | {
    str(number): number % 7 for number in range(8)
}
PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-7]))?")
"""What stands between the commas of a weekday: `*`, `1`, `mon-fri`, `5-7`, `*/2`."""
A_DAY, AN_INSTANT = timedelta(days=1), timedelta(microseconds=1)


@dataclass(frozen=True)
class Oddity:
    """What a change of the clock does to a moment."""

    what: str = ""
    """`put off`, since the clock skips it; `first`, `second` or `both` of an hour shown twice."""
    meant: datetime | None = None
    """The time of day that the clock skips."""


class BadCrontab(ValueError):
    """This does not say when it repeats: five fields, minute hour day month weekday."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class BadZone(ValueError):
    """There is no such time zone; one looks like Europe/Brussels."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; raises `BadZone`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadZone from None


def moments(
    crontab: str, zone: str, after: datetime, until: date | None = None
) -> Iterator[datetime]:
    """Every moment after `after`, in UTC, to the end of the day `until` on the zone's clock.

    Raises `BadCrontab` or `BadZone`.
    """
    clock, trigger = zone_of(zone), _trigger(crontab)
    walls = _walls(trigger, _earliest(clock, after))
    found = _real(walls, clock) if _is_real(crontab) else _nightly(walls, clock)
    for moment in found:
        if until and moment.astimezone(clock).date() > until:
            return
        if moment > after:
            yield moment


def next_after(crontab: str, zone: str, after: datetime) -> datetime | None:
    """The first moment after `after`, in UTC; None when there is none. Raises `BadCrontab`."""
    return next(moments(crontab, zone, after), None)


def preview(crontab: str, zone: str, after: datetime, count: int = 5) -> list[datetime]:
    """The next moments, in UTC."""
    return [*islice(moments(crontab, zone, after), count)]


def oddity(crontab: str, zone: str, moment: datetime) -> Oddity:
    """What is odd about a moment of a series, or, without a crontab, about a single one."""
    clock = zone_of(zone)
    local = moment.astimezone(clock)
    wall = local.replace(tzinfo=None, fold=0)
    if is_doubled(wall, clock):
        of_one = "second" if local.fold else "first"
        return Oddity("both" if crontab and _is_real(crontab) else of_one)
    forward = _ahead(moment, clock) - _ahead(moment - A_DAY, clock)
    meant = wall - forward
    if crontab and is_skipped(meant, clock) and not _is_real(crontab):
        trigger = _trigger(crontab)
        if _shows(trigger, meant) and not _shows(trigger, wall):
            return Oddity("put off", meant)
    return Oddity()


def _is_real(crontab: str) -> bool:
    """Whether it follows the hours that there are."""
    return crontab.split()[1].startswith("*")


def _shows(trigger: CronTrigger, wall: datetime) -> bool:
    return next(_walls(trigger, wall), None) == wall


def is_skipped(wall: datetime, clock: ZoneInfo) -> bool:
    """Whether the clock never shows this time."""
    before, after = _offsets(wall, clock)
    return after > before


def is_doubled(wall: datetime, clock: ZoneInfo) -> bool:
    """Whether the clock shows this time twice."""
    before, after = _offsets(wall, clock)
    return after < before


def _offsets(wall: datetime, clock: ZoneInfo) -> tuple[timedelta, timedelta]:
    """By how much the clock is ahead before a change at that time and after it."""
    first, second = (wall.replace(tzinfo=clock, fold=fold).utcoffset() for fold in (0, 1))
    return first or timedelta(), second or timedelta()


def _earliest(clock: ZoneInfo, after: datetime) -> datetime:
    """A time of day before which nothing can come to lie after `after`."""
    ahead = min(_ahead(after + step, clock) for step in (-A_DAY, 0 * A_DAY, A_DAY))
    return after.astimezone(UTC).replace(tzinfo=None) + ahead


def _ahead(moment: datetime, clock: ZoneInfo) -> timedelta:
    """By how much the clock is ahead of UTC then."""
    return moment.astimezone(clock).utcoffset() or timedelta()


def _walls(trigger: CronTrigger, wall: datetime) -> Iterator[datetime]:
    """Times of day from `wall` on, as a clock shows them that never changes."""
    now = wall.replace(tzinfo=UTC)
    while found := trigger.get_next_fire_time(None, now):
        yield found.replace(tzinfo=None)
        now = found + AN_INSTANT


def _nightly(walls: Iterator[datetime], clock: ZoneInfo) -> Iterator[datetime]:
    """Once a night, in order: what is put off for a skipped hour comes among what follows."""
    put_off: list[datetime] = []
    for wall in walls:
        moment = wall.replace(tzinfo=clock).astimezone(UTC)  # of a doubled hour, the first
        if is_skipped(wall, clock):
            put_off.append(moment)
            continue
        yield from (each for each in put_off if each < moment)
        put_off = [each for each in put_off if each > moment]
        yield moment
    yield from put_off


def _real(walls: Iterator[datetime], clock: ZoneInfo) -> Iterator[datetime]:
    """The hours that there are: when the clock is put back, what it shows again comes again."""
    again: list[datetime] = []
    for wall in walls:
        if is_skipped(wall, clock):
            continue
        moment = wall.replace(tzinfo=clock).astimezone(UTC)
        yield from (each for each in again if each < moment)
        again = [each for each in again if each >= moment]
        yield moment
        if is_doubled(wall, clock):
            again.append(wall.replace(tzinfo=clock, fold=1).astimezone(UTC))
    yield from again


def _trigger(crontab: str) -> CronTrigger:
    """On a clock that never changes."""
    fields = crontab.split()
    if len(fields) != 5:
        raise BadCrontab
    minute, hour, day, month, weekday = fields
    try:
        return CronTrigger(
            minute=minute,
            hour=hour,
            day=day,
            month=month,
            day_of_week=_weekdays(weekday.lower()),
            timezone=UTC,
        )
    except (ValueError, TypeError, KeyError):
        raise BadCrontab from None


def _weekdays(field: str) -> str:
    """The days by name: numbers, ranges over the weekend and steps mean other days there."""
    chosen: set[int] = set()
    for part in field.split(","):
        match = PART.fullmatch(part)
        if match is None:
            raise BadCrontab
        step = int(match["step"] or 1)
        first = BY_NAME[match["first"]] if match["first"] else 0
        last = BY_NAME[match["last"]] if match["last"] else first
        if not match["first"] or (match["step"] and not match["last"]) or part == "0-7":
            last = 6
        chosen |= {(first + n) % 7 for n in range(0, (last - first) % 7 + 1, step)}
    return ",".join(DAYS[number] for number in sorted(chosen))
