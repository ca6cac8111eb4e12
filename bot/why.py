"""The whole story of an id, on one page: for `/coupon why` and `vouchdesk explain`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from actions import rights
from actions.errors import UnknownThing
from actions.fields import shown
from actions.policy import Person
from bot.board import address
from bot.office import slack_client
from bot.settings import Settings
from bot.stories import Stories
from bot.views.story import Story
from bot.views.times import span
from store import queries
from store.db import Store
from store.queries import record, surfaces
from store.tables import Approval, AuditEntry, Operation, Posted, StepRun

Line = tuple[str, str]
"""A title, and what there is to say."""
PLAIN = (
    *("role", "on_behalf", "surface", "account", "action", "campaign", "request", "operation"),
    *("was", "became", "because", "rule", "step", "endpoint", "status", "code", "took_ms"),
)
"""What of a line is told, if it says it."""
SECOND = "%Y-%m-%d %H:%M:%S"
MOST_LINES = 200


class Whys:
    """Gathers and tells; only reads. `link` gives the address of a message, if there is one."""

    def __init__(self, store: Store, stories: Stories, link: Callable[[Posted], str]) -> None:
        self._store, self._stories, self._link = store, stories, link

    def __call__(self, id: str, reader: Person | None = None) -> Iterator[Line]:
        """Of a request, a run, or a line by its number. Raises `UnknownThing` or `NotAllowed`."""
        id = id.strip().lstrip("#")
        if id.isdecimal():
            yield from self._of_line(int(id), reader)
            return
        story = self._stories.told(id.partition(".")[0])
        if story is None:
            raise UnknownThing()
        if reader:
            rights.to_see(reader, story.request.actor)
        yield from self._of_request(story)

    def _of_line(self, seq: int, reader: Person | None) -> Iterator[Line]:
        with self._store.look() as tx:
            found = record.line(tx, seq) if seq < 2**31 else None
        if found is None:
            raise UnknownThing(f"The record has no line {seq}.")
        if reader:
            rights.to_see(reader, found.actor)
        yield "line", f"{found.seq}: {found.kind} by {found.actor}, {found.at:{SECOND}} UTC"
        for name in PLAIN:
            if value := getattr(found, name):
                yield name.replace("_", " "), str(value)

    def _of_request(self, story: Story) -> Iterator[Line]:
        request = story.request
        with self._store.look() as tx:
            trail = queries.audit_of(tx, request.id)
            calls = {run.id: queries.step_runs(tx, run.id) for run in story.operations}
            posted = surfaces.posted_under(tx, f"{request.id}:")
        yield "request", f"{request.id} version {request.version}: {request.state}"
        yield "action", f"{story.action.name} · {story.action.title}"
        asked = f"{request.actor} on {request.account}, through {request.surface}"
        yield "asked by", f"{asked}, {request.asked_at:{SECOND}} UTC{_role(trail)}"
        for row in story.inputs[:1]:
            for title, value in shown(story.action.inputs, row):
                yield f"input {title}", value
        if len(request.inputs) > 1:
            yield "rows", f"{len(request.inputs):,}; the first is shown"
        yield "preview", request.preview or "not looked at yet"
        for title, value in request.facts:
            yield title, value
        yield "digest", request.digest or "none yet"
        yield from _agreed(story)
        for run in reversed(story.operations):
            yield from _run(run, calls[run.id], _answers(trail, run.id))
        for place in posted:
            if place.key.rpartition(":")[2] in surfaces.CARDS:
                where = self._link(place) or f"{place.channel} {place.ts}"
                yield f"card for the {place.key.rpartition(':')[2]}", where
        yield from _trail(trail)


def link_of(settings: Settings) -> Callable[[Posted], str]:
    """For the command line: Slack is asked, where that is set up and answers."""
    client = slack_client(settings) if settings.slack_bot_token.get_secret_value() else None

    def link(place: Posted) -> str:
        return address(client, place) if client else ""

    return link


def _role(trail: Sequence[AuditEntry]) -> str:
    role = trail[0].role if trail else ""
    return f" ({role})" if role else ""


def _agreed(story: Story) -> Iterator[Line]:
    request, terms = story.request, story.terms
    if terms.rules:
        yield "rules", f"{', '.join(terms.rules)} (policy {terms.policy})"
    for need in terms.needs:
        yield "needs", f"{need.count} of {', '.join(sorted(need.groups))}: rule “{need.rule}”"
    needed = f"{len(story.approvals)} of {request.quorum}"
    yield "agreed", ", ".join([needed, *(each.person for each in story.approvals)])
    for each in story.approvals:
        yield f"yes of {each.person}", _yes(each, request.waiting_since)


def _yes(given: Approval, since: datetime | None) -> str:
    behalf = f" for {given.on_behalf}" if given.on_behalf else ""
    after = f", after {span(given.at - since)}" if since and given.at >= since else ""
    comment = f": {given.comment}" if given.comment else ""
    return f"{given.at:{SECOND}} UTC{behalf} as {', '.join(given.roles)}{after}{comment}"


def _run(
    run: Operation, calls: Sequence[StepRun], answers: Mapping[str, AuditEntry]
) -> Iterator[Line]:
    begun = run.started_at or run.run_at
    late = f"started {span(begun - run.due)} late" if run.started_at else "not started"
    problem = f": {run.problem}" if run.problem else ""
    yield f"run {run.id}", f"{run.state}, due {run.due:{SECOND}} UTC, {late}{problem}"
    for call in calls:
        said = answers.get(f"{call.position}/{call.round}")
        problem = f": {call.problem}" if call.problem else ""
        tries = f"{call.tries} tr{'y' if call.tries == 1 else 'ies'}"
        yield f"call {call.endpoint}", f"{call.effect} after {tries}{_answer(said)}{problem}"


def _answer(line: AuditEntry | None) -> str:
    if line is None:
        return ""
    parts = [
        f"HTTP {line.status}" if line.status else "",
        f"code {line.code}" if line.code else "",
        f"{line.took_ms:,} ms" if line.took_ms is not None else "",
    ]
    return "".join(f", {part}" for part in parts if part)


def _answers(trail: Sequence[AuditEntry], run: str) -> dict[str, AuditEntry]:
    return {line.step: line for line in trail if line.step and line.operation == run}


def _trail(trail: Sequence[AuditEntry]) -> Iterator[Line]:
    """Every line; of a large sheet, the first and the last of them."""
    left_out = len(trail) - MOST_LINES
    half = MOST_LINES // 2
    for number, line in enumerate(trail):
        if left_out <= 0 or number < half or number >= len(trail) - half:
            because = f": {line.because}" if line.because else ""
            about = f" {line.operation}" if line.operation else ""
            yield f"{line.at:{SECOND}}", f"{line.kind} by {line.actor}{about}{because}"
        elif number == half:
            yield "…", f"{left_out:,} more lines: vouchdesk audit search --request {line.request}"
