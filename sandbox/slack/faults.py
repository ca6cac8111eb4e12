"""Trouble on request: the next calls of a method fail, wait, or both."""

from dataclasses import dataclass

from sandbox.slack.shapes import Json


@dataclass
class Fault:
    method: str
    times: int
    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    delay_s: float = 0.0

    @property
    def fails(self) -> bool:
        return bool(self.error or self.status or self.retry_after is not None)


class Faults:
    """What was asked for and has not happened yet."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, wish: Json) -> None:
        known = {key: wish[key] for key in Fault.__dataclass_fields__ if key in wish}
        self._waiting.append(Fault(**{"times": 1, **known}))

    def take(self, method: str) -> Fault | None:
        """The fault that hits this call, counted down."""
        for fault in self._waiting:
            if fault.method in (method, "*") and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def clear(self) -> None:
        self._waiting.clear()
