"""Sealing and opening of API keys, private inputs and answers."""

import hashlib
import hmac
import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

SEALED, REMOVED = "sealed", "removed"
"""What stands in a row in place of a private value: sealed; or that it is gone, after how long."""


class BadKey(Exception):
    """VOUCHDESK_SECRET_KEY does not open what is stored: was it changed without its elder?"""

    def __init__(self, words: str = "") -> None:
        super().__init__(words or self.__doc__)


class Forged(Exception):
    """This was not drawn by us."""


class Vault:
    """Seals values with the first key, opens them with any: put the new one in front."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys])
            self._keys = [hashlib.sha256(b"stamp" + key.strip().encode()).digest() for key in keys]
        except ValueError:
            raise BadKey(
                "VOUCHDESK_SECRET_KEY is not a key; make one with: vouchdesk doctor --new-key"
            ) from None

    @staticmethod
    def new_key() -> str:
        """A fresh key, for settings."""
        return Fernet.generate_key().decode()

    def seal(self, value: Any) -> str:
        """JSON, packed and encrypted."""
        packed = zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 1)
        return self._fernet.encrypt(packed).decode()

    def open(self, sealed: str) -> Any:
        """What was sealed; raises `BadKey`."""
        try:
            return json.loads(zlib.decompress(self._fernet.decrypt(sealed.encode())))
        except InvalidToken:
            raise BadKey from None

    def stamp(self, text: str) -> str:
        """The text with a mark that only we can make."""
        return f"{text}:{_mark(self._keys[0], text)}"

    def stamped(self, stamp: str) -> str:
        """The text; raises `Forged`."""
        text, _, mark = stamp.rpartition(":")
        if not any(hmac.compare_digest(_mark(key, text), mark) for key in self._keys):
            raise Forged
        return text

    def tokens(self, text: str) -> list[str]:
        """What nobody else can make of that text: by the first key, then by the others."""
        return [_token(key, text) for key in self._keys]

    def marked(self, texts: Iterable[str]) -> bytes:
        """Four bytes for each, which tell nothing of it: as the first key makes them.

        Among millions some have the same, so that what is found by one has to be looked at.
        """
        return b"".join([_brief(self._keys[0], text) for text in texts])

    def marks(self, text: str) -> list[bytes]:
        """Those of one text: as the first key makes them, then the others."""
        return [_brief(key, text) for key in self._keys]


def _brief(key: bytes, text: str) -> bytes:
    return hashlib.blake2b(text.encode(), key=key, digest_size=4).digest()


def _mark(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:24]


def _token(key: bytes, text: str) -> str:
    return hmac.new(key, b"token:" + text.encode(), hashlib.sha256).hexdigest()[:40]
