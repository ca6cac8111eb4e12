"""One call of the Web API: who calls, with what, and how to read the arguments."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sandbox.slack.shapes import Json, Refused
from sandbox.slack.world import World


@dataclass(frozen=True)
class Call:
    world: World
    args: Json
    token: str

    def need(self, name: str) -> str:
        """An argument that must be there."""
        value = self.args.get(name)
        if value in (None, ""):
            raise Refused("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return str(value)

    def text(self, name: str) -> str | None:
        value = self.args.get(name)
        return None if value is None else str(value)

    def flag(self, name: str) -> bool:
        return str(self.args.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.args.get(name) or default)
        except (TypeError, ValueError):
            raise Refused("invalid_arguments", [f"[ERROR] must be a number: {name}"]) from None

    def json(self, name: str) -> Any:
        """An argument that may come as JSON in a string, as forms carry it."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Refused("invalid_arguments", [f"[ERROR] must be JSON: {name}"]) from None

    def names(self, name: str) -> list[str]:
        """Several ids: a list, or one string with commas."""
        value = self.args.get(name) or []
        listed = value if isinstance(value, list) else str(value).split(",")
        return [str(one).strip() for one in listed]

    def page(self, things: list[Any], limit: int) -> tuple[list[Any], Json]:
        """One page of a list, and the cursor of the next."""
        most = min(self.number("limit", limit) or limit, 1000)
        start = self._start(self.text("cursor") or "")
        more = start + most < len(things)
        cursor = base64.b64encode(f"next:{start + most}".encode()).decode() if more else ""
        return things[start : start + most], {"response_metadata": {"next_cursor": cursor}}

    @staticmethod
    def _start(cursor: str) -> int:
        if not cursor:
            return 0
        try:
            word, place = base64.b64decode(cursor, validate=True).decode().split(":")
            if word != "next":
                raise ValueError
            return int(place)
        except (ValueError, binascii.Error):
            raise Refused("invalid_cursor") from None


class Method(NamedTuple):
    """What a method does, how often it may be called, and which scope or token it needs."""

    run: Callable[[Call], Json]
    tier: str
    scope: str | None = None
    caller: str = "bot"  # whose token: bot, app, any or none
