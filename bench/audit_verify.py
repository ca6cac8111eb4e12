"""A million entries of the record: sealed, exported, and verified as an auditor does it."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.audit_search import START, fill
from bench.row import Row
from bench.stage import POSTGRES, SQLITE, database_of
from store import schema
from store.chained import lines, verify_store
from store.checkpoints import EVERY, signed
from store.db import Store
from store.queries import chain
from store.sealing import Sealing
from store.signing import Signer, Sort, Statement, publics
from store.verifying import verify

MOST = 10.0
NOW = START + timedelta(days=365)


def run(entries: int = 1_000_000) -> Iterator[Row]:
    """One row for each kind of database; the baseline reads the file and hashes its lines."""
    for kind in (SQLITE, POSTGRES):
        with database_of(kind) as url, TemporaryDirectory(prefix="bench-") as folder:
            store, signer, file = Store(url), Signer([Signer.new_key()]), Path(folder) / "audit"
            schema.upgrade(store)
            fill(store, entries)
            took = {"seal_s": seconds(seal, store)}
            posted = sign(store, signer)
            took["export_s"] = seconds(export, store, signer, file)
            keys = publics(signer.public_keys)
            began = time.perf_counter()
            with file.open("rb") as opened:
                verdict = verify(opened, keys, posted)
            figure = time.perf_counter() - began
            assert verdict.is_whole and verdict.number == entries, verdict
            took["database_s"] = seconds(check, store, signer)
            store.close()
            yield Row(
                f"audit_verify_{kind}",
                figure,
                "s",
                {f"under {MOST:g} s": figure < MOST},
                seconds(hashed, file),
                {
                    "entries": entries,
                    "checkpoints": len(posted),
                    "file_mb": file.stat().st_size / 1e6,
                    **took,
                    "baseline": "the same file read, and SHA-256 of each of its lines",
                },
            )


def seconds(work: Callable[..., object], *given: object) -> float:
    began = time.perf_counter()
    work(*given)
    return time.perf_counter() - began


def seal(store: Store) -> None:
    sealing = Sealing(store)
    while sealing.seal_some():
        pass


def sign(store: Store, signer: Signer) -> list[Statement]:
    """A checkpoint as often as the bot makes one."""
    said = []
    with store.begin(patience=60) as tx:
        last, _ = chain.head(tx)
        for number in [*range(EVERY, last, EVERY), last]:
            entry = chain.entry(tx, number)
            assert entry is not None
            said.append(signer.sign(Sort.CHECKPOINT, number, entry.hash or "", NOW))
        tx.add_all(map(signed, said))
    return said


def export(store: Store, signer: Signer, to: Path) -> None:
    with store.snapshot() as tx, to.open("wb") as file:
        file.writelines(lines(tx, signer, NOW))


def check(store: Store, signer: Signer) -> None:
    """The same of the database itself."""
    verdict, _ = verify_store(store, signer.publics, at=NOW)
    assert verdict.is_whole, verdict


def hashed(file: Path) -> None:
    with file.open("rb") as opened:
        for line in opened:
            sha256(line).digest()
