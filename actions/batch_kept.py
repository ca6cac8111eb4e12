"""The codes of a batch for as long as they are kept: how many, of which campaign, and which."""

from collections.abc import Sequence
from itertools import islice

import numpy
from numpy.typing import NDArray

from actions.action import Catalog
from actions.batches import KeptBatch, makes_codes
from actions.brought import Brought
from actions.desk import Now
from actions.errors import NotKept
from store import queries
from store.db import Store
from store.queries import kept
from store.secrets import Vault
from store.shelf import CutFile, Line
from store.tables import Operation

Marks = NDArray[numpy.int64]
"""Codes, eight bytes each."""


class KeptBatches:
    """Raises `NotKept` where there are none, or not all."""

    def __init__(self, store: Store, catalog: Catalog, vault: Vault, now: Now) -> None:
        self._store, self._catalog = store, catalog
        self._brought = Brought(store, vault, now)

    def of(self, id: str) -> KeptBatch:
        """The batch of that run."""
        with self._store.look() as tx:
            run = self._run(queries.operation_seen(tx, id))
            lines = sum(count for _, count in kept.kept_of(tx, id).values())
        if not lines:
            raise NotKept(f"The codes of {id} are not kept here any more.")
        since = f"{run.started_at or run.due:%Y-%m-%d}"
        return KeptBatch(id, run.request, str(run.inputs["campaign"]), since, lines)

    def lines(self, id: str, begin: int = 0, most: int | None = None) -> Sequence[Line]:
        """So many lines of it, from that one on."""
        with self._store.look() as tx:
            run, runs = self._run(queries.operation_seen(tx, id)), queries.step_runs(tx, id)
        lines = self._brought.lines(self._catalog[run.action], run, runs, begin)
        try:
            return list(islice(lines, most))
        except CutFile as error:
            raise NotKept(str(error)) from None

    def marks(self, id: str) -> Marks:
        """All its session codes."""
        with self._store.look() as tx:
            run, runs = self._run(queries.operation_seen(tx, id)), queries.step_runs(tx, id)
        lines = self._brought.lines(self._catalog[run.action], run, runs)
        return numpy.unique(numpy.fromiter((hash(line[1]) for line in lines), numpy.int64))

    def _run(self, run: Operation | None) -> Operation:
        if run is None or not makes_codes(self._catalog[run.action].inputs):
            raise NotKept("There is no batch of that id on record.")
        return run
