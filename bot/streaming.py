"""The record as a stream: each line at least once, in order; a bookmark says how far it was taken.

Numbers are given when a line is written, and lines become visible when that is committed: another
process may still be at work on a smaller one. So nothing behind a hole is taken, until it is so old
that nobody can be: then what was to stand there was rolled back.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from store.db import Store
from store.queries import complete, record
from store.queries.record import Wanted
from store.tables import AuditEntry, Bookmark

SETTLED = timedelta(seconds=90)
"""A transaction waits a minute for a lock, at the most."""

Sink = Callable[[Sequence[AuditEntry]], None]
"""Takes lines, or raises; what it was given then comes again."""


class Stream:
    """One taker of lines, by the name of its bookmark."""

    def __init__(self, store: Store, name: str, now: Callable[[], datetime]) -> None:
        self._store, self._name, self._now = store, name, now

    @property
    def after(self) -> int:
        """The last line that was taken."""
        with self._store.look() as tx:
            mark = complete.bookmark(tx, self._name)
        return mark.seq if mark else 0

    def take(self, sink: Sink) -> int:
        """Hand over the next part and remember that; how many lines."""
        after = self.after
        with self._store.look() as tx:
            part = record.each(tx, Wanted(), after, record.newest(tx))
        lines = without_holes(part, after, self._now())
        if lines:
            sink(lines)
            mark = Bookmark(name=self._name, seq=lines[-1].seq or after, at=self._now())
            with self._store.begin() as tx:
                tx.merge(mark)
        return len(lines)


def without_holes(part: Sequence[AuditEntry], after: int, now: datetime) -> Sequence[AuditEntry]:
    """As much of it as nothing can come in between any more."""
    for place, line in enumerate(part):
        if line.seq != after + 1 and now - line.at < SETTLED:
            return part[:place]
        after = line.seq or after
    return part
