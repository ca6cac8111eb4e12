"""The words every module here shares: JSON, and the two ways of saying no."""

from typing import Any

Json = dict[str, Any]


class Refused(Exception):
    """The Web API says no: an error code, perhaps the places in the payload, or more fields."""

    def __init__(self, error: str, messages: list[str] | None = None, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []
        self.extra = extra

    def body(self) -> Json:
        answer: Json = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            answer["response_metadata"] = {"messages": self.messages}
        return answer


class Impossible(Exception):
    """A person cannot do that: the button, the view or the right to it is not there."""
