"""Long answers, kept line by line: sealed in chunks, of which none can be missing unnoticed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from store.db import Store
from store.queries import kept
from store.secrets import Vault
from store.tables import Chunk, StepRun

LINES = 2_000
"""In one chunk, and so in memory."""
PATIENCE = 60.0
"""Seconds to wait for the database while an answer comes in: it must not be lost."""

Line = Sequence[Any]


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

    def lines(self, run: StepRun, chunks: int) -> Iterator[Line]:
        """The lines of that call, in their order; raises `CutFile` unless all are there."""
        for number in range(chunks):
            with self._store.look() as tx:
                found = kept.chunk(tx, run.operation, run.position, run.round, number)
            if found is None:
                raise CutFile
            label, lines = self._vault.open(found.sealed)
            if label != _label(run, number):
                raise CutFile
            yield from lines

    def put(self, run: StepRun, number: int, lines: Sequence[Line]) -> None:
        """Keep the next lines; what else is in the chunk says where it belongs."""
        chunk = Chunk(
            operation=run.operation,
            position=run.position,
            round=run.round,
            number=number,
            lines=len(lines),
            sealed=self._vault.seal([_label(run, number), lines]),
            at=self._now(),
        )
        with self._store.begin(patience=PATIENCE) as tx:
            tx.add(chunk)


class Keeping:
    """An answer on its way in."""

    def __init__(self, shelf: Shelf, run: StepRun) -> None:
        self._shelf, self._run, self._lines = shelf, run, list[Line]()
        self.chunks = 0

    def add(self, line: Line) -> None:
        self._lines.append(line)
        if len(self._lines) == LINES:
            self.end()

    def end(self) -> None:
        """Write what is not written yet."""
        if self._lines:
            self._shelf.put(self._run, self.chunks, self._lines)
            self._lines, self.chunks = [], self.chunks + 1


def _label(run: StepRun, number: int) -> str:
    return f"{run.operation}/{run.position}/{run.round}/{number}"
