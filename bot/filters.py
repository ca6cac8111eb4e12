"""Which lines of the record somebody wants: as it is typed, and as it is told."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.grammar import GrammarError
from store.kinds import Kind
from store.queries.record import MOST_READ, Page, Wanted

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
AGO = re.compile(r"(\d{1,4})\s*([dhm])")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}
PLAIN = ("person", "action", "campaign", "account", "request", "text")
OUTCOME = ("outcome", "kind")
NAMES = (*PLAIN, "outcome", "since", "until")
"""What lines are found by."""
LONGEST = 200


def wanted(given: Mapping[str, str], now: datetime, zone: str) -> Wanted:
    """What `person=… since=7d` mean; raises `GrammarError`."""
    for odd in given.keys() - {*NAMES, *OUTCOME}:
        raise GrammarError(f"Lines are not found by “{odd[:80]}”, only by: {', '.join(NAMES)}.")
    said: dict[str, Any] = {name: given.get(name, "").strip()[:LONGEST] for name in PLAIN}
    said["person"] = MENTION.sub(r"\1", said["person"])
    said["request"] = said["request"].partition(".")[0]
    outcome = next((given[name] for name in OUTCOME if given.get(name)), "")
    return Wanted(
        **said,
        kind=_kind(outcome) if outcome else "",
        since=_moment(given["since"], now, zone) if given.get("since") else None,
        until=_moment(given["until"], now, zone, ends=True) if given.get("until") else None,
    )


def told(wanted: Wanted) -> str:
    """The same in words, for people and for files: `person U0BO, since 2026-11-01 00:00 UTC`."""
    found = []
    for field in fields(wanted):
        value = getattr(wanted, field.name)
        if isinstance(value, datetime):
            found.append(f"{field.name} {value:%Y-%m-%d %H:%M} UTC")
        elif value and field.name != "below":
            found.append(f"{field.name} {value}")
    return ", ".join(found) or "everything"


def looked_back(page: Page) -> str:
    """How far words were looked for; nothing, if everywhere."""
    if page.read_back_to is None:
        return ""
    back = f"{page.read_back_to:%Y-%m-%d %H:%M} UTC"
    return f"Words were looked for in the last {MOST_READ:,} such lines only, back to {back}."


def _kind(said: str) -> Kind:
    flat = {_flat(kind): kind for kind in Kind}
    if _flat(said) not in flat:
        raise GrammarError(f"There is no outcome “{said[:80]}”; there are: {', '.join(Kind)}.")
    return flat[_flat(said)]


def _flat(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.strip().lower())


def _moment(said: str, now: datetime, zone: str, *, ends: bool = False) -> datetime:
    """`7d`, `2026-11-01` or `2026-11-01T09:00`, in that zone; a day that `ends` it is in it."""
    if ago := AGO.fullmatch(said.strip()):
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        at = datetime.fromisoformat(said.strip())
    except ValueError:
        raise GrammarError(
            f"“{said[:40]}” is no moment: write 7d, 2026-11-01 or 2026-11-01T09:00."
        ) from None
    if ends and len(said.strip()) <= len("2026-11-01") and at.time() == time():
        at += timedelta(days=1)
    aware = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(now.tzinfo)
