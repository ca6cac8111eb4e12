"""What may be looked at before something is done: the API, and the batches that are kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy

from actions.action import Reads
from actions.batch_kept import KeptBatches, Marks
from actions.batches import KeptBatch
from actions.desk import Now
from coupontools import endpoints
from coupontools.endpoint import Endpoint
from store.shelf import Line

LISTS: Mapping[str, Endpoint] = {
    "opened": endpoints.CAMPAIGN_OPENS,
    "claimed": endpoints.CAMPAIGN_CLAIMS,
    "validated": endpoints.CAMPAIGN_VALIDATIONS,
}
FRESH = timedelta(seconds=10)
"""For so long what was read is taken for what is."""
AGAIN = timedelta(minutes=5)
"""What happened so long before the last reading is read once more: clocks differ."""
MOST = 9
"""Lists that are remembered."""


@dataclass
class Happened:
    """To which sessions of a campaign something has happened, as far as that was read."""

    at: datetime | None = None
    marks: Marks = field(default_factory=lambda: numpy.zeros(0, numpy.int64))


class Used:
    """The lists of what happened: each read once, and from then on only what is new in it."""

    def __init__(self, now: Now) -> None:
        self._now, self._known = now, dict[tuple[str, str, str], Happened]()

    def marks(self, api: Reads, batch: KeptBatch, name: str) -> Marks:
        """The sessions to which this has happened since the batch was made."""
        key, now = (batch.campaign, batch.since, name), self._now()
        known = self._known.get(key) or Happened()
        if known.at is None or now - known.at >= FRESH:
            since = f"{known.at - AGAIN:%Y-%m-%d %H-%M}" if known.at else batch.since
            new = [known.marks, *read(api, LISTS[name], batch.campaign, since)]
            known = Happened(now, numpy.unique(numpy.concatenate(new)))
            self._known.pop(key, None)
            while len(self._known) >= MOST:
                self._known.pop(next(iter(self._known)))
            self._known[key] = known
        return known.marks


def read(api: Reads, endpoint: Endpoint, campaign: str, since: str) -> Iterator[Marks]:
    """The sessions on each page of such a list; a repeat does no harm."""
    for page in api.pages(endpoint, {"campaign": campaign, "start_date": since}):
        rows = page.get("data") if isinstance(page, dict) else None
        named = (row.get("session") for row in rows or () if isinstance(row, dict))
        yield numpy.fromiter((hash(str(code)) for code in named if code), numpy.int64)


class Looking:
    """The API for previews and for steps that look first: every endpoint that changes is refused"""

    def __init__(self, api: Reads, batches: KeptBatches, used: Used) -> None:
        self._api, self._batches, self._used = api, batches, used

    def call(self, endpoint: Endpoint, payload: Mapping[str, Any]) -> Any:
        """The answer of one read."""
        return self._api.call(_reading(endpoint), payload)

    def pages(self, endpoint: Endpoint, payload: Mapping[str, Any]) -> Iterator[Any]:
        """The answers of a paged read."""
        return self._api.pages(_reading(endpoint), payload)

    def batch(self, id: str) -> KeptBatch:
        """A batch of which codes are kept; raises `NotKept`."""
        return self._batches.of(id)

    def codes(self, batch: KeptBatch, begin: int, most: int) -> Sequence[Line]:
        """So many lines of it, from that one on; raises `NotKept`."""
        return self._batches.lines(batch.id, begin, most)

    def used(self, batch: KeptBatch, code: str, ways: Sequence[str]) -> str:
        """Which of these has happened to a code; nothing, if none has."""
        mark = hash(code)
        for way in ways:
            marks = self._used.marks(self, batch, way)
            at = int(numpy.searchsorted(marks, mark))
            if at < len(marks) and marks[at] == mark:
                return way
        return ""

    def count_used(self, batch: KeptBatch, ways: Sequence[str]) -> int:
        """To how many of its codes one of these has happened."""
        found = numpy.concatenate([self._used.marks(self, batch, way) for way in ways])
        return int(numpy.isin(self._batches.marks(batch.id), found).sum())


def _reading(endpoint: Endpoint) -> Endpoint:
    if not endpoint.reads:
        raise ValueError(f"A preview may not call {endpoint.id}")
    return endpoint
