"""Asking for something else: what was asked for is opened again for the person who asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.deciding import Deciding
from actions.desk import CHANGEABLE
from actions.errors import Declined, NotAllowed, StaleCard
from actions.privacy import check_kept, opened
from store import queries
from store.db import Store
from store.lifecycle import TooLate
from store.secrets import Vault
from store.tables import Consent, Request

ENDED = (Consent.REFUSED, Consent.EXPIRED, Consent.WITHDRAWN, Consent.VOID)
"""What can be asked for again, changed or as it was."""


@dataclass(frozen=True)
class Wish:
    """A request, and its inputs as they were given."""

    request: Request
    inputs: Mapping[str, Any]


class Editing:
    """Private values are opened for nobody else. Raises `Declined` or `TooLate`."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime]) -> None:
        self._vault, self._deciding = vault, Deciding(store, now)

    def to_change(self, id: str, version: int, *, actor: str) -> Wish:
        """What is asked for, as long as it has not begun."""
        return self._opened("change", CHANGEABLE, id, version, actor)

    def to_ask_again(self, id: str, version: int, *, actor: str) -> Wish:
        """What came to nothing."""
        return self._opened("ask again", ENDED, id, version, actor)

    def _opened(
        self, verb: str, states: Sequence[Consent], id: str, version: int, actor: str
    ) -> Wish:
        with self._deciding(verb, queries.request, id, actor) as (_, request):
            if request.actor != actor:
                raise NotAllowed("Only the person who asked can change this.")
            if request.version != version:
                raise StaleCard()
            if request.state not in states:
                raise TooLate(request.state)
            if len(request.inputs) > 1:
                raise Declined("A sheet is not changed row by row: hand in a new one.")
            check_kept(request)
        return Wish(request, opened(request.inputs[0], self._vault))
