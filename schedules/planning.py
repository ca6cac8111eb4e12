"""What somebody says about when, as a plan. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from actions.desk import When
from actions.errors import InvalidInputs
from schedules import recurrence

PAST = timedelta(minutes=1)
"""How old a chosen moment may be: people take a while to press the button."""
MOST = 10_000


def plan(raw: Mapping[str, Any], now: datetime) -> When:
    """What the *When* section says; raises `InvalidInputs` under its fields.

    `raw` is empty (now), or has `at` (ISO, with its offset), or `crontab` and `timezone`, and
    perhaps `until` (the last day) and `runs` (how many at the most).
    """
    zone = str(raw.get("timezone") or "UTC")
    if raw.get("at"):
        _never_ends(raw)
        return When(moment(str(raw["at"]), zone, now), timezone=zone)
    if not raw.get("crontab"):
        _never_ends(raw)
        return When(timezone=zone)
    crontab, until = str(raw["crontab"]), _day(str(raw.get("until") or ""))
    try:
        first = recurrence.next_after(crontab, zone, now)
    except recurrence.BadZone as error:
        raise InvalidInputs({"when_zone": str(error)}) from None
    except recurrence.BadCrontab as error:
        raise InvalidInputs({"when_days": str(error)}) from None
    if first is None:
        raise InvalidInputs({"when_days": "This never comes round."})
    if until and first.astimezone(recurrence.zone_of(zone)).date() > until:
        raise InvalidInputs({"when_until": "That day is over before it runs for the first time."})
    return When(first, crontab, zone, until, _count(str(raw.get("runs") or "")))


def moment(iso: str, zone: str, now: datetime) -> datetime:
    """A moment that is still to come, in UTC; raises `InvalidInputs`."""
    try:
        said = datetime.fromisoformat(iso)
        local = recurrence.zone_of(zone)
        aware = said if said.tzinfo else said.replace(tzinfo=local)
        found = aware.astimezone(UTC)
    except recurrence.BadZone as error:
        raise InvalidInputs({"when_zone": str(error)}) from None
    except (ValueError, OverflowError):
        raise InvalidInputs({"when_at": "A moment looks like 2026-12-01T09:00."}) from None
    if found < now - PAST:
        raise InvalidInputs({"when_at": "That moment has passed."})
    return found


def _never_ends(raw: Mapping[str, Any]) -> None:
    for name in ("until", "runs"):
        if raw.get(name):
            raise InvalidInputs({f"when_{name}": "Only what happens again and again has an end."})


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise InvalidInputs({"when_until": "A day looks like 2026-12-24."}) from None


def _count(said: str) -> int | None:
    if not said:
        return None
    if not said.isascii() or not said.isdecimal() or not 1 <= int(said) <= MOST:
        raise InvalidInputs({"when_runs": f"A whole number from 1 to {MOST:,}."})
    return int(said)
