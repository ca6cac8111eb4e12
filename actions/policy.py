"""Who may ask, who has to agree, and how late is too late. Pure: facts in, answers out."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from actions.action import AnyAction, Risk

VERSION = "1"
"""Part of every digest: a change of the rules voids what was agreed under the old ones."""

APPROVER, OPERATOR = "approver", "operator"

QUORUM = {Risk.READ: 0, Risk.CHANGE: 1, Risk.LAUNCH: 1, Risk.BLAST: 2}
LATENESS = {
    Risk.READ: timedelta(hours=24),
    Risk.CHANGE: timedelta(hours=24),
    Risk.LAUNCH: timedelta(hours=24),
    Risk.BLAST: timedelta(minutes=15),
}
SPEAKING = frozenset({"push", "sms", "email"})
"""What actions are called that send somebody a message."""

BATCH_LATENESS = timedelta(days=7)
EXPIRY = timedelta(days=7)
"""How long a request waits for people before it lapses."""

GROWTH = 1.10
"""A blast may reach a tenth more people than was agreed, not more."""


@dataclass(frozen=True)
class Person:
    """Somebody as the workspace knows them, at this moment."""

    id: str
    name: str
    zone: str = "UTC"
    member: bool = True
    """False for guests, strangers, bots and people who have left."""
    roles: frozenset[str] = frozenset()


People = Callable[[str], Person]
"""Looks a person up by id; raises when it cannot be known, so that rights fail closed."""


def may_ask(person: Person) -> bool:
    """Members may ask for anything; what happens then is up to the approvers."""
    return person.member


def may_approve(person: Person) -> bool:
    """Approvers only, and only while they are members."""
    return person.member and APPROVER in person.roles


def may_batch(action: AnyAction) -> bool:
    """Changes to one thing, over many rows; not when each answer is for one pair of eyes.

    A message to each of many people is a blast, and no sheet makes it less.
    """
    return action.risk is Risk.CHANGE and action.secrets is None and action.verb not in SPEAKING


def approvals_needed(action: AnyAction, asker: Person, rows: int = 1) -> int:
    """How many other people have to agree; many rows are a launch, whoever asks."""
    if action.risk is Risk.CHANGE and OPERATOR in asker.roles and rows == 1:
        return 0
    return QUORUM[action.risk]


def lateness(action: AnyAction) -> timedelta:
    """How late a run may start; later than that a person decides."""
    if action.area == "single_use" and action.risk is Risk.LAUNCH:
        return BATCH_LATENESS
    return LATENESS[action.risk]


def outgrown(agreed: int | None, now: int | None) -> bool:
    """Whether a blast would reach more people than was agreed; an unknown reach counts as more."""
    if agreed is None:
        return False
    return now is None or now > agreed * GROWTH


def digest(
    *,
    account: str,
    action: str,
    inputs: Sequence[Mapping[str, Any]],
    when: datetime | None,
    crontab: str,
    timezone: str,
    reach: int | None,
) -> str:
    """SHA-256, hex, over the canonical bytes of all that people agree to."""
    agreed = {
        "account": account,
        "action": action,
        "inputs": list(inputs),
        "when": when.isoformat() if when else None,
        "crontab": crontab,
        "timezone": timezone,
        "reach": reach,
        "policy": VERSION,
    }
    canonical = json.dumps(agreed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
