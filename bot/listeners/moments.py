"""The next moments of a series, for the form in which it is chosen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.forms.when import NINE, WORKDAYS
from bot.views.times import clock_words, crontab
from schedules import recurrence


def next_moments(given: Mapping[str, Any], zone: str, now: datetime) -> dict[str, Any]:
    """What the *When* section shows under a series; nothing while it makes no sense."""
    if given.get("when") != "repeat":
        return {}
    where = str(given.get("when_zone") or zone)
    series = crontab(given.get("when_days") or WORKDAYS, given.get("when_time") or NINE)
    try:
        found = recurrence.preview(series, where, now, 3)
    except (recurrence.BadCrontab, recurrence.BadZone):
        return {}
    return {"when_preview": [clock_words(moment, where) for moment in found]}
