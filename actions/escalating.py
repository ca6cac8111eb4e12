"""Escalation: nobody has decided for too long, so that others may, too."""

from actions.desk import Now
from actions.weighing import terms_of
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.queries import consent
from store.tables import Consent, Request

ACTOR = "calendar"
ESCALATED = Kind.ESCALATED
"""What the record calls it."""


class Escalating:
    """Puts it on record, once for each time that a request waits. Its job may run at any time."""

    def __init__(self, store: Store, now: Now) -> None:
        self._store, self._now = store, now

    def escalate_due(self) -> None:
        """Say so of every request that has waited too long; that they may, the terms say."""
        with self._store.look() as tx:
            due = consent.escalating(tx, self._now())
        for id in due:
            with self._store.begin() as tx:
                request = queries.request(tx, id)
                if request and self._is_due(request):
                    request.escalates_at = None
                    tx.add(request)
                    groups = ", ".join(sorted(_groups(request)))
                    note(
                        tx,
                        ESCALATED,
                        actor=ACTOR,
                        at=self._now(),
                        about=request,
                        because=f"Nobody has decided: {groups} may, too.",
                        tell=True,
                    )

    def _is_due(self, request: Request) -> bool:
        at = request.escalates_at
        return request.state is Consent.WAITING and at is not None and at <= self._now()


def _groups(request: Request) -> frozenset[str]:
    escalation = terms_of(request).escalation
    return escalation.groups if escalation else frozenset()
