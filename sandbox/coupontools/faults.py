"""Trouble on request: what goes wrong with the next calls of a path."""

from dataclasses import dataclass, fields
from typing import Any

DROPS = (None, "amid", "before", "after", "half")
"""The line breaks amid the request, before the work, after it, or with half of the answer sent."""


@dataclass
class Fault:
    """`status` or `error_code`: refuses without doing the work. `drop`: no answer, or half of it.

    `short`: so many records are left out of the answer.
    """

    path: str
    times: int = 1
    status: int | None = None
    error_code: int | None = None
    delay_s: float = 0.0
    drop: str | None = None
    retry_after: float | None = None
    short: int = 0

    @classmethod
    def read(cls, given: Any) -> "Fault":
        """From what the control API was sent; a ValueError says what is wrong with it."""
        if not isinstance(given, dict) or not isinstance(given.get("path"), str):
            raise ValueError("a fault needs a path")
        unknown = given.keys() - {known.name for known in fields(cls)}
        if unknown:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        if given.get("drop") not in DROPS:
            raise ValueError(f"drop is one of {', '.join(filter(None, DROPS))}")
        fault = cls(**{name: value for name, value in given.items() if value is not None})
        named = ("times", "status", "error_code", "delay_s", "retry_after", "short")
        numbers = (getattr(fault, name) for name in named)
        if any(number is not None and not isinstance(number, int | float) for number in numbers):
            raise ValueError(f"{', '.join(named)} are numbers")
        if fault.status is not None and not 200 <= fault.status <= 599:
            raise ValueError("status is an HTTP status")
        return fault

    @property
    def answers(self) -> bool:
        """Whether it stands in for the account's own answer."""
        return (
            self.status is not None or self.error_code is not None or self.retry_after is not None
        )


class Faults:
    """Those still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def next_for(self, path: str) -> Fault:
        """The fault that strikes this call; one without any effect when there is none."""
        for fault in self._waiting:
            if fault.path == path and fault.times > 0:
                fault.times -= 1
                return fault
        return Fault(path)
