"""A delivery as it is kept: body and signatures sealed together, known by a digest of both."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.told import HMAC, SIGNATURE
from store.hooks import Hook
from store.secrets import Vault

LATIN = "latin-1"
"""Each byte is a character: a body is kept as it came, whatever it is."""


@dataclass(frozen=True)
class Delivery:
    """What came, byte for byte, with the headers that may sign it."""

    body: bytes
    headers: Mapping[str, str]


def sealed(
    vault: Vault, account: str, body: bytes, headers: Mapping[str, str], source: str
) -> dict[str, Any]:
    """The row of a delivery."""
    signed = {name: headers[name] for name in (HMAC, SIGNATURE) if name in headers}
    digest = hashlib.sha256(repr(sorted(signed.items())).encode() + body).hexdigest()
    said = vault.seal([body.decode(LATIN), signed])
    return {"account": account, "digest": digest, "sealed": said, "source": source}


def opened(vault: Vault, hook: Hook) -> Delivery:
    """What was sealed; raises `BadKey`."""
    body, headers = vault.open(hook.sealed)
    return Delivery(body.encode(LATIN), headers)
