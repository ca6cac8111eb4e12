"""Lines of the record as files: CSV, JSON lines, or as OCSF has them; written as they are read.

The file itself says by what its lines were found, whose they are, and at its end how many.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from actions.cells import harmless
from actions.formats import Into
from bot.filters import told
from bot.ocsf import event, statement
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note, says
from store.queries import record
from store.queries.record import Wanted
from store.tables import AuditEntry

Format = Literal["csv", "jsonl", "ocsf"]
COLUMNS = tuple(AuditEntry.model_fields)
ENDS: dict[str, str] = {"csv": "csv", "jsonl": "jsonl", "ocsf": "ocsf.jsonl"}


@dataclass(frozen=True)
class Said:
    """What a file says of itself."""

    filter: str
    scope: str
    up_to: int
    """The last line there was when it was begun."""
    at: datetime


@dataclass(frozen=True)
class RecordFile:
    """Its lines are read while it is written."""

    name: str
    format: Format
    said: Said
    lines: Callable[[], Iterator[AuditEntry]]

    def write(self, into: Into) -> int:
        """Write all of it; says how many lines."""
        write = {"csv": _csv, "jsonl": _jsonl, "ocsf": _ocsf}[self.format]
        return write(into, self.said, self.lines())


class RecordFiles:
    """Gives them; that somebody took lines along, and how many, is on record."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    def __call__(self, wanted: Wanted, format: Format, *, actor: str, surface: str) -> RecordFile:
        """All lines that there are by now and that match."""
        with self._store.look() as tx:
            last = record.newest(tx)
        now = self._now()
        said = Said(told(wanted), f"lines 1 to {last:,} of the record", last, now)
        return RecordFile(
            f"vouchdesk-record-{now:%Y%m%d-%H%M}.{ENDS[format]}",
            format,
            said,
            lambda: self._noted(wanted, said, actor, surface),
        )

    def _noted(self, wanted: Wanted, said: Said, actor: str, surface: str) -> Iterator[AuditEntry]:
        count = 0
        for line in each(self._store, wanted, 0, said.up_to):
            count += 1
            yield line
        words = f"the record: {count:,} lines, {said.filter}"
        with self._store.begin() as tx:
            says(tx, surface=surface)
            note(tx, Kind.EXPORTED, actor=actor, at=self._now(), because=words)


def each(store: Store, wanted: Wanted, after: int, until: int) -> Iterator[AuditEntry]:
    """Lines in order, part by part; no transaction is open between two of them."""
    words = wanted.text.casefold()
    while True:
        with store.look() as tx:
            part = record.each(tx, wanted, after, until)
        yield from (line for line in part if words in line.because.casefold())
        if len(part) < record.PART:
            return
        after = part[-1].seq or until


def as_json(line: AuditEntry) -> str:
    return json.dumps(line.model_dump(mode="json"), ensure_ascii=False)


def _csv(into: Into, said: Said, lines: Iterator[AuditEntry]) -> int:
    """What it says of itself stands below the lines, so that the first row has the columns."""
    count = 0
    _row(into, COLUMNS)
    for line in lines:
        count += 1
        shown = line.model_dump(mode="json")
        _row(into, [shown[name] for name in COLUMNS])
    for title, words in (*_stated(said).items(), ("lines", f"{count}")):
        _row(into, (f"# {title}", words))
    return count


def _row(into: Into, cells: Any) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(map(harmless, cells))
    into.write(text.getvalue().encode())


def _jsonl(into: Into, said: Said, lines: Iterator[AuditEntry]) -> int:
    """The first object says what it is, the last one how many they are."""
    count = 0
    _json(into, {"export": _stated(said)})
    for line in lines:
        count += 1
        into.write(as_json(line).encode() + b"\n")
    _json(into, {"end": {"lines": count}})
    return count


def _ocsf(into: Into, said: Said, lines: Iterator[AuditEntry]) -> int:
    """Events only, as a SIEM wants them: the last one is the export itself."""
    count = 0
    for line in lines:
        count += 1
        _json(into, event(line))
    _json(into, statement(said.at, {**_stated(said), "lines": count}))
    return count


def _json(into: Into, said: Any) -> None:
    into.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")


def _stated(said: Said) -> dict[str, Any]:
    return {**asdict(said), "at": said.at.isoformat()}
