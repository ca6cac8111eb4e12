"""Forms of several pages that somebody is in the middle of."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from store import queries
from store.db import Store
from store.secrets import Vault
from store.tables import Draft

KEPT = timedelta(days=1)


class Drafts:
    """Keeps what was filled in on earlier pages; a modal has no room for it."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime]) -> None:
        self._store, self._vault, self._now = store, vault, now

    def keep(
        self, id: str, action: str, values: Mapping[str, Any], *, actor: str
    ) -> tuple[str, dict[str, Any]]:
        """Add to a draft, or begin one; gives its id and all that is in it."""
        with self._store.begin() as tx:
            for stale in queries.drafts_older_than(tx, self._now() - KEPT):
                tx.delete(stale)
            draft = queries.draft(tx, id) if id else None
            if draft is None or draft.actor != actor:
                draft = Draft(actor=actor, action=action, values=self._seal({}), at=self._now())
            merged = self._vault.open(draft.values) | dict(values)
            draft.values = self._seal(merged)
            tx.add(draft)
        return draft.id, merged

    def _seal(self, values: Mapping[str, Any]) -> str:
        return self._vault.seal(dict(values))
