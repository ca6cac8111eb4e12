"""A request with all that belongs to it, gathered for drawing."""

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from sqlmodel import Session

from actions.action import Catalog
from actions.approvals import waited_for
from actions.errors import UnknownAction
from actions.policy import Person, may_approve
from actions.privacy import opened
from actions.weighing import roles_of, terms_of
from bot.views.story import NEEDS_PEOPLE, Change, Story, is_batch
from store import queries
from store.db import Store
from store.queries import consent
from store.secrets import BadKey, Vault
from store.tables import Consent, Progress, Request

log = structlog.get_logger()


class Stories:
    """Gathers stories; only reads."""

    def __init__(
        self, store: Store, catalog: Catalog, vault: Vault, now: Callable[[], datetime]
    ) -> None:
        self._store, self._catalog, self._vault, self._now = store, catalog, vault, now

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
            change=_change(tx, request),
            rehearsed=consent.rehearsed(tx, request.id),
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

    def waiting(self, person: Person) -> list[Story]:
        """What waits for this person's decision."""
        with self._store.look() as tx:
            found = self._each(tx, queries.requests_waiting(tx, person.id, 50))
        return [story for story in found if self._has_a_say(person, story.request)]

    def _has_a_say(self, person: Person, request: Request) -> bool:
        return may_approve(person, terms_of(request), waited_for(request, self._now()))

    def coming(self) -> list[Story]:
        """What will run, soonest first."""
        with self._store.look() as tx:
            return self._each(tx, queries.requests_coming(tx, self._now()))

    def unclear(self) -> list[Story]:
        """Requests with a run that somebody has to look at."""
        return self._with(Progress.UNCLEAR)

    def held(self) -> list[Story]:
        """Requests with runs that are held for being late."""
        return self._with(Progress.HELD)

    def _with(self, state: Progress) -> list[Story]:
        with self._store.look() as tx:
            ids = dict.fromkeys(op.request for op in queries.operations_in(tx, state))
            found = (queries.request_seen(tx, id) for id in ids)
            return self._each(tx, (request for request in found if request))

    def _each(self, tx: Session, requests: Iterable[Request]) -> list[Story]:
        return [story for request in requests if (story := self._readable(tx, request))]

    def _readable(self, tx: Session, request: Request) -> Story | None:
        """What an elder release or a lost key left behind does not hide all the rest."""
        try:
            return self.of(tx, request)
        except (UnknownAction, BadKey) as error:
            log.error("cannot be shown", request=request.id, error=type(error).__name__)
            return None


def _change(tx: Session, request: Request) -> Change | None:
    """Who or what sent it back, as the record has it."""
    if request.version == 1:
        return None
    back = [entry for entry in queries.audit_of(tx, request.id) if entry.became == Consent.ASKED]
    return Change(back[-1].actor, back[-1].because) if back else None
