"""The form of a change: what is known of the thing beforehand, and what of it was changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from actions.action import AnyAction
from actions.fields import Kind, Option, fields
from bot.views.blocks import context, facts
from bot.views.kinds import fitted
from bot.views.text import escape

KNOWN = "known"
"""Under this name a form is given what is settled already: see `known`."""


def known(
    settled: Mapping[str, tuple[str, str]],
    also: Sequence[tuple[str, str]],
    note: str,
) -> dict[str, Any]:
    """Title and words of the fields that are asked for no more; what is worth seeing; a note."""
    return {
        "settled": {name: [*said] for name, said in settled.items()},
        "facts": [[*fact] for fact in also],
        "note": note,
    }


def settled(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields that are no longer asked for."""
    found: Mapping[str, Any] = given.get(KNOWN, {}).get("settled", {})
    return found


def known_blocks(given: Mapping[str, Any]) -> list[Block]:
    """What is known, above the boxes; nothing in a form that is not about something known."""
    if KNOWN not in given:
        return []
    pairs = [*settled(given).values(), *given[KNOWN]["facts"]]
    return [*facts(pairs), context(escape(given[KNOWN]["note"], 1_000))]


def unlike(
    action: AnyAction, raw: Mapping[str, Any], before: Mapping[str, Any], zone: str
) -> dict[str, Any]:
    """Of what a form reads, what differs from what it began with."""
    return {
        name: raw[name]
        for name, _, kind in fields(action.inputs)
        if name in raw
        and (name not in before or _seen(kind, raw[name], zone) != _seen(kind, before[name], zone))
    }


def _seen(kind: Kind, value: Any, zone: str) -> Any:
    """A value as its element shows it: what looks the same was not changed."""
    found = fitted(kind, value, zone)
    if isinstance(found, Option):
        return found.value
    return found.replace("\r\n", "\n").strip() if isinstance(found, str) else found
