"""What we tell people, before it has a shape."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True)
class Table:
    """Rows under headings; `total` when there are more rows than these."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    total: int | None = None


@dataclass(frozen=True, eq=False)
class Attachment:
    """A file for the thread: its rows are written as CSV when it is sent."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[Sequence[object]]]

    def write(self, into: BinaryIO) -> None:
        """Write it as UTF-8 CSV with a heading line."""
        text = io.TextIOWrapper(into, encoding="utf-8", newline="", write_through=True)
        sheet = csv.writer(text)
        sheet.writerow(self.columns)
        sheet.writerows(self.rows())
        text.detach()


@dataclass(frozen=True)
class Offer:
    """What may be done next: an action, filled in as far as is known."""

    label: str
    action: str
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Card:
    """A result as people read it: a line, facts, a table, a file, and what may be done next."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()
    table: Table | None = None
    attachment: Attachment | None = None
    link: str = ""
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What would happen, read before anybody agrees; `reach` is how many people it touches."""

    text: str
    facts: tuple[tuple[str, str], ...] = ()
    reach: int | None = None
