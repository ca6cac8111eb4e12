"""A request with all that belongs to it, gathered for drawing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session

from actions import rights
from actions.action import AnyAction, Catalog
from actions.approvals import waited_for
from actions.errors import Declined, UnknownAction
from actions.policy import Person, may_approve
from actions.privacy import opened
from actions.voices import Voice
from actions.weighing import roles_of, terms_of
from bot.views.story import NEEDS_PEOPLE, Change, Story, is_batch
from schedules.foresight import of_request
from store import queries
from store.db import Store
from store.lifecycle import TooLate
from store.queries import consent, kept, surfaces
from store.secrets import BadKey, Vault
from store.tables import Consent, Operation, Progress, Request

MOST = 100
"""Requests that are listed for somebody at a time."""
MOST_CARDS = 1_000
"""Places of cards that are remembered."""

log = structlog.get_logger()


class Stories:
    """Gathers stories; only reads."""

    def __init__(
        self, store: Store, catalog: Catalog, vault: Vault, now: Callable[[], datetime]
    ) -> None:
        self._store, self._catalog, self._vault, self._now = store, catalog, vault, now
        self._cards: dict[tuple[str, str], str] = {}

    def of(self, tx: Session, request: Request) -> Story:
        """The story of one request."""
        action = self._catalog[request.action]
        states = queries.states_of(tx, request.id) if is_batch(request) else {}
        which = NEEDS_PEOPLE if is_batch(request) else ()
        operations = queries.operations_of(tx, request.id, *which)
        secret = [run.id for run in operations if action.secrets and run.state is Progress.DONE]
        given, terms = queries.approvals(tx, request), terms_of(request)
        return Story(
            request=request,
            action=action,
            inputs=[opened(row, self._vault) for row in request.inputs[:1]],
            operations=operations,
            approvals=given,
            terms=terms,
            missing=terms.missing(roles_of(given), waited_for(request, self._now())),
            now=self._now(),
            stamp=self._vault.stamp(f"{request.id}:{request.version}"),
            states=states,
            **_record(tx, request),
            rehearsed=consent.rehearsed(tx, request.id),
            kept=_kept(tx, action, operations),
            outlook=of_request(tx, request, self._now()),
            unseen=[id for id in secret if any(s.reply for s in queries.step_runs(tx, id))],
        )

    def told(self, id: str) -> Story | None:
        """The story of the request of this id."""
        with self._store.look() as tx:
            request = queries.request_seen(tx, id)
            return self.of(tx, request) if request else None

    def mine(self, person: str) -> list[Story]:
        """What this person asked for, newest first."""
        with self._store.look() as tx:
            return self._each(tx, queries.requests_of(tx, person))

    def waiting(self, voices: Sequence[Voice]) -> list[Story]:
        """What waits for this person's decision: their own, and as somebody's deputy."""
        with self._store.look() as tx:
            asked = queries.requests_waiting(tx, voices[0].of.id, 200)
            wanted = [request for request in asked if self.is_wanted(tx, voices, request)]
            return self._each(tx, wanted[:MOST])

    def deciding(self, voices: Sequence[Voice], kept: Sequence[str] = ()) -> list[Story]:
        """What waits, then what this person can still stop, or let go on.

        What they were shown before is `kept` where it was, decided or not.
        """
        with self._store.look() as tx:
            found = self._each(tx, surfaces.requests_to_stop(tx, self._now()))
        speaker = voices[0].of
        rest = [story for story in found if self._may_steer(speaker, story)]
        wanted = {story.request.id: story for story in [*self.waiting(voices), *rest]}
        shown = (wanted.pop(id, None) or self._settled(id) for id in kept)
        return [*filter(None, shown), *wanted.values()]

    def _settled(self, id: str) -> Story | None:
        """Somebody has decided on it since it was shown."""
        with self._store.look() as tx:
            request = queries.request_seen(tx, id)
            story = self.readable(tx, request) if request else None
        return replace(story, settled=True) if story else None

    def request_at(self, channel: str, ts: str) -> str | None:
        """The request whose card is that message: always the same, once it stands there."""
        known = self._cards.get((channel, ts))
        if known is None:
            with self._store.glance() as tx:
                known = surfaces.request_at(tx, channel, ts)
            if len(self._cards) >= MOST_CARDS:
                self._cards.clear()
            if known:
                self._cards[channel, ts] = known
        return known

    def round_of(self, run: str) -> int | None:
        """How often that run was handed to the engine; None when nobody has to decide on it."""
        with self._store.look() as tx:
            found = queries.operation_seen(tx, run)
        return found.round if found and found.state in NEEDS_PEOPLE else None

    def is_wanted(self, tx: Session, voices: Sequence[Voice], request: Request) -> bool:
        """Whether a yes of this person would count, now."""
        terms, waited = terms_of(request), waited_for(request, self._now())
        given = queries.approvals(tx, request)
        try:
            heard = rights.to_decide(voices, request, request.version, terms, waited)
            rights.to_count(heard, voices[0].of.id, given, terms, waited)
        except (Declined, TooLate):
            return False
        return True

    def _may_steer(self, person: Person, story: Story) -> bool:
        if story.request.state is not Consent.PAUSED:
            return bool(story.brakes)
        has_a_say = may_approve(person, story.terms) or rights.is_approver(person)
        return has_a_say and story.request.actor != person.id

    def coming(self) -> list[Story]:
        """What will run, soonest first."""
        with self._store.look() as tx:
            return self._each(tx, queries.requests_coming(tx, self._now()))

    def unclear(self) -> list[Story]:
        """Requests with a run that somebody has to look at."""
        with self._store.look() as tx:
            return self._with(tx, queries.operations_in(tx, Progress.UNCLEAR))

    def held(self) -> list[Story]:
        """Requests with runs that are held for being late."""
        with self._store.look() as tx:
            return self._with(tx, consent.missed_runs(tx))

    def waiting_since(self, moment: datetime) -> list[Story]:
        """What has waited for people since then or longer, the oldest first."""
        with self._store.look() as tx:
            return self._each(tx, consent.waiting_long(tx, moment))

    def _with(self, tx: Session, operations: Iterable[Operation]) -> list[Story]:
        ids = dict.fromkeys(operation.request for operation in operations)
        found = (queries.request_seen(tx, id) for id in ids)
        return self._each(tx, (request for request in found if request))

    def _each(self, tx: Session, requests: Iterable[Request]) -> list[Story]:
        return [story for request in requests if (story := self.readable(tx, request))]

    def readable(self, tx: Session, request: Request) -> Story | None:
        """What an elder release or a lost key left behind does not hide all the rest."""
        try:
            return self.of(tx, request)
        except (UnknownAction, BadKey) as error:
            log.error("cannot be shown", request=request.id, error=type(error).__name__)
            return None


def _kept(tx: Session, action: AnyAction, operations: Sequence[Operation]) -> list[str]:
    if not action.is_long:
        return []
    return [run.id for run in operations if kept.kept_of(tx, run.id)]


def _record(tx: Session, request: Request) -> dict[str, Any]:
    """Who or what sent it back, and who refused it, as the record has it."""
    if request.version == 1 and request.state is not Consent.REFUSED:
        return {}
    last = {entry.became: entry for entry in queries.audit_of(tx, request.id)}
    back, refused = last.get(Consent.ASKED), last.get(Consent.REFUSED)
    is_changed, is_refused = request.version > 1, request.state is Consent.REFUSED
    return {
        "change": Change(back.actor, back.because) if back and is_changed else None,
        "decided_by": refused.actor if refused and is_refused else "",
    }
