"""The calendar to take along: for members, on record once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from actions import rights
from actions.errors import Declined
from actions.policy import People
from bot.ics import CalendarFile, Run
from bot.stories import Stories
from schedules.calendar import Calendar, Entry, Wanted
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.queries import calendar as asked

DAYS = 90
MOST = 5_000
"""Runs in a file: calendars of people do not take many more."""
PART = 200


class CalendarFiles:
    """Gives what comes as a file; one line of the record says who took how many runs."""

    def __init__(
        self, store: Store, stories: Stories, people: People, now: Callable[[], datetime]
    ) -> None:
        self._store, self._stories, self._people, self._now = store, stories, people, now
        self._calendar = Calendar(now)

    def __call__(
        self, *, actor: str, account: str = "", days: int = DAYS, surface: str = "slack"
    ) -> CalendarFile:
        """The runs of so many days, of one account or of all; raises `Declined`."""
        rights.to_ask(self._people(actor))
        entries = self.entries(account, days)
        now, place = self._now(), dict[str, Any](surface=surface, account=account)
        return CalendarFile(
            f"vouchdesk-{now:%Y%m%d}.ics",
            lambda: self._written(entries[:MOST], actor, place),
            self._named,
            now,
            is_cut=len(entries) > MOST,
        )

    def entries(self, account: str, days: int) -> Sequence[Entry]:
        """What comes in so many days, one more than a file takes at the most."""
        now = self._now()
        with self._store.look() as tx:
            wanted = Wanted(account=account)
            return self._calendar.coming(
                tx, wanted, (now, ""), now + timedelta(days=days), MOST + 1
            )

    def runs(self, entries: Sequence[Entry]) -> Iterator[Run]:
        """Each with its story, part by part: many would not fit into memory."""
        for start in range(0, len(entries), PART):
            part = entries[start : start + PART]
            with self._store.look() as tx:
                found = asked.requests(tx, dict.fromkeys(entry.request for entry in part))
                stories = {each.id: self._stories.readable(tx, each) for each in found}
            for entry in part:
                story = stories.get(entry.request)
                if story:
                    yield Run(entry.at, story)

    def _written(
        self, entries: Sequence[Entry], actor: str, place: dict[str, Any]
    ) -> Iterator[Run]:
        """What becomes of it is on record when it is written."""
        count = 0
        for run in self.runs(entries):
            count += 1
            yield run
        with self._store.begin() as tx:
            words = f"calendar: {count:,} runs"
            note(tx, Kind.EXPORTED, actor=actor, at=self._now(), because=words, **place)

    def _named(self, id: str) -> str:
        """What somebody is called; their id, when Slack does not say."""
        try:
            return self._people(id).name
        except Declined:
            return id
