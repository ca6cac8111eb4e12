"""What a coupon session has been through: the API's flags and moments, in words for people."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from actions.fields import Reply


def _said(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _is_set(value: Any) -> bool:
    return _said(value).lower() in ("1", "true", "yes")


OPERATIONS = (
    ("validated", "Mark as validated"),
    ("claimed", "Mark as claimed"),
    ("void", "Void"),
    ("unvoid", "Unvoid"),
    ("lock", "Lock"),
    ("unlock", "Unlock"),
)
"""What can be done to a session, and how people call it."""

Said = Annotated[str, BeforeValidator(_said)]
"""What the API writes as text, a number or nothing."""
Sequence = Annotated[Said, Field(validation_alias=AliasChoices("sequenceid", "sequence_id"))]
"""The number of a session: its calls spell it in two ways."""
IsSet = Annotated[bool, BeforeValidator(_is_set)]
"""A flag of the API: mostly the texts "0" and "1"."""


class Life(Reply):
    """The `status` of a session. Moments are UTC, those that never were are empty."""

    created_date_utc: Said = ""
    opened: IsSet = False
    open_date_utc: Said = ""
    claimed: IsSet = False
    claim_date_utc: Said = ""
    saved_to_passbook: IsSet | None = None
    saved_to_passbook_date_utc: Said = ""
    saved_to_androidpay: IsSet | None = None
    saved_to_androidpay_date_utc: Said = ""
    validated: IsSet = False
    validation_date_utc: Said = ""
    validation_value: Said = ""
    own_validation_code: Said = ""
    voided: IsSet = False
    voided_date_utc: Said = ""
    unvoided_date_utc: Said = ""
    locked: IsSet = False
    unlocked_date_utc: Said = ""
    expiration_date: Said = ""

    @property
    def tells_of_wallets(self) -> bool:
        return (self.saved_to_passbook, self.saved_to_androidpay) != (None, None)

    @property
    def saved(self) -> bool:
        return bool(self.saved_to_passbook or self.saved_to_androidpay)

    @property
    def saved_date_utc(self) -> str:
        return self.saved_to_passbook_date_utc or self.saved_to_androidpay_date_utc

    @property
    def state(self) -> str:
        """Where it stands, in one word: what stops it counts most, then what came last."""
        return self._last[0]

    @property
    def since(self) -> str:
        """When it came there; empty when the API does not say."""
        return minute(self._last[1])

    @property
    def _last(self) -> tuple[str, str]:
        for name, is_so, at in (
            ("voided", self.voided, self.voided_date_utc),
            ("locked", self.locked, ""),
            ("validated", self.validated, self.validation_date_utc),
            ("claimed", self.claimed, self.claim_date_utc),
            ("saved", self.saved, self.saved_date_utc),
            ("opened", self.opened, self.open_date_utc),
        ):
            if is_so:
                return name, at
        return "created", self.created_date_utc


class Lives(Reply):
    status: Life = Life()


class Lived(Reply):
    """What the API answers about one session."""

    campaign: Said = ""
    session: Said = ""
    session_url: Said = ""
    sequenceid: Sequence = ""
    data: Lives = Lives()


def minute(moment: str) -> str:
    """A moment of the API without its seconds."""
    return moment[:16]


def now(life: Life) -> str:
    """Where it stands, and since when."""
    return f"{life.state} {life.since}".strip()


def line(life: Life) -> Iterator[tuple[str, str]]:
    """Each thing that can happen to a session, and when it did."""
    yield "Created", minute(life.created_date_utc)
    yield "Opened", _when(life.opened, life.open_date_utc)
    yield "Claimed", _when(life.claimed, life.claim_date_utc)
    if life.tells_of_wallets:
        yield "Saved to a wallet", _when(life.saved, life.saved_date_utc)
    yield "Validated", _when(life.validated, life.validation_date_utc)
    yield "Voided", _ended(life.voided, life.voided_date_utc, life.unvoided_date_utc)
    yield "Locked", _ended(life.locked, "", life.unlocked_date_utc)


def _when(is_so: bool, at: str) -> str:
    return (minute(at) or "yes") if is_so else "no"


def _ended(is_so: bool, since: str, until: str) -> str:
    return f"no longer, since {minute(until)}" if until and not is_so else _when(is_so, since)


def possible(life: Life) -> tuple[str, ...]:
    """The operations that make sense for it now."""
    if life.voided:
        return ("unvoid",)
    if life.locked:
        return ("unlock", "void")
    if life.validated:
        return ("lock", "void")
    if life.claimed:
        return ("validated", "lock", "void")
    return ("claimed", "validated", "lock", "void")


def what_next(life: Life) -> str:
    """What may be done with it now, in words."""
    if life.voided:
        return "Unvoid it to make it usable again."
    if life.locked:
        return "Unlock it before it can be used; or void it."
    if life.validated:
        return "It is used up; it can be locked or voided."
    if life.claimed:
        return "It can be validated, locked or voided."
    return "It can be claimed, validated, locked or voided."
