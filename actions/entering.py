"""New wishes, put on record: those that come at the same moment with one commit."""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from actions.deciding import role_of
from actions.policy import Person
from store import queries
from store.db import Store
from store.joint import Joint
from store.lifecycle import enter, says
from store.tables import Request


class Entering:
    """Enters each wish once, however often it is handed in."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Request] = {}
        self._joint = Joint(store.begin, store.committed, self._look_up)

    def entered(self, request: Request, person: Person) -> Request:
        """The request on record; or the one that the same token has put there before."""
        token = request.token or ""
        try:
            return self._joint.write(lambda tx: self._enter(tx, request, person), token)
        except IntegrityError:  # another replica entered it at the same moment
            with self._store.look() as tx:
                known = queries.request_of_token(tx, token)
            if known is None:
                raise
            return known

    def _look_up(self, tx: Session, tokens: Sequence[str]) -> None:
        self._known = queries.requests_of_tokens(tx, tokens)

    def _enter(self, tx: Session, request: Request, person: Person) -> Request:
        if known := self._known.get(request.token or ""):
            return known
        says(tx, role=role_of(person))
        enter(tx, request, actor=request.actor, at=request.asked_at)
        return request
