"""What a webhook's body says, and whether its signature is ours. Pure."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

HMAC, SIGNATURE = "x-hmac", "x-coupontools-signature"
"""Two headers: the first with the API's secret, the second with one of its own. Both are known
from the code of one client alone."""
EVENT = re.compile(r"evt_[A-Za-z0-9]{1,60}")
WORD = re.compile(r"[A-Za-z0-9_.:-]{1,60}")
ONCE = ("coupon_opened", "coupon_claimed", "coupon_validated")
"""What can happen to a session once: telling it again, under whatever id, is the same."""
KINDS = (*ONCE, "coupon_created", "coupon_updated", "coupon_removed")
"""Of which somebody has heard."""


class Unreadable(Exception):
    """It cannot be read; the words say why."""


@dataclass(frozen=True)
class Told:
    """What happened, as far as it concerns us: nothing of people."""

    event: str
    kind: str
    campaign: str = ""
    session: str = ""
    at: datetime | None = None

    @property
    def key(self) -> str:
        """The same for all that tells of the same."""
        if self.kind in ONCE and self.session:
            return _digest(self.kind, self.session)
        return self.event

    @property
    def asks(self) -> str:
        """What Coupontools is asked about it, so that its answer can be remembered."""
        return _digest(self.event, self.session)


def read(body: bytes, *, polled: bool = False) -> Told:
    """What the body says; raises `Unreadable`. What we have asked for ourselves names no event."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("It is not JSON.") from None
    if not isinstance(said, dict):
        raise Unreadable("It is JSON, but no object.")
    event, kind = _text(said, "id"), _text(said, "type")
    if not polled and not EVENT.fullmatch(event):
        raise Unreadable("It names no event: an id looks like evt_A1b2C3d4E5f6G7h8I9j0.")
    if not WORD.fullmatch(kind):
        raise Unreadable("It does not say what kind of event it is.")
    campaign, coupon = _text(said, "campaign"), said.get("coupon")
    if not campaign and isinstance(coupon, str):
        campaign = coupon
    return Told(
        event, kind, campaign[:60], _text(said, "session")[:60], moment(said.get("datetime"))
    )


def written(told: Told) -> bytes:
    """What `read` reads, always the same for the same."""
    at = told.at.strftime("%Y-%m-%d %H:%M:%S") if told.at else ""
    said = {"type": told.kind, "datetime": at, "campaign": told.campaign, "session": told.session}
    return json.dumps(said).encode()


def answered(told: Told, answer: Any) -> Told:
    """What Coupontools says of that event when it is asked; raises `Unreadable` on a no.

    What it does not say is taken from the delivery; what it says otherwise makes that a forgery.
    """
    said = answer if isinstance(answer, dict) else {}
    result = _text(said, "result")
    if result != "valid":
        raise Unreadable(f"Coupontools calls it “{result[:40]}”, not valid.")
    for name, ours in (
        ("webhook", told.event),
        ("type", told.kind),
        ("campaign", told.campaign),
        ("session", told.session),
    ):
        theirs = _text(said, name)
        if theirs and ours and theirs != ours:
            raise Unreadable(f"Coupontools says otherwise: another {name}.")
    return Told(
        told.event,
        told.kind,
        _text(said, "campaign") or told.campaign,
        _text(said, "session") or told.session,
        moment(said.get("date")) or told.at,
    )


def moment(said: Any) -> datetime | None:
    """`2024-05-03 10:00:00`, which is UTC as far as it is known."""
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def is_signed(body: bytes, headers: Mapping[str, str], secret: str, own: str = "") -> bool:
    """Whether one of the two signatures is right; each is compared in constant time."""
    right = [(HMAC, secret), *([(SIGNATURE, own)] if own else [])]
    found = [_is_right(headers.get(name, ""), body, key) for name, key in right if key]
    return any(found)


def _is_right(said: str, body: bytes, key: str) -> bool:
    right = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    given = said.strip().removeprefix("sha256=").lower().encode()
    return hmac.compare_digest(given, right.encode())


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value.strip() if isinstance(value, str) else ""


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
