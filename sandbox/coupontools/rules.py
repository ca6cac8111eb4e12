"""What the account accepts as a parameter, and the words with which it refuses the rest."""

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sandbox.coupontools.answers import Failure

Params = dict[str, Any]
T = TypeVar("T")

MAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
PHONE = r"\+[1-9][0-9]{6,14}"
TRUE, FALSE = ("true", "1"), ("false", "0")


class Together:
    """Runs checks one after another and refuses with all their problems at once."""

    def __init__(self) -> None:
        self._problems: list[tuple[int, str]] = []

    def check(self, check: Callable[..., T], *args: Any) -> T | None:
        try:
            return check(*args)
        except Failure as failure:
            self._problems += failure.problems
            return None

    def done(self) -> None:
        if self._problems:
            raise Failure(*self._problems)


def text(params: Params, name: str, longest: int | None = None) -> str:
    """A parameter as text; one that is left out, null or blank is the empty text."""
    value = params.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Failure((300, f"Incorrect value in parameter: {name}"))
    found = str(value).strip()
    if longest is not None and len(found) > longest:
        raise Failure((300, f"Incorrect value in parameter: {name}. Maximum length: {longest}"))
    return found


def needed(params: Params, name: str) -> str:
    found = text(params, name)
    if not found:
        raise Failure((200, f"Missing parameter: {name}"))
    return found


def shaped(params: Params, name: str, shape: str) -> str:
    """Needed, and written like this: an id with its prefix, a telephone number."""
    found = needed(params, name)
    if not re.fullmatch(shape, found):
        raise Failure((301, f"Invalid character in parameter: {name}"))
    return found


def positive(params: Params, name: str, most: int | None = None) -> int | None:
    """Digits only, and not nothing."""
    found = text(params, name)
    if not found:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", found) or int(found) == 0:
        raise Failure((301, f"{name} should be a positive number."))
    if most is not None and int(found) > most:
        raise Failure((301, f"{name} should be a positive number of at most {most}."))
    return int(found)


def amount(params: Params, name: str) -> str:
    """A value such as 10 or 2.50."""
    found = text(params, name)
    if found and (not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?", found) or float(found) == 0):
        raise Failure((301, f"{name} should be a positive number."))
    return found


def length(params: Params, name: str) -> int | None:
    found = positive(params, name)
    if found is not None and not 10 <= found <= 25:
        raise Failure((301, f"{name} should be a positive number from 10 to 25."))
    return found


def flag(params: Params, name: str) -> bool:
    value = params.get(name)
    word = str(value).lower() if value not in (None, "") else "false"
    if word not in TRUE + FALSE:
        raise Failure((302, f"Incorrect value in parameter: {name}"))
    return word in TRUE


def choice(params: Params, name: str, allowed: Collection[str]) -> str:
    found = text(params, name)
    if found and found not in allowed:
        raise Failure((302, f"Incorrect value in parameter: {name}"))
    return found


def email(params: Params, name: str) -> str:
    found = text(params, name)
    if found and not MAIL.fullmatch(found):
        raise Failure((305, "Email address is not valid"))
    return found


def url(params: Params, name: str) -> str:
    found = text(params, name)
    if found and not re.fullmatch(r"https?://[^\s/]+\S*", found):
        raise Failure((300, f"Incorrect value in parameter: {name}"))
    return found


def color(params: Params, name: str) -> str:
    found = text(params, name)
    if found and not re.fullmatch(r"#[0-9A-Fa-f]{6}", found):
        raise Failure((300, f"Invalid format in parameter: {name}. Required format: #RRGGBB"))
    return found


def moment(found: str, shape: str, form: str) -> datetime | None:
    """A moment written in exactly this form, or nothing: strptime alone is too kind."""
    if not re.fullmatch(shape, found):
        return None
    try:
        return datetime.strptime(found, form).replace(tzinfo=UTC)
    except ValueError:
        return None


DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def day(params: Params, name: str) -> str:
    return _dated(params, name, "yyyy-MM-dd", DAY, "%Y-%m-%d")


def second(params: Params, name: str) -> str:
    shape = DAY + r" [0-9]{2}:[0-9]{2}:[0-9]{2}"
    return _dated(params, name, "yyyy-MM-dd HH:mm:ss", shape, "%Y-%m-%d %H:%M:%S")


def _dated(params: Params, name: str, called: str, shape: str, form: str) -> str:
    found = text(params, name)
    if found and moment(found, shape, form) is None:
        raise Failure((303, f"Invalid format in parameter: {name}. Required format: {called}"))
    return found


def bound(params: Params, name: str, *, end: bool = False) -> int | None:
    """One end of a range of usage data, in seconds; an end includes its whole minute or day."""
    found = text(params, name)
    if not found:
        return None
    day = moment(found, DAY, "%Y-%m-%d")
    minute = moment(found.replace(":", "-"), DAY + r" [0-9]{2}-[0-9]{2}", "%Y-%m-%d %H-%M")
    if day is None and minute is None:
        form = "yyyy-mm-dd hh-mm"
        raise Failure((303, f"Invalid format in parameter: {name}. Required format: {form}"))
    whole = timedelta(days=1) if day else timedelta(minutes=1)
    begin = day or minute
    assert begin is not None  # noqa: S101 - one of the two, as just checked
    return int(begin.timestamp()) + (int(whole.total_seconds()) - 1 if end else 0)
