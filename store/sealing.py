"""Seals the record: what is committed gets its number and its hash, in one order, by one at a time.

Whoever writes an entry waits for nobody and knows nothing of this.
"""

from store.db import Store
from store.ledger import GENESIS, body, link
from store.queries import chain

PART = 1_000
"""Entries in one transaction: on SQLite, clicks wait while it is open."""
PARTS = 100
"""Transactions in one go; the rest waits for the next beat."""


class Sealing:
    """A job; several processes may call it at any time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def seal(self) -> None:
        """Seal all that is on record by now."""
        with self._store.glance() as tx:
            if not chain.is_open(tx):
                return
        for _ in range(PARTS):
            if self.seal_some() < PART:
                return

    def seal_some(self) -> int:
        """One transaction of it; how many, and none if another process is at it."""
        with self._store.begin() as tx:
            if not self._store.is_first(tx, "seal"):
                return 0
            last, hash = chain.head(tx)
            before = bytes.fromhex(hash) if last else GENESIS
            links: list[chain.Link] = []
            for number, entry in enumerate(chain.open_entries(tx, PART), last + 1):
                before = link(before, body({**entry, "number": number}))
                links.append((entry["seq"], number, before.hex()))
            if links:
                chain.seal(tx, links)
        return len(links)
