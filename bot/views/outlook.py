"""What comes of a plan, in plain words: its next moments, and what to think of before."""

from collections.abc import Iterator
from datetime import UTC, date

from bot.views.times import clock_words, zone_of
from schedules.foresight import Clash, Coming, Outlook

ODD = {
    "put off": "the clock skips {meant:%H:%M} that night",
    "first": "the clock shows it twice that night; this is the first",
    "second": "the clock shows it twice that night; this is the second",
    "both": "the clock shows this hour twice; it runs in both",
}


def next_lines(outlook: Outlook) -> Iterator[str]:
    """Each next moment on the clock of its zone and in UTC, and what is odd about it."""
    for coming in outlook.coming:
        yield _line(coming, outlook.zone)


def next_title(outlook: Outlook) -> str:
    """What stands above them."""
    if not outlook.repeats:
        return f"On the clock of {outlook.zone}"
    count = len(outlook.coming)
    if not count:
        return "It would never run: every moment is left out"
    return f"The next {count} on the clock of {outlook.zone}" if count > 1 else "It runs once"


def warnings(outlook: Outlook) -> Iterator[str]:
    """Blackout days, and other pushes to the same people."""
    if outlook.held_until:
        until = clock_words(outlook.held_until, outlook.zone)
        yield f"That is a blackout day: it is held until {until}, unless one more approver sends it"
    for gap in outlook.left_out:
        since = gap.since.astimezone(zone_of(outlook.zone)).date()
        yield f"Left out, as these are blackout days: {_days(since, gap.until)}"
    for clash in outlook.clashes:
        yield _clash(clash, outlook.zone)


def _line(coming: Coming, zone: str) -> str:
    local, utc = coming.at.astimezone(zone_of(zone)), coming.at.astimezone(UTC)
    there = f"{utc:%H:%M}" if utc.date() == local.date() else f"{utc:%a %-d %b, %H:%M}"
    odd = ODD.get(coming.odd.what, "").format(meant=coming.odd.meant)
    return f"{clock_words(coming.at, zone)} · {there} UTC" + (f" · {odd}" if odd else "")


def _clash(clash: Clash, zone: str) -> str:
    went = "went out" if clash.is_out else "is planned"
    return (
        f"Another push to the same people {went} within 24 hours: "
        f"{clash.request}, {clock_words(clash.at, zone)}"
    )


def day_words(day: date) -> str:
    """A day in plain text."""
    return f"{day:%a %-d %b %Y}"


def _days(first: date, last: date) -> str:
    if first >= last:
        return day_words(first)
    return f"{day_words(first)} to {day_words(last)}"
