"""The week in words, for the channel of the record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block

from bot.views.agreement import person
from bot.views.blocks import Message, context, header, section
from bot.views.text import counted, escape
from bot.views.times import moment, span
from store.kinds import Kind
from store.tables import AuditEntry, Operation

MOST = 5
"""Things that are named one by one."""
MOST_ACTIONS, MOST_PEOPLE = 20, 15
ALSO = {
    Kind.DECLINED: "declined click",
    Kind.BROKE_GLASS: "request that went alone in an emergency",
    Kind.STOPPED_ALL: "stop of everything",
    Kind.GAP: "gap of the record",
    Kind.READ: "look-up",
    Kind.EXPORTED: "list taken along",
}


@dataclass(frozen=True)
class Week:
    """What happened between two Mondays, and what is open now."""

    since: datetime
    until: datetime
    ran: Mapping[str, Mapping[str, int]]
    yeses: Mapping[str, int]
    refusals: Sequence[AuditEntry]
    counts: Mapping[str, int]
    unclear: int
    eldest: Sequence[Operation]
    longest: Sequence[tuple[str, str, timedelta]]
    """Request, action, and how long it waited for people."""

    @property
    def is_empty(self) -> bool:
        return not (self.ran or self.yeses or self.counts or self.unclear)


def digest_message(week: Week) -> Message:
    """All of it; or one line, so that no line means that something is wrong."""
    days = f"{week.since:%-d %b} to {week.until - timedelta(days=1):%-d %b %Y}"
    title = f"The week from {days}"
    if week.is_empty:
        words = f"{title}: nothing ran, nobody decided anything, nothing is unclear."
        return Message(words, [section(escape(words))])
    blocks: list[Block] = [header(title), *(section(text) for text in _sections(week))]
    blocks.append(
        context("`/coupon-audit since=7d` shows every line, `/coupon why ID` each story.")
    )
    return Message(f"{title}: {_in_short(week)}", blocks)


def _in_short(week: Week) -> str:
    ended = sum(sum(each.values()) for each in week.ran.values())
    yeses, refused = sum(week.yeses.values()), week.counts.get(Kind.REFUSED, 0)
    parts = (counted(ended, "run"), counted(yeses, "approval"), counted(refused, "refusal"))
    return f"{', '.join(parts)}, {week.unclear:,} unclear"


def _sections(week: Week) -> Iterator[str]:
    yield _listed("What ran", map(_ran, sorted(week.ran.items())), MOST_ACTIONS, "Nothing ran.")
    named = (f"{person(id)} {count:,}" for id, count in [*week.yeses.items()][:MOST_PEOPLE])
    rest = len(week.yeses) - MOST_PEOPLE
    more = f", and {rest:,} more people" if rest > 0 else ""
    yield f"*Who agreed*\n{', '.join(named) or 'Nobody had to.'}{more}"
    if week.refusals:
        count = week.counts.get(Kind.REFUSED, len(week.refusals))
        yield _listed(f"Refused: {count:,}", map(_refused, week.refusals), MOST)
    if week.unclear:
        words = f"Unclear and still open: {week.unclear:,}"
        yield f":warning: {_listed(words, map(_unclear, week.eldest), MOST)}"
    if week.longest:
        yield _listed("Waited longest for people", map(_waited, week.longest), MOST)
    also = [
        counted(week.counts[kind], thing) for kind, thing in ALSO.items() if kind in week.counts
    ]
    if also:
        yield f"*And*\n{', '.join(also)}"


def _listed(title: str, lines: Iterator[str], most: int, nothing: str = "") -> str:
    every = [*lines]
    rest = [f"… and {len(every) - most:,} more"] if len(every) > most else []
    return "\n".join([f"*{title}*", *(every[:most] or [nothing]), *rest])


def _ran(each: tuple[str, Mapping[str, int]]) -> str:
    action, ended = each
    return f"• {escape(action, 80)}: " + ", ".join(f"{n:,} {how}" for how, n in ended.items())


def _refused(line: AuditEntry) -> str:
    reason = escape(" ".join(line.because.split()), 150)
    return f"• {line.request}, {escape(line.action, 80)}, by {person(line.actor)}: {reason}"


def _unclear(run: Operation) -> str:
    return f"• {run.request}, {escape(run.action, 80)}, due {moment(run.due)}"


def _waited(wait: tuple[str, str, timedelta]) -> str:
    id, action, long = wait
    return f"• {id}, {escape(action, 80)}: {span(long)}"
