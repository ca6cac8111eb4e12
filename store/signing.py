"""What is said about the chain of the record, and signed: checkpoints, stubs, heads of exports.

Pure. `docs/audit.md` has the forms, precisely enough to write a second verifier.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from json.encoder import encode_basestring as escaped
from typing import Any, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey as Private,
    Ed25519PublicKey,
)

Public: TypeAlias = Ed25519PublicKey

PRIVATE, PUBLIC = "ed25519-private:", "ed25519-public:"
KEY = re.compile(f"({PRIVATE}|{PUBLIC})([0-9a-f]{{64}})")
SIGNATURE = re.compile("[0-9a-f]{128}")
ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    sort_keys=True,
    separators=(",", ":"),
    default=lambda value: moment(value),
)


class Sort(StrEnum):
    """What a statement is."""

    CHECKPOINT = "checkpoint"
    """At that number the chain had that hash."""
    STUB = "stub"
    """All up to that number was removed, and the rest goes on from that hash."""
    EXPORT = "export"
    """An export begins: it ends at that number, with that hash."""


class Trust(StrEnum):
    """What a signature is worth."""

    GOOD = "good"
    UNCHECKED = "unchecked"
    """No public key was named."""
    STRANGE = "strange"
    """By another key than those that were named."""
    FORGED = "forged"


class BadAuditKey(Exception):
    """That is no key of the record; make one with: vouchdesk audit key"""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Unreadable(Exception):
    """That is no statement about a chain."""


def canonical(facts: Mapping[str, Any]) -> bytes:
    """The bytes of some facts: JSON, keys sorted, no spaces, UTF-8; what is empty is left out."""
    return canonical_pairs(sorted(facts.items()))


def canonical_pairs(facts: Iterable[tuple[str, Any]]) -> bytes:
    """The same of facts that are sorted already."""
    said = [
        f'"{name}":{escaped(value) if type(value) is str else _value(value)}'
        for name, value in facts
        if value is not None and value != ""
    ]
    return f"{{{','.join(said)}}}".encode()


def _value(value: Any) -> str:
    """As the encoder has it, without starting one for what is plain."""
    if type(value) is int:
        return str(value)
    return f'"{moment(value)}"' if type(value) is datetime else ENCODER.encode(value)


def moment(at: datetime) -> str:
    """UTC, to the microsecond: `2026-11-28T09:00:00.000000Z`."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


@dataclass(frozen=True)
class Statement:
    """One of them, as it was read."""

    kind: Sort
    number: int
    hash: str
    said: Mapping[str, Any]
    """All of it but the signature."""
    signature: str = ""

    @property
    def words(self) -> str:
        """The one line that it is."""
        return canonical({**self.said, "signature": self.signature}).decode()

    @property
    def key(self) -> str:
        return str(self.said.get("key", ""))

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.said["at"])

    def trust(self, publics: Mapping[str, Public]) -> Trust:
        """Whether one of these keys has signed it."""
        if not publics:
            return Trust.UNCHECKED
        if not self.signature:
            return Trust.FORGED
        if self.key not in publics:
            return Trust.STRANGE
        try:
            publics[self.key].verify(bytes.fromhex(self.signature), canonical(self.said))
        except InvalidSignature:
            return Trust.FORGED
        return Trust.GOOD


def read(text: str) -> Statement:
    """The statement of exactly that line; raises `Unreadable`."""
    try:
        said = json.loads(text)
        signature = said.pop("signature", "")
        found = Statement(Sort(said["kind"]), said["number"], said["hash"], said, signature)
        moment(found.at)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable from None
    is_plain = isinstance(found.number, int) and isinstance(found.hash, str)
    is_signed = SIGNATURE.fullmatch(signature) if "key" in said else not signature
    if not is_plain or not is_signed or found.words != text:
        raise Unreadable
    return found


def state(kind: Sort, number: int, hash: str, at: datetime, **more: Any) -> Statement:
    """One that nobody has signed."""
    facts = {"kind": kind, "number": number, "hash": hash, "at": at, "form": 1, **more}
    return Statement(kind, number, hash, json.loads(canonical(facts)))


class Signer:
    """Signs with the first private key; knows the public side of all, and elder public keys."""

    def __init__(self, keys: Sequence[str]) -> None:
        elder = [key for key in keys if key.strip().startswith(PUBLIC)]
        own = [_bytes(key, PRIVATE) for key in keys if key not in elder]
        self._keys = [Private.from_private_bytes(each) for each in own]
        ours = {key_id(key.public_key()): key.public_key() for key in self._keys}
        self.publics = ours | publics(elder)

    @staticmethod
    def new_key() -> str:
        """A fresh private key, for settings."""
        return PRIVATE + Private.generate().private_bytes_raw().hex()

    @property
    def is_able(self) -> bool:
        """Whether there is a key."""
        return bool(self._keys)

    @property
    def public_keys(self) -> Sequence[str]:
        """As they are handed to whoever wants to verify; that of the signing one first."""
        return [PUBLIC + key.public_bytes_raw().hex() for key in self.publics.values()]

    def sign(self, kind: Sort, number: int, hash: str, at: datetime, **more: Any) -> Statement:
        """State that, signed if there is a key."""
        if not self._keys:
            return state(kind, number, hash, at, **more)
        ours = self._keys[0]
        plain = state(kind, number, hash, at, key=key_id(ours.public_key()), **more)
        signature = ours.sign(canonical(plain.said)).hex()
        return Statement(kind, number, hash, plain.said, signature)


def publics(keys: Iterable[str]) -> dict[str, Public]:
    """Public keys by their ids; raises `BadAuditKey`."""
    found = [Public.from_public_bytes(_bytes(key, PUBLIC)) for key in keys]
    return {key_id(key): key for key in found}


def key_id(public: Public) -> str:
    """How statements name a key."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


def _bytes(key: str, kind: str) -> bytes:
    found = KEY.fullmatch(key.strip())
    if not found or found[1] != kind:
        raise BadAuditKey
    return bytes.fromhex(found[2])
