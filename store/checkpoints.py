"""Checkpoints: what the chain was at some moment, signed; and stubs of what was removed from it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from store import kinds
from store.chained import verify_store
from store.db import Store
from store.lifecycle import note
from store.queries import chain
from store.signing import Signer, Sort, Statement, Trust, Unreadable, read
from store.tables import Signed

EVERY = 10_000
"""Entries, or"""
HOURLY = timedelta(hours=1)
"""after which there is a new one, if anything is new."""
ACTOR, TRIMMED, DAILY = "retention", kinds.Kind.TRIMMED, timedelta(hours=23)
PART, PARTS = 1_000, 1_000


class Broken(Exception):
    """The record is not what was signed. Find out where: vouchdesk audit verify"""

    def __init__(self, words: str = "") -> None:
        super().__init__(f"{words}. {self.__doc__}" if words else self.__doc__)


class Checkpoints:
    """A job; several processes may call it at any time. Without a key it does nothing."""

    def __init__(self, store: Store, signer: Signer, now: Callable[[], datetime]) -> None:
        self._store, self._signer, self._now = store, signer, now

    def sign_due(self) -> None:
        """Sign one, if there is enough new or it is long enough ago."""
        self._sign(EVERY, HOURLY)

    def sign_now(self) -> None:
        """Sign one, if there is anything new."""
        self._sign(1, timedelta())

    def _sign(self, entries: int, pause: timedelta) -> None:
        if not self._signer.is_able:
            return
        with self._store.begin() as tx:
            if not self._store.is_first(tx, "sign"):
                return
            number, hash = chain.head(tx)
            last = chain.newest(tx, Sort.CHECKPOINT)
            if last and (broken := break_at(tx, last, self._signer)):
                raise Broken(broken)
            new = number - (last.number if last else 0)
            is_long = last is None or self._now() - last.at >= pause
            if new > 0 and (is_long or new >= entries):
                tx.add(signed(self._signer.sign(Sort.CHECKPOINT, number, hash, self._now())))


class Trimming:
    """Removes old entries from the front of the chain, and signs from where it goes on."""

    def __init__(
        self, store: Store, signer: Signer, days: int | None, now: Callable[[], datetime]
    ) -> None:
        self._store, self._signer, self._days, self._now = store, signer, days, now

    def trim(self) -> int:
        """How many were removed. It may be called at any time, by any process.

        Raises `Broken` before anything is removed from a chain that is not whole.
        """
        if self._days is None or not self._signer.is_able:
            return 0
        before = self._now() - timedelta(days=self._days)
        if self._is_old(before):
            verdict, _ = verify_store(self._store, self._signer.publics, at=self._now())
            if not verdict.is_whole:
                raise Broken(verdict.words)
            self._say(before)
        return self._remove()

    def _is_old(self, before: datetime) -> bool:
        """Whether anything is, and nothing was removed for a day."""
        with self._store.look() as tx:
            stub = chain.newest(tx, Sort.STUB)
            if stub and self._now() - stub.at < DAILY:
                return False
            return chain.too_old(tx, before, chain.head(tx)[0]) > (stub.number if stub else 0)

    def _say(self, before: datetime) -> None:
        """First the stub, on record too: whoever dies now has said what is missing later."""
        with self._store.begin() as tx:
            if not self._store.is_first(tx, "trim"):
                return
            stub = chain.newest(tx, Sort.STUB)
            since = stub.number if stub else 0
            number = chain.too_old(tx, before, chain.head(tx)[0])
            last = chain.entry(tx, number) if number > since else None
            if last is None:
                return
            count, until = number - since, last.at
            said = self._signer.sign(
                Sort.STUB,
                number,
                last.hash or "",
                self._now(),
                removed=count,
                until=until,
                by=ACTOR,
            )
            tx.add(signed(said))
            words = f"{count:,} entries up to number {number:,}, {until:%Y-%m-%d %H:%M} UTC"
            note(tx, TRIMMED, actor=ACTOR, at=self._now(), because=words)

    def _remove(self) -> int:
        """What the stub says is gone."""
        whole = 0
        for _ in range(PARTS):
            with self._store.begin() as tx:
                stub = our_stub(tx, self._signer)
                found = chain.forget_entries(tx, stub, PART) if stub else 0
            whole += found
            if not found:
                break
        return whole


def our_stub(tx: Session, signer: Signer) -> int:
    """Up to which number everything was removed, by a stub that we have signed."""
    stub = chain.newest(tx, Sort.STUB)
    try:
        is_ours = stub is not None and read(stub.words).trust(signer.publics) is Trust.GOOD
        return read(stub.words).number if stub and is_ours else 0
    except Unreadable:
        return 0


def break_at(tx: Session, last: Signed, signer: Signer) -> str:
    """What is wrong where the last checkpoint was; nothing if the chain goes on from there."""
    if our_stub(tx, signer) >= last.number:
        return ""
    entry = chain.entry(tx, last.number)
    if entry is None:
        return f"Entry {last.number:,} is missing, of which there is a checkpoint"
    try:
        is_that = read(last.words).hash == entry.hash
    except Unreadable:
        return f"The checkpoint of entry {last.number:,} is damaged"
    return "" if is_that else f"Entry {last.number:,} is not that of its checkpoint"


def signed(said: Statement) -> Signed:
    """As it is kept."""
    return Signed(kind=said.kind, number=said.number, at=said.at, words=said.words)
