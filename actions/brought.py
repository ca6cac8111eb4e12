"""What a run has brought whose answers are kept line by line: counted, and as one file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy
from numpy.typing import NDArray
from pydantic import ValidationError

from actions.action import AnyAction
from actions.calls import CHUNKS, newest_of
from actions.card import Card
from actions.desk import Now
from actions.fields import Inputs
from actions.privacy import opened
from store.db import Store
from store.queries import kept
from store.secrets import Vault
from store.shelf import CutFile, Line, Shelf
from store.tables import Effect, Operation, Progress, StepRun


@dataclass(frozen=True)
class Piece:
    """One call that happened: what was told of it, and which of its chunks are there."""

    run: StepRun
    told: Mapping[str, Any]
    chunks: int


class Brought:
    """Puts the calls of a run together."""

    def __init__(self, store: Store, vault: Vault, now: Now) -> None:
        self._store, self._vault, self._shelf = store, vault, Shelf(store, vault, now)

    def card(self, action: AnyAction, operation: Operation, runs: Sequence[StepRun]) -> Card | None:
        """What has come so far; None for what is no batch, or has brought nothing yet."""
        asked = self._asked(action, operation)
        pieces = list(self._pieces(action, asked, operation, runs)) if asked else []
        if not pieces:
            return None
        reply = {
            "asked": asked,
            "parts": [piece.told for piece in pieces],
            "twice": self._twice(pieces),
        }
        card = action.present(action.output.model_validate(reply))
        if card.attachment is None:
            return card
        file = replace(card.attachment, rows=lambda: self._lines(pieces))
        return replace(card, attachment=file)

    def lines(
        self, action: AnyAction, operation: Operation, runs: Sequence[StepRun], begin: int = 0
    ) -> Iterator[Line]:
        """All lines that are kept of it, from that one on; raises `CutFile`."""
        asked = self._asked(action, operation)
        for piece in self._pieces(action, asked, operation, runs) if asked else ():
            count = piece.told["kept"]
            if begin < count:
                yield from self._shelf.lines(piece.run, piece.chunks, begin)
            begin = max(0, begin - count)

    def _asked(self, action: AnyAction, operation: Operation) -> Inputs | None:
        """What was asked for, of a run that brings many lines."""
        if not action.is_long:
            return None
        try:
            asked: Inputs = action.inputs.model_validate(opened(operation.inputs, self._vault))
        except ValidationError:
            return None
        return asked

    def _pieces(
        self, action: AnyAction, asked: Inputs, operation: Operation, runs: Sequence[StepRun]
    ) -> Iterator[Piece]:
        with self._store.look() as tx:
            there = kept.kept_of(tx, operation.id)
        last = newest_of(runs)
        for position, step in enumerate(action.steps_of(asked)):
            run = last.get(position)
            if step.intake is None or run is None or not _happened(run, operation):
                continue
            chunks, lines = there.get((position, run.round), (0, 0))
            reply = self._vault.open(run.reply) if run.reply else None
            if reply is not None and CHUNKS not in reply:
                continue  # as a whole, as it was kept in the beginning
            found = reply or {"rows": lines, "said": True}
            if chunks != found.get(CHUNKS, chunks):
                chunks, lines = 0, 0  # some are gone, as all soon will be
            told = {**step.intake(asked).told(), **found, "kept": lines}
            yield Piece(run, told, chunks)

    def _lines(self, pieces: Sequence[Piece]) -> Iterator[Line]:
        for piece in pieces:
            yield from self._shelf.lines(piece.run, piece.chunks)

    def _twice(self, pieces: Sequence[Piece]) -> int:
        """Lines that begin as one of another call does; eight bytes a line are in memory."""
        if len(pieces) < 2:
            return 0
        with suppress(CutFile):  # whoever reads it is told
            return self._counted(pieces)
        return 0

    def _counted(self, pieces: Sequence[Piece]) -> int:
        marks, within, at = numpy.zeros(sum(p.told["kept"] for p in pieces), numpy.int64), 0, 0
        for piece in pieces:
            begun = at
            for at, line in enumerate(self._lines([piece]), begun + 1):
                marks[at - 1] = hash(line[0])
            within += _repeated(marks[begun:at])
        return _repeated(marks[:at]) - within


def _repeated(marks: NDArray[numpy.int64]) -> int:
    """How many are there once more; they are sorted where they stand."""
    marks.sort()
    return int(numpy.count_nonzero(marks[1:] == marks[:-1]))


def _happened(run: StepRun, operation: Operation) -> bool:
    """Whether it did, as far as that is known."""
    vouched_for = run.effect is Effect.UNCLEAR and operation.state is Progress.DONE
    return run.effect is Effect.CONFIRMED or vouched_for
