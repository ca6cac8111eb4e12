"""Rows as bytes: CSV, JSON lines or a workbook, written as they come."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import xlsxwriter

from actions.cells import harmless

Format = Literal["csv", "xlsx", "jsonl"]

BLOCK = 65_536
"""Characters that are gathered before they are written."""
SHEET = 1_048_576
"""Rows of a workbook's sheet, the heading among them."""


class Into(Protocol):
    """Where bytes go, one after the other."""

    def write(self, data: bytes, /) -> Any:
        """Take the next ones."""


class Lines:
    """UTF-8, line by line."""

    def __init__(self, into: Into, columns: Sequence[str]) -> None:
        self._into, self._columns, self._written = into, columns, 0
        self._text = io.StringIO(newline="")
        self.begin()

    def begin(self) -> None:
        """Write what stands above the rows."""

    def add(self, row: Sequence[object]) -> None:
        said = dict(zip(self._columns, row, strict=False))
        self._text.write(json.dumps(said, ensure_ascii=False, default=str) + "\n")
        self.spill()

    def spill(self) -> None:
        if self._text.tell() > BLOCK:
            self.close()

    def has_room(self, most: int | None) -> bool:
        return most is None or self._written + 2 * BLOCK < most or not self._written

    def close(self) -> None:
        said = self._text.getvalue().encode()
        self._into.write(said)
        self._written += len(said)
        self._text.seek(0)
        self._text.truncate()


class Csv(Lines):
    """With a heading line; no cell is taken for a formula."""

    def begin(self) -> None:
        self._csv = csv.writer(self._text)
        self._csv.writerow(map(harmless, self._columns))

    def add(self, row: Sequence[object]) -> None:
        self._csv.writerow(map(harmless, row))
        self.spill()


class Workbook:
    """One sheet; numbers as numbers, everything else as text."""

    def __init__(self, into: Into, columns: Sequence[str]) -> None:
        self._book = xlsxwriter.Workbook(into, {"constant_memory": True})
        self._sheet = self._book.add_worksheet()
        self._rows, self._size = 0, 0
        self.add(columns)

    def add(self, row: Sequence[object]) -> None:
        for column, said in enumerate(row):
            is_number = isinstance(said, int | float) and not isinstance(said, bool)
            write: Any = self._sheet.write_number if is_number else self._sheet.write_string
            write(self._rows, column, said if is_number else str(said))
            self._size += len(str(said))
        self._rows += 1

    def has_room(self, most: int | None) -> bool:
        """Packed, it is smaller than what stands in its cells."""
        return self._rows < SHEET and (most is None or self._size < most)

    def close(self) -> None:
        self._book.close()


WRITERS: Mapping[Format, type[Csv] | type[Lines] | type[Workbook]] = {
    "csv": Csv,
    "jsonl": Lines,
    "xlsx": Workbook,
}
