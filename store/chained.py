"""The chain as lines: what is exported, and what is verified of a database."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from sqlmodel import Session

from store.db import Store
from store.ledger import GENESIS, Verdict, line
from store.queries import chain
from store.signing import Public, Signer, Sort, Statement, Unreadable, canonical_pairs, read
from store.verifying import verify

PART = 5_000
NOBODY = Signer(())


def lines(tx: Session, signer: Signer, at: datetime) -> Iterator[bytes]:
    """Head, stub, entries, and each checkpoint after the entry that it speaks of."""
    last, _ = chain.head(tx)
    stub = chain.newest(tx, Sort.STUB)
    first = stub.number + 1 if stub else 1
    said = [each for each in chain.signed(tx, Sort.CHECKPOINT, first) if each.number <= last]
    statements = len(said) + bool(stub)
    yield head(tx, signer, at, {}, first=first, count=last - first + 1, statements=statements)
    if stub:
        yield _line(stub.words)
    coming = iter(said)
    soon = next(coming, None)
    for number, hash, *facts in chain.sealed(tx, first, last, PART):
        yield line(canonical_pairs(zip(chain.FACTS, facts, strict=True)), hash)
        if soon and soon.number == number:
            yield _line(soon.words)
            soon = next(coming, None)


def head(tx: Session, signer: Signer, at: datetime, by: Mapping[str, str], **counted: int) -> bytes:
    """The first line of an export: how far the chain goes, by what entries were chosen, counts."""
    last, hash = chain.head(tx)
    said = signer.sign(Sort.EXPORT, last, hash or GENESIS.hex(), at, filter=dict(by), **counted)
    return _line(said.words)


def verify_store(
    store: Store,
    publics: Mapping[str, Public],
    posted: Sequence[Statement] = (),
    *,
    at: datetime,
) -> tuple[Verdict, int]:
    """The verdict on a database, by what it says itself and what was posted; and how many entries
    are not sealed yet."""
    with store.snapshot() as tx:
        last, _ = chain.head(tx)
        beyond = []
        for each in chain.signed(tx, Sort.CHECKPOINT, last + 1):
            with suppress(Unreadable):  # what it would have to say is missing anyway
                beyond.append(read(each.words))
        verdict = verify(lines(tx, NOBODY, at), publics, [*beyond, *posted])
        return verdict, chain.count_open(tx)


def _line(words: str) -> bytes:
    return f"{words}\n".encode()
