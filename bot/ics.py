"""The calendar as a file for other calendars (iCalendar, RFC 5545): an event for each run."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import STATUS, TRANSP, Calendar, Event

from actions.fields import shown
from actions.formats import Into
from bot.views.lines import about
from bot.views.standing import standing
from bot.views.story import Story, is_batch
from bot.views.text import cut
from bot.views.times import series_words
from store.tables import Consent

PRODUCT = "-//Vouchdesk//Calendar//EN"
LONG = timedelta(minutes=15)
"""How long an event lasts: a run is a moment, and many calendars show none of no length."""
SAFE = re.compile(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029]")
"""What has no place in a line, beside the end of it."""
NAME, WORDS = 120, 1_500
AGREED = (Consent.GRANTED, Consent.SPENT)


@dataclass(frozen=True)
class Run:
    """A run that is to come, and the request it is of."""

    at: datetime
    story: Story


@dataclass(frozen=True, eq=False)
class CalendarFile:
    """Its runs are read while it is written."""

    name: str
    runs: Callable[[], Iterable[Run]]
    named: Callable[[str], str]
    """What somebody is called, by their id."""
    now: datetime
    is_cut: bool = False
    """Whether there are more runs than it holds."""

    def write(self, into: Into) -> int:
        """Write it, event by event; says how many."""
        frame = Calendar.new(
            prodid=PRODUCT, uid="vouchdesk", name="Vouchdesk", last_modified=self.now
        )
        head, end, _ = frame.to_ical().partition(b"END:VCALENDAR")
        into.write(head)
        count = 0
        for run in self.runs():
            into.write(event(run, self.named(run.story.request.actor), self.now).to_ical())
            count += 1
        into.write(end + b"\r\n")
        return count


def event(run: Run, asker: str, now: datetime) -> Event:
    """One run. Its UID is the same in every file, so that a later one replaces it."""
    request = run.story.request
    agreed = request.state in AGREED
    return Event.new(
        uid=f"{request.id}.{run.at:%Y%m%dT%H%M%SZ}@vouchdesk",
        stamp=now,
        start=run.at,
        end=run.at + LONG,
        summary=_line(f"{run.story.action.title}: {about(run.story) or request.account}", NAME),
        description="\n".join(_line(said, WORDS) for said in _described(run.story, asker)),
        status=STATUS.CONFIRMED if agreed else STATUS.TENTATIVE,
        transparency=TRANSP.TRANSPARENT,
        categories=[_line(request.account, NAME)],
        sequence=request.version - 1,
    )


def _described(story: Story, asker: str) -> Iterator[str]:
    """Where it stands and what was asked, private inputs masked."""
    request = story.request
    yield "Agreed" if request.state in AGREED else standing(story).plain.capitalize()
    if request.reach is not None:
        yield f"Reaches: {request.reach:,}"
    if request.crontab:
        yield f"Repeats: {series_words(request.crontab)} ({request.timezone})"
    if is_batch(request):
        yield f"Rows: {len(request.inputs):,}"
    else:
        given = story.inputs[0] if story.inputs else {}
        yield from (f"{title}: {value}" for title, value in shown(story.action.inputs, given))
    yield f"Asked by: {asker}"
    yield f"Account: {request.account}"
    yield f"On record as: {request.id}"


def _line(text: str, most: int) -> str:
    """One line of it."""
    return cut(" ".join(SAFE.sub(" ", text).split()), most)
