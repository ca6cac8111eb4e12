"""Moments and series as people read them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = (
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
)


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def moment(at: datetime, zone: str = "UTC") -> str:
    """A moment in mrkdwn: every reader sees it in their own zone."""
    local = at.astimezone(zone_of(zone)).strftime("%Y-%m-%d %H:%M")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{local} {zone}>"


def to_the_second(at: datetime, zone: str = "UTC") -> str:
    """The time of day in mrkdwn, with seconds: for what is about to happen."""
    local = at.astimezone(zone_of(zone)).strftime("%H:%M:%S")
    return f"<!date^{int(at.timestamp())}^{{time_secs}}|{local} {zone}>"


def span(long: timedelta) -> str:
    """`1 min 40 s`, `2 h`, `3 days`: two of its parts at the most."""
    seconds = max(0, round(long.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    parts = [
        f"{days:,} day{'' if days == 1 else 's'}" if days else "",
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes else "",
        f"{seconds % 60} s" if seconds % 60 else "",
    ]
    return " ".join([part for part in parts if part][:2]) or "0 s"


def clock_words(at: datetime, zone: str) -> str:
    """A moment in plain text, in that zone."""
    return at.astimezone(zone_of(zone)).strftime("%a %-d %b %Y, %H:%M")


def iso(seconds: int) -> str:
    """Unix seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def crontab(days: Sequence[str], time: str) -> str:
    """`0 9 * * mon,tue`; every day is `*`."""
    hour, _, minute = time.partition(":")
    chosen = [day for day, _ in DAYS if day in days]
    which = "*" if len(chosen) == len(DAYS) else ",".join(chosen)
    return f"{_number(minute)} {_number(hour)} * * {which}".strip()


def series_words(crontab: str) -> str:
    """`Monday and Friday at 09:00`; a series that is more than that stays as it is written."""
    match crontab.split():
        case [minute, hour, "*", "*", which] if minute.isdecimal() and hour.isdecimal():
            return f"{_days(which)} at {int(hour):02}:{int(minute):02}"
        case _:
            return crontab


def end_words(until: date | None, runs: int | None) -> str:
    """What follows a series: ` until 24 Dec 2026, 20 runs at the most`; nothing without an end."""
    last = f" until {until:%-d %b %Y}" if until else ""
    if runs is None:
        return last
    return f"{last}, {runs:,} runs at the most" if runs > 1 else f"{last}, once at the most"


def _days(which: str) -> str:
    named = dict(DAYS)
    if which == "*":
        return "Every day"
    if which == "mon,tue,wed,thu,fri":
        return "Every workday"
    *first, last = [named.get(day, day) for day in which.split(",")]
    return f"{', '.join(first)} and {last}" if first else f"Every {last}"


def _number(digits: str) -> str:
    return str(int(digits)) if digits.isdecimal() else digits
