"""The moments of many series, in a span: those that are alike are worked out once."""

import json
import logging
from bisect import bisect_right
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Any

from actions.terms import Terms
from actions.weighing import terms_of
from schedules.upcoming import is_left_out, upcoming
from store.queries.calendar import Planned
from store.tables import Consent, Request

log = logging.getLogger(__name__)

MANY = 512
"""Moments that are worked out in one go, at the most: as many again as are known."""
AN_INSTANT = timedelta(microseconds=1)


class AllSeries:
    """What a calendar asks of the series in it; `since` and `until` are its span."""

    def __init__(self, now: datetime, since: datetime, until: datetime) -> None:
        self._now, self._since, self._until = now, since, until
        self._known: dict[Hashable, OneSeries] = {}
        self._terms: dict[str, Terms] = {}

    def first(self, plan: Planned) -> datetime | None:
        """Its next run; of a series the one after it, where that is left out."""
        if not plan.crontab:
            return plan.next_at
        try:
            whole = plan.runs is None and not is_left_out(plan.next_at, self._terms_of(plan))
        except ValueError:
            whole = True  # what cannot be read is shown where it stands
        return plan.next_at if whole else self.after(plan, plan.next_at - AN_INSTANT)

    def after(self, plan: Planned, moment: datetime) -> datetime | None:
        """Its first run after that moment; None when there is none in the span."""
        if not plan.crontab:
            return None
        alike: Hashable = (plan.crontab, plan.timezone, plan.until, plan.terms)
        key = alike if plan.runs is None else plan.id  # what ends after so many is counted alone
        if key not in self._known:
            self._known[key] = OneSeries(*self._begun(plan), self._until)
        return self._known[key].after(moment)

    def _begun(self, plan: Planned) -> tuple[Request, datetime]:
        """What stands for it, or for all that are alike, and after which moment it begins."""
        stands = _row(plan)
        if plan.runs is None:
            return stands, self._since
        stands.next_at, stands.runs, stands.made = plan.next_at, plan.runs, plan.made
        return stands, max(plan.next_at - AN_INSTANT, self._now)

    def _terms_of(self, plan: Planned) -> Terms:
        if plan.terms not in self._terms:
            self._terms[plan.terms] = terms_of(_row(plan))
        return self._terms[plan.terms]


class OneSeries:
    """Its moments, worked out as far as somebody has asked."""

    def __init__(self, stands: Request, begin: datetime, until: datetime) -> None:
        self._stands, self._begin, self._until = stands, begin, until
        self._known: list[datetime] = []
        self._is_over = False

    def after(self, moment: datetime) -> datetime | None:
        """The first after that one; None when there is none in the span."""
        while not self._is_over and (not self._known or self._known[-1] <= moment):
            self._learn()
        position = bisect_right(self._known, moment)
        return self._known[position] if position < len(self._known) else None

    def _learn(self) -> None:
        count = min(MANY, max(1, len(self._known)))
        try:
            found = upcoming(self._stands, self._begin, count)
        except ValueError as error:  # of an elder release, perhaps: it spoils only itself
            log.error("a series cannot be read: %s (%s)", self._stands.crontab, error)
            found = []
        self._known += [moment for moment in found if moment < self._until]
        self._is_over = len(found) < count or found[-1] >= self._until
        if found:  # go on from there, as after that many runs
            self._begin, self._stands.next_at = found[-1], None
            self._stands.made += len(found)


def _row(plan: Planned) -> Request:
    """A request that runs as it does, whenever it does next."""
    said: dict[str, Any] = {
        "state": Consent.GRANTED,
        "crontab": plan.crontab,
        "timezone": plan.timezone,
        "until": plan.until,
        "terms": json.loads(plan.terms or "{}"),
    }
    return Request(**said)
