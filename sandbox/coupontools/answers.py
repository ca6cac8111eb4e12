"""The envelopes in which the account answers."""

from typing import Any

UNPROCESSABLE = "HTTP/1.0 422 Unprocessable entity."
UNAUTHORIZED = "HTTP/1.0 401 Unauthorized. Client ID or Secret not correct."


class Failure(Exception):
    """A call is refused: what is wrong, as (code, words), perhaps several at once."""

    def __init__(self, *problems: tuple[int, str]) -> None:
        super().__init__(*problems)
        self.problems = problems


def success(payload: dict[str, Any]) -> dict[str, Any]:
    return {"status": {"status": "OK"}, **payload}


def failure(problems: tuple[tuple[int, str], ...], *, beside: bool = False) -> dict[str, Any]:
    """Errors stand inside `status`, but on the page of the single push they stand beside it."""
    errors = {
        "error_message": UNPROCESSABLE,
        "error_message_description": [words for _, words in problems],
        "error_code": [code for code, _ in problems],
    }
    if beside:
        return {"status": {"status": "failed"}, "errors": errors}
    return {"status": {"status": "failed", "errors": errors}}


def wrong_keys() -> dict[str, Any]:
    """The one failure whose code is a bare number and which has no list of descriptions."""
    errors = {"error_code": 1000, "error_message": UNAUTHORIZED}
    return {"status": {"status": "failed", "errors": errors}}


def no_such_call(status: int, words: str) -> dict[str, Any]:
    return {
        "status": {"status": "failed", "errors": {"error_message": f"HTTP/1.0 {status} {words}"}}
    }


class NotThere(Exception):
    """What the path of a v4 call names does not exist."""
