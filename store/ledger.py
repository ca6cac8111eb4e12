"""The chain of the record: how its entries hang together. Pure; `docs/audit.md` has the form."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from store.signing import canonical

FORM = 1
GENESIS = bytes(32)
"""In place of the hash before the first entry."""
HEAD, TAIL = b'{"entry":', b',"hash":"%b"}\n'
ENDS = len(TAIL % bytes(64))


class Fault(StrEnum):
    """What can be wrong."""

    EDITED = "edited"
    DELETED = "deleted"
    SWAPPED = "swapped"
    INSERTED = "inserted"
    CUT = "cut"
    """Entries are missing at the end."""
    REWRITTEN = "rewritten"
    """The hashes fit each other, but not what was signed."""
    FORGED = "forged"
    """A checkpoint, stub or head is damaged, or not signed by a key that was named."""


@dataclass(frozen=True)
class Verdict:
    """What came of looking at a chain; without a fault it is whole."""

    fault: Fault | None
    number: int
    """The first entry that is wrong; without a fault the last one."""
    words: str
    line: int
    """Of the file, the head being line 1."""
    first: int
    """The first entry that is kept."""
    matched: int
    """Signed statements that fit."""
    covered: int
    """The last entry that one of these speaks of: what comes after it could be cut unseen."""

    @property
    def is_whole(self) -> bool:
        return self.fault is None


class NoChain(Exception):
    """This is no export of the whole chain, and a choice of entries cannot be verified.

    Make one with: vouchdesk audit export --format jsonl --out FILE
    """

    def __init__(self, words: str = "") -> None:
        super().__init__(words or " ".join((self.__doc__ or "").split()))


def body(entry: Mapping[str, Any]) -> bytes:
    """The canonical bytes of an entry: every column but its hash."""
    return canonical({**entry, "form": FORM, "hash": None})


def link(before: bytes, body: bytes) -> bytes:
    """The hash of an entry: SHA-256 over the hash of the one before it and its own bytes."""
    return hashlib.sha256(before + body).digest()


def line(body: bytes, hash: str) -> bytes:
    """A sealed entry, as it stands in an export."""
    return HEAD + body + TAIL % hash.encode()
