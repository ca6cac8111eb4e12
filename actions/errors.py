"""What we ourselves decline to do.

Declined
├── InvalidInputs      what was filled in cannot be used; says why, field by field
├── BadSheet           a sheet cannot be read as a whole
├── UnknownAction      there is no action of that name
├── UnknownThing       no request or operation of that id
├── NotAllowed         this person may not do that
├── OwnRequest         nobody agrees to what they asked for themselves
├── SaidAlready        this person has agreed already
├── StaleCard          the card shows an older version of the request
├── NeedsReason        a refusal says why
├── NoRoom             what would come in could not be kept
└── BrokenOff          a whole list could not be read to its end
"""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError


class Declined(Exception):
    """That cannot be done."""

    on_record = False
    """Whether a line of the record says so already."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class InvalidInputs(Declined):
    """Some of what was filled in cannot be used."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(f"{name}: {words}" for name, words in problems.items()))


class BadSheet(Declined):
    """This sheet cannot be read."""


class UnknownAction(Declined):
    """There is no such action."""

    def __init__(self, name: str, known: Sequence[str] = ()) -> None:
        self.name = name
        close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        super().__init__(f"There is no action “{name[:80]}”.{hint}")


class UnknownThing(Declined):
    """Nothing of that id is on record."""


class NotAllowed(Declined):
    """You may not do that."""


class OwnRequest(Declined):
    """You asked for this yourself: somebody else has to agree."""


class SaidAlready(Declined):
    """You have agreed to this already; it waits for one more person."""


class StaleCard(Declined):
    """The request has changed since this card was drawn; here is how it stands now."""


class NeedsReason(Declined):
    """Please say why, so that the person who asked knows what to change."""


class NoRoom(Declined):
    """There is no room for what would come in."""


class NotKept(Declined):
    """The codes that are meant are not kept here, or not all of them."""


class BrokenOff(Declined):
    """The list could not be read to its end."""

    def __init__(self, rows: int, why: str) -> None:
        self.rows = rows
        said = f"It broke off after {rows:,} rows, so there is no file. {why}"
        super().__init__(f"{said} Nothing was changed; try again.")


def problems(error: ValidationError) -> dict[str, str]:
    """Field name → words, one a field, from what pydantic found."""
    found: dict[str, str] = {}
    for fault in error.errors(include_url=False):
        context: dict[str, Any] = fault.get("ctx", {})
        name = str(fault["loc"][0]) if fault["loc"] else str(context.get("field", ""))
        found.setdefault(name, _sentence(fault["type"], fault.get("input"), context))
    return found


UNUSABLE = "This cannot be used here."
UNSHAPED = "This is not in the expected form."
"""Said where nothing better is known; a test sees to it that no field comes to that."""

SENTENCES = {
    "missing": "Please fill this in.",
    "rule": "{words}",
    "extra_forbidden": "There is no field of this name.",
    "string_too_long": "At most {max_length} characters; this has {length}.",
    "string_too_short": "At least {min_length} characters.",
    "greater_than_equal": "At least {ge}.",
    "less_than_equal": "At most {le:,}.",
    "string_type": "Please give text.",
    "int_parsing": "Please give a whole number.",
    "int_type": "Please give a whole number.",
    "int_from_float": "Please give a whole number.",
    "bool_parsing": "Please say yes or no.",
    "bool_type": "Please say yes or no.",
    "literal_error": "One of: {expected}.",
}


def _sentence(kind: str, given: Any, context: Mapping[str, Any]) -> str:
    if kind == "string_pattern_mismatch":
        return _shape(str(context["pattern"]))
    template = SENTENCES.get(kind, UNUSABLE)
    return template.format(length=len(str(given)), **context)


SHAPES = {
    "^cam_": "A campaign id looks like cam_123456.",
    "^dir_": "A directory id looks like dir_123.",
    "^cat_": "A category id looks like cat_123.",
    "^[A-Za-z0-9_-]+": "An id has letters, digits, - and _ only.",
    "^reg_": "A user id of a directory looks like reg_123.",
    "^(sub_)": "A subaccount id looks like sub_123.",
    "^pac_": "A package id looks like pac_7; the dashboard shows it.",
    "^gro_": "A group id looks like gro_9001.",
    "^req_": "It looks like req_4f1c9a7be20d3586…; the button on the card fills it in.",
    "^evt_": "A webhook id looks like evt_A1b2C3d4E5f6G7h8I9j0.",
    "^[A-Z]{2}": "A country is two capital letters, such as BE.",
    "^[0-9]+": "Digits only.",
    "^([A-Za-z0-9]{6}": "A session code has 21 letters and digits, or its first 6.",
    "^[A-Za-z0-9]{21}": "A session code has 21 letters and digits; here its first 6 are too few.",
    "^#": "A colour looks like #1F4E3D.",
    "^https": "A web address starts with https://.",
    r"^\d+(": "A positive number, such as 10 or 2.50.",
    "^[A-Za-z0-9]{1,10}": "1 to 10 letters and digits.",
    "^(": "A moment like 2026-12-01 09:00, or one of the words.",
}


def _shape(pattern: str) -> str:
    for start, sentence in SHAPES.items():
        if pattern.startswith(start):
            return sentence
    return UNSHAPED
