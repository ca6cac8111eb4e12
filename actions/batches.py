"""A batch of codes: the parts in which it is ordered, and what comes in of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from actions.fields import Inputs, Reply

LEAST, MOST = 10, 100_000
"""Codes in one call."""
SHORT = 6
"""Characters of a session code that are its short form."""
SMALLEST = 2 * LEAST
"""A part that can give some to the one after it."""
PARTS = 99
MARK = 2
"""Characters behind the prefix that number the parts."""
COLUMNS = ("url", "code", "short_code", "sequence", "custom_code")


@dataclass(frozen=True)
class Part:
    """One call of a batch."""

    number: int
    of: int
    amount: int
    prefix: str = ""
    """Of the validation codes; empty when none are made."""

    @property
    def name(self) -> str:
        return f"part {self.number} of {self.of}"


@dataclass(frozen=True)
class KeptBatch:
    """A batch of which codes are kept."""

    id: str
    request: str
    campaign: str
    since: str
    """The day on which they were made."""
    codes: int


def makes_codes(inputs: type[Inputs]) -> bool:
    """Whether what is asked with these is a batch of codes."""
    return "code_prefix" in inputs.model_fields


def parts(amount: int, most: int, prefix: str = "") -> list[Part]:
    """A batch in as few parts as possible, none of them with fewer than may be ordered."""
    sizes = [most] * (amount // most)
    if rest := amount % most:
        sizes.append(rest)
    if len(sizes) > 1 and sizes[-1] < LEAST:
        sizes[-2:] = [most - LEAST + rest, LEAST]
    if len(sizes) == 1:
        return [Part(1, 1, amount, prefix)]
    mark = f"{prefix}{{:0{MARK}}}" if prefix else ""
    return [
        Part(number, len(sizes), size, mark.format(number)) for number, size in enumerate(sizes, 1)
    ]


class Incoming:
    """Reads the codes of a part as they come, and holds them against what was asked."""

    def __init__(self, part: Part, length: int | None) -> None:
        self._part = part
        self._length = len(part.prefix) + length if length else 0
        self._rows, self._odd, self._read = 0, 0, 0
        self._codes, self._own_codes = set[str](), set[str]()

    def line(self, record: Any) -> Sequence[Any]:
        """What of it stands in the file; all of it, if it has another form."""
        self._rows += 1
        cells = _cells(record)
        if cells is None:
            self._odd += 1
            return [str(record)]
        self._read += 1
        self._codes.add(cells[0])
        own_code = cells[-1]
        if self._part.prefix:
            self._own_codes.add(own_code)
            fits = own_code.startswith(self._part.prefix) and len(own_code) == self._length
            self._odd += not fits
        return cells

    def names(self, line: Sequence[Any]) -> Iterable[str]:
        """Its short code, which its other ones begin with, and its validation code."""
        return names(line)

    def told(self) -> dict[str, Any]:
        """How many of how many, and what is wrong with them."""
        twice = self._read - len(self._codes)
        if self._part.prefix:
            twice = max(twice, self._read - len(self._own_codes))
        return {
            "number": self._part.number,
            "of": self._part.of,
            "asked": self._part.amount,
            "prefix": self._part.prefix,
            "rows": self._rows,
            "twice": twice,
            "odd": self._odd,
        }


class Told(Reply):
    """What came of a part, as `Incoming` told it; `kept` of its lines are still there."""

    number: int = 1
    of: int = 1
    asked: int = 0
    prefix: str = ""
    rows: int = 0
    twice: int = 0
    odd: int = 0
    kept: int = 0
    said: bool = False
    """A person said that it happened: its answer is not known, or not all of it."""


def names(line: Sequence[Any]) -> set[str]:
    """By what a line of a part is known; nothing of one that has another form."""
    if len(line) != len(COLUMNS):
        return set()
    _, code, short, _, own_code = line
    return {name for name in (str(code)[:SHORT], short, own_code) if name}


def _cells(record: Any) -> tuple[Any, ...] | None:
    """A record as it stands in a file, under `COLUMNS`; a hundred thousand of these are read."""
    try:
        sequence = record.get("sequence_id", record.get("sequenceid"))
        found = (
            record["single_use_url"],
            record["single_use_code"],
            record.get("widget_validation_code"),
            str(sequence or "") if not isinstance(sequence, int) else sequence,
            record.get("custom_validation_code"),
        )
    except (AttributeError, KeyError):
        return None
    url, code, short, number, own_code = found
    if not all(isinstance(said or "", str) for said in (url, code, short, own_code)) or not url:
        return None
    return url, code, short or "", number, own_code or ""
