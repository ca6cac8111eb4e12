"""Sheets: the rows of a CSV, each checked like anybody's inputs before anything is asked."""

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.action import AnyAction
from actions.cells import meant
from actions.desk import Desk
from actions.errors import BadSheet, InvalidInputs
from actions.fields import Choice, Several, fields, title_of

MOST = 5_000
SEPARATORS = ",;\t"
WIDE = "More cells than the header has columns."


@dataclass(frozen=True)
class Column:
    """A column of a sheet: a field of the action."""

    name: str
    title: str
    required: bool


@dataclass(frozen=True)
class Line:
    """What stands in one line of the sheet, by field; `number` as an editor counts them."""

    number: int
    raw: Mapping[str, Any]
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The rows that can be asked for, and the lines that cannot, with the words why."""

    good: Sequence[Mapping[str, Any]]
    bad: Sequence[Line]


def columns(action: AnyAction) -> list[Column]:
    """One column a field, in the order of the form."""
    return [
        Column(name, title_of(name, field), field.is_required())
        for name, field, _ in fields(action.inputs)
    ]


def decoded(content: bytes) -> str:
    """The text of an uploaded file; raises `BadSheet` when it is none."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise BadSheet("This is not text in UTF-8. Save the sheet as “CSV UTF-8”.") from None


def read(action: AnyAction, text: str) -> list[Line]:
    """The lines under the header; raises `BadSheet` when it cannot be read as a whole."""
    records = _records(text.removeprefix("\ufeff").replace("\0", ""), action)
    _, header = next(records, (0, []))
    if not header:
        raise BadSheet("There is nothing in it.")
    names = _names(action, header)
    lines: list[Line] = []
    for number, cells in records:
        if len(lines) == MOST:
            raise BadSheet(f"At most {MOST:,} rows at a time: please divide the sheet.")
        lines.append(_line(action, names, number, cells))
    if not lines:
        raise BadSheet("There is no row under the header.")
    return lines


def check(desk: Desk, name: str, rows: Sequence[Line]) -> Report:
    """Each row as the desk sees it; a bad one spoils only itself."""
    account, good, bad = desk.account(), [], []
    for line in rows:
        problems = dict(line.problems)
        try:
            desk.check(name, line.raw, account)
        except InvalidInputs as error:
            problems = error.problems | problems
        if problems:
            bad.append(Line(line.number, line.raw, problems))
        else:
            good.append(line.raw)
    return Report(good, bad)


def _records(text: str, action: AnyAction) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is not empty; blanks around and cells at the end go."""
    sheet = csv.reader(
        io.StringIO(text, newline=""), delimiter=_separator(text, action), strict=True
    )
    number = 1
    try:
        for record in sheet:
            cells = [meant(cell.strip()) for cell in record]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield number, cells
            number = sheet.line_num + 1
    except csv.Error as error:
        raise BadSheet(f"Line {number} cannot be read: {error}.") from None


def _separator(text: str, action: AnyAction) -> str:
    """The one that finds most columns in the header."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    known = _known(action)

    def found(separator: str) -> int:
        return sum(_flat(cell.strip().strip('"')) in known for cell in header.split(separator))

    return max(SEPARATORS, key=lambda each: (found(each), header.count(each)))


def _names(action: AnyAction, header: Sequence[str]) -> list[str]:
    """The field of each column."""
    known = _known(action)
    names = [known.get(_flat(cell), "") for cell in header]
    if not any(names):
        wanted = ", ".join(column.name for column in columns(action))
        raise BadSheet(f"The first line has to name the columns, of these: {wanted}.")
    for name, cell in zip(names, header, strict=True):
        if not name:
            raise BadSheet(_unknown(cell, known))
        if names.count(name) > 1:
            raise BadSheet(f"The column “{name}” is there twice.")
    missing = [c.name for c in columns(action) if c.required and c.name not in names]
    if missing:
        raise BadSheet(f"A column is missing: {', '.join(missing)}.")
    return names


def _unknown(cell: str, known: Mapping[str, str]) -> str:
    if not cell:
        return "A column has no name."
    close = difflib.get_close_matches(_flat(cell), known, n=1, cutoff=0.6)
    hint = f"Did you mean {known[close[0]]}?" if close else f"Known: {', '.join(_fields(known))}."
    return f"There is no column “{cell[:80]}”. {hint}"


def _fields(known: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(known.values()))


def _known(action: AnyAction) -> dict[str, str]:
    """What a header may call a field, and the field."""
    titles = {_flat(column.title): column.name for column in columns(action)}
    return titles | {_flat(column.name): column.name for column in columns(action)}


def _flat(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _line(action: AnyAction, names: Sequence[str], number: int, cells: Sequence[str]) -> Line:
    kinds = {name: kind for name, _, kind in fields(action.inputs)}
    raw = {
        name: _meant(kinds[name], cell) for name, cell in zip(names, cells, strict=False) if cell
    }
    return Line(number, raw, {"": WIDE} if len(cells) > len(names) else {})


def _meant(kind: Any, cell: str) -> str:
    """A choice may be written as people see it; several, with commas between them."""
    if not isinstance(kind, Choice | Several):
        return cell
    labels = {label.lower(): value for value, label in kind.options}
    known = labels | {value.lower(): value for value, _ in kind.options}
    if isinstance(kind, Choice):
        return known.get(cell.lower(), cell)
    return ",".join(known.get(each.lower(), each) for each in re.split(r"\s*[,;]\s*", cell))
