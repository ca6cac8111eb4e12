"""A crontab and a zone to moments. Pure.

Weekdays are numbered as people and cron mean them (0 and 7 are Sunday), which is not how
APScheduler counts. In the night in which an hour comes twice, a fixed hour runs once.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BY_NUMBER: Mapping[str, str] = {
    str(number): DAYS[number - 1 if number else 6] for number in range(8)
}


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


def next_after(crontab: str, zone: str, after: datetime) -> datetime | None:
    """The first moment after `after`, in UTC; None when there is none. Raises `BadCrontab`."""
    trigger, once_a_night = _trigger(crontab, zone), not _hours(crontab).startswith("*")
    now = after.astimezone(UTC) + timedelta(microseconds=1)
    while True:
        found: datetime | None = trigger.get_next_fire_time(None, now)
        if found is None:
            return None
        if not (once_a_night and found.fold):
            return found.astimezone(UTC)
        now = found.astimezone(UTC) + timedelta(microseconds=1)


def preview(crontab: str, zone: str, after: datetime, count: int = 5) -> list[datetime]:
    """The next moments, in UTC."""
    moments: list[datetime] = []
    while len(moments) < count and (found := next_after(crontab, zone, after)):
        moments.append(found)
        after = found
    return moments


def _trigger(crontab: str, zone: str) -> CronTrigger:
    fields = crontab.split()
    if len(fields) != 5:
        raise BadCrontab
    minute, hour, day, month, weekday = fields
    named = re.sub(r"(?<![\w/])[0-7](?!\w)", lambda n: BY_NUMBER[n.group()], weekday.lower())
    try:
        return CronTrigger(
            minute=minute,
            hour=hour,
            day=day,
            month=month,
            day_of_week=named,
            timezone=zone_of(zone),
        )
    except BadZone:
        raise
    except (ValueError, TypeError):
        raise BadCrontab from None


def _hours(crontab: str) -> str:
    return crontab.split()[1]
