"""Long answers, kept line by line: sealed in chunks, of which none can be missing unnoticed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy

from store.db import Store
from store.queries import kept
from store.secrets import Vault
from store.tables import Chunk, Mark, StepRun

LINES = 2_000
"""In one chunk, and so in memory."""
PATIENCE = 60.0
"""Seconds to wait for the database while an answer comes in: it must not be lost."""

Line = Sequence[Any]
MARK = numpy.dtype("<u4")
"""Of one name of a line."""


@dataclass(frozen=True)
class Place:
    """Where a chunk is kept."""

    operation: str
    position: int
    round: int
    number: int

    def __str__(self) -> str:
        return f"{self.operation}/{self.position}/{self.round}/{self.number}"


class CutFile(Exception):
    """A part of the file is missing, or is not what was kept there."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Shelf:
    """Where lines are kept, until they are too old."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime]) -> None:
        self._store, self._vault, self._now = store, vault, now

    def keep(self, run: StepRun) -> "Keeping":
        """Begin to keep the answer to that call."""
        return Keeping(self, run)

    def lines(self, run: StepRun, chunks: int, begin: int = 0) -> Iterator[Line]:
        """Its lines in their order, from that one on; raises `CutFile` unless all are there."""
        first, skipped = divmod(begin, LINES)
        for number in range(first, chunks):
            yield from self.chunk(_place(run, number))[skipped if number == first else 0 :]

    def chunk(self, place: Place) -> Sequence[Line]:
        """The lines that are kept there; raises `CutFile`."""
        with self._store.look() as tx:
            found = kept.chunk(tx, place.operation, place.position, place.round, place.number)
        label, lines = self._vault.open(found.sealed) if found else ("", ())
        if label != str(place):
            raise CutFile
        return lines

    def look_for(self, name: str) -> Iterator[Place]:
        """Where a line of that name may be kept; or, of what has no marks, might be."""
        wanted = numpy.frombuffer(b"".join(self._vault.marks(_flat(name))), MARK)
        with self._store.look() as tx:
            for place, marks in kept.marks(tx):
                there = numpy.frombuffer(marks or b"", MARK)
                if marks is None or any((there == mark).any() for mark in wanted):
                    yield Place(*place)

    def put(self, place: Place, lines: Sequence[Line], names: Iterable[str] = ()) -> None:
        """Keep the next lines; what else is in the chunk says where it belongs."""
        chunk = Chunk(
            **vars(place),
            lines=len(lines),
            sealed=self._vault.seal([str(place), lines]),
            at=self._now(),
        )
        marks = self._vault.marked(map(_flat, names))
        with self._store.begin(patience=PATIENCE) as tx:
            tx.merge(chunk)  # a call that may be repeated brings it again
            tx.merge(Mark(**vars(place), marks=marks))


class Keeping:
    """An answer on its way in."""

    def __init__(self, shelf: Shelf, run: StepRun) -> None:
        self._shelf, self._run, self._lines = shelf, run, list[Line]()
        self._names, self.chunks = list[str](), 0

    def add(self, line: Line, names: Iterable[str] = ()) -> None:
        """The next line, and by what it can be found again."""
        self._lines.append(line)
        self._names.extend(names)
        if len(self._lines) == LINES:
            self.end()

    def end(self) -> None:
        """Write what is not written yet."""
        if self._lines:
            self._shelf.put(_place(self._run, self.chunks), self._lines, self._names)
            self._lines, self._names, self.chunks = [], [], self.chunks + 1


def _place(run: StepRun, number: int) -> Place:
    return Place(run.operation, run.position, run.round, number)


def _flat(name: str) -> str:
    """As people may type it."""
    return name.strip().lower()
