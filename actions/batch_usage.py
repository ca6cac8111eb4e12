"""How many codes of a batch were opened, claimed and validated: counted in the API's own lists."""

from collections.abc import Callable, Iterator, Mapping

import numpy
from numpy.typing import NDArray

from actions import rights
from actions.action import Catalog, Reads
from actions.brought import Brought
from actions.card import Card
from actions.desk import Now
from actions.errors import UnknownThing
from actions.policy import People
from coupontools import endpoints
from coupontools.endpoint import Endpoint
from store import queries
from store.db import Store
from store.lifecycle import note
from store.secrets import Vault
from store.tables import Account, Operation

LISTS: Mapping[str, Endpoint] = {
    "Opened": endpoints.CAMPAIGN_OPENS,
    "Claimed": endpoints.CAMPAIGN_CLAIMS,
    "Validated": endpoints.CAMPAIGN_VALIDATIONS,
}
GONE = "Its codes are not kept here any more, so that they cannot be told from others."

Marks = NDArray[numpy.int64]
"""Codes, eight bytes each."""


class UsageOfBatch:
    """For whoever may have the codes."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        vault: Vault,
        people: People,
        clients: Callable[[Account], Reads],
        now: Now,
    ) -> None:
        self._store, self._catalog, self._people = store, catalog, people
        self._clients, self._now = clients, now
        self._brought = Brought(store, vault, now)

    def __call__(self, id: str, *, actor: str) -> Card:
        """Count now; raises `Declined` or `ApiError`."""
        person = self._people(actor)
        with self._store.look() as tx:
            run = queries.operation_seen(tx, id)
            request = queries.request_to_run(tx, run.request) if run else None
            account = queries.account(tx, run.account) if run else None
        if run is None or request is None or account is None:
            raise UnknownThing(f"There is nothing on record as {id}.")
        rights.to_take(person, request.actor)
        codes = self._codes(run)
        if not len(codes):
            raise UnknownThing(GONE)
        with self._store.begin() as tx:
            note(tx, "read", actor=actor, at=self._now(), about=run, because="usage of the batch")
        api, asked = self._clients(account), _asked(run)
        counts = {name: _count(api, endpoint, asked, codes) for name, endpoint in LISTS.items()}
        return _card(len(codes), counts)

    def _codes(self, run: Operation) -> Marks:
        action = self._catalog[run.action]
        with self._store.look() as tx:
            runs = queries.step_runs(tx, run.id)
        lines = self._brought.lines(action, run, runs)
        return numpy.unique(numpy.fromiter((hash(line[1]) for line in lines), numpy.int64))


def _asked(run: Operation) -> dict[str, str]:
    """What happened before the day on which they were made happened to others."""
    return {
        "campaign": str(run.inputs["campaign"]),
        "start_date": f"{run.started_at or run.due:%Y-%m-%d}",
    }


def _count(api: Reads, endpoint: Endpoint, asked: Mapping[str, str], codes: Marks) -> int:
    """Each code once, on whatever pages it stands."""
    found: set[int] = set()
    for page in api.pages(endpoint, asked):
        marks = numpy.fromiter((hash(code) for code in _sessions(page)), numpy.int64)
        found.update(marks[numpy.isin(marks, codes)].tolist())
    return len(found)


def _sessions(page: Mapping[str, object]) -> Iterator[str]:
    rows = page.get("data")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("session"):
            yield str(row["session"])


def _card(whole: int, counts: Mapping[str, int]) -> Card:
    facts = [(name, f"{count:,} ({count / whole:.0%})") for name, count in counts.items()]
    unopened = whole - counts["Opened"]
    return Card(
        f"{counts['Validated']:,} of {whole:,} codes are validated",
        facts=(*facts, ("Not opened", f"{unopened:,} ({unopened / whole:.0%})")),
    )
