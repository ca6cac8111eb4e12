"""One call of the Coupontools API, as a value: where it lives, what a repeat does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from string import Formatter
from typing import Any
from urllib.parse import quote

PATIENCE = 30.0


class Dialect(Enum):
    """The two ways the API speaks. The path does not tell: /v4/subaccount speaks V3."""

    V3 = (("X-Client-Id", "X-Client-Secret"),)
    V4 = (("x-api-key", "x-api-secret"), ("X-Client-Id", "X-Client-Secret"))
    """The vendor's page shows the first names, one client in production sends the second."""

    def headers(self, client_id: str, client_secret: str) -> dict[str, str]:
        keys = (client_id, client_secret)
        return {name: key for names in self.value for name, key in zip(names, keys, strict=True)}


@dataclass(frozen=True)
class Endpoint:
    """`reads`: changes nothing. `repeatable`: a second time does no harm. `proven`: published."""

    id: str
    dialect: Dialect
    verb: str
    path: str
    repeatable: bool
    proven: bool
    patience: float = PATIENCE
    reads: bool = False

    def at(self, payload: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The path with its {parameters} filled from the payload, and what is left to send."""
        rest, parts = dict(payload), []
        for literal, name, _, _ in Formatter().parse(self.path):
            parts.append(literal)
            if name is not None:
                parts.append(self._segment(name, rest.pop(name, None)))
        return "".join(parts), rest

    def _segment(self, name: str, value: Any) -> str:
        text = "" if value is None else str(value)
        if text.strip(".") == "":  # "", "." and ".." would name another path
            raise ValueError(f"{self.id} needs {name} for its path")
        return quote(text, safe="")


@dataclass(frozen=True)
class Override:
    """What an operator knows better than the registry about one endpoint."""

    path: str | None = None
    verb: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def endpoint(self, known: Endpoint) -> Endpoint:
        return replace(known, path=self.path or known.path, verb=self.verb or known.verb)

    def payload(self, ours: Mapping[str, Any]) -> dict[str, Any]:
        return {self.params.get(name, name): value for name, value in ours.items()}


def v3_read(id: str, path: str, *, repeatable: bool = True, inferred: bool = False) -> Endpoint:
    return Endpoint(id, Dialect.V3, "POST", path, repeatable, not inferred, reads=True)


def v3_write(
    id: str, path: str, *, repeatable: bool, inferred: bool = False, patience: float = PATIENCE
) -> Endpoint:
    return Endpoint(id, Dialect.V3, "POST", path, repeatable, not inferred, patience)


def v4_read(id: str, path: str, *, repeatable: bool = True, inferred: bool = False) -> Endpoint:
    return Endpoint(id, Dialect.V4, "GET", path, repeatable, not inferred, reads=True)


def v4_write(
    id: str, path: str, *, repeatable: bool, inferred: bool = False, verb: str = "POST"
) -> Endpoint:
    return Endpoint(id, Dialect.V4, verb, path, repeatable, not inferred)
