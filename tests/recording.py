"""A record of some length, sealed and signed; and what an auditor is given of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import insert
from sqlmodel import col, select

from store import schema
from store.chained import lines
from store.checkpoints import Checkpoints
from store.db import Store
from store.queries import chain
from store.sealing import Sealing
from store.signing import Signer, Sort, Statement, read
from store.tables import AuditEntry

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = ("", "Too early", 'approve: "no" – \\ said \U0001f600', "<!channel> & é\n\ttab\x7f", "=1+1")


def entries(store: Store) -> Sequence[AuditEntry]:
    """All that is sealed, in the order of the chain."""
    with store.look() as tx:
        sealed = select(AuditEntry).where(col(AuditEntry.number) > 0)
        return tx.exec(sealed.order_by(col(AuditEntry.number))).all()


class Record:
    """A database with a record, and a clock of its own."""

    def __init__(self, url: str) -> None:
        self.store, self.signer = Store(url), Signer([Signer.new_key()])
        schema.upgrade(self.store)
        self.time = START
        self._numbers = count(1)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def grows(self, entries: int) -> None:
        """So many entries, sealed, and a checkpoint."""
        with self.store.begin(patience=60) as tx:
            tx.execute(insert(AuditEntry), [self._entry() for _ in range(entries)])
        Sealing(self.store).seal()
        Checkpoints(self.store, self.signer, self.now).sign_now()

    def exported(self) -> list[bytes]:
        """The lines of the file."""
        with self.store.snapshot() as tx:
            return [*lines(tx, self.signer, self.now())]

    def posted(self) -> Sequence[Statement]:
        """What the audit channel was told."""
        with self.store.look() as tx:
            kinds = (Sort.STUB, Sort.CHECKPOINT)
            return [read(each.words) for kind in kinds for each in chain.signed(tx, kind)]

    def _entry(self) -> dict[str, object]:
        number = next(self._numbers)
        return {
            "at": self.now() + timedelta(microseconds=number),
            "actor": f"U{number % 7}",
            "kind": "granted" if number % 3 else "read",
            "account": "main",
            "action": "campaign.push_all",
            "request": f"req_{number // 5:016x}" if number % 4 else None,
            "because": WORDS[number % len(WORDS)],
        }
