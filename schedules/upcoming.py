"""When a request runs next: until its end, and without the days that are left out. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain, islice
from zoneinfo import ZoneInfo

from actions.desk import When
from actions.policy import blackout_until
from actions.terms import Terms
from actions.weighing import terms_of
from schedules.recurrence import moments
from store.queries import OPEN
from store.tables import Request

AN_INSTANT = timedelta(microseconds=1)


def upcoming(request: Request, after: datetime, count: int = 5) -> list[datetime]:
    """The next moments of a request after `after`, in UTC, soonest first; at the most `count`.

    Of a series: none beyond its last day or its number of runs, and none on a blackout day. Of what
    is asked for once: its moment, also where a blackout day or quiet hours put it off. Nothing for
    what is to run at once or runs no more. What is stopped is shown as if it went on.
    """
    if request.state not in OPEN:
        return []
    first = request.next_at or request.planned_at
    if not request.crontab:
        return [first] if first and first > after else []
    terms = terms_of(request)
    begins = [first] if first and first > after else []  # its brake may have moved it a little
    following = _open(
        request.crontab, request.timezone, max([after, *begins]), request.until, terms
    )
    begins = [each for each in begins if not is_left_out(each, terms)]
    left = count if request.runs is None else min(count, request.runs - request.made)
    return [*islice(chain(begins, following), max(0, left))]


def planned(when: When, terms: Terms, after: datetime, count: int = 5) -> list[datetime]:
    """The same for what somebody is about to ask for."""
    if not when.crontab:
        return [when.at] if when.at else []
    left = count if when.runs is None else min(count, when.runs)
    return [*islice(_open(when.crontab, when.timezone, after, when.until, terms), left)]


def is_left_out(moment: datetime, terms: Terms) -> bool:
    """Whether it falls on a blackout day."""
    return last_blackout_day(moment, terms) is not None


def last_blackout_day(moment: datetime, terms: Terms) -> date | None:
    """The last of the blackout days in a row into which it falls; None when it falls on none."""
    over = blackout_until(terms.blackout, terms.clock, moment)
    return (over - AN_INSTANT).astimezone(ZoneInfo(terms.clock)).date() if over else None


def _open(
    crontab: str, zone: str, after: datetime, until: date | None, terms: Terms
) -> Iterator[datetime]:
    """All moments after `after` that fall on no blackout day."""
    while True:
        for moment in moments(crontab, zone, after, until):
            if over := blackout_until(terms.blackout, terms.clock, moment):
                after = over - AN_INSTANT  # not one by one: there may be thousands
                break
            yield moment
        else:
            return
