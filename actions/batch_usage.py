"""How many codes of a batch were opened, claimed and validated: counted in the API's own lists."""

from collections.abc import Callable, Mapping

from actions import rights
from actions.action import Catalog, Reads
from actions.batch_kept import KeptBatches
from actions.batches import KeptBatch
from actions.card import Card, Offer
from actions.desk import Now
from actions.errors import UnknownThing
from actions.looking import LISTS, Looking, Used
from actions.policy import People
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.secrets import Vault
from store.tables import Account


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
        self._store, self._people = store, people
        self._clients, self._now = clients, now
        self._batches = KeptBatches(store, catalog, vault, now)

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
        batch = self._batches.of(id)
        with self._store.begin() as tx:
            note(
                tx, Kind.READ, actor=actor, at=self._now(), about=run, because="usage of the batch"
            )
        api = Looking(self._clients(account), self._batches, Used(self._now))
        return _card(batch, {way: api.count_used(batch, [way]) for way in LISTS})


def _card(batch: KeptBatch, counts: Mapping[str, int]) -> Card:
    whole = batch.codes
    facts = [
        (way.capitalize(), f"{count:,} ({count / whole:.0%})") for way, count in counts.items()
    ]
    unopened = whole - counts["opened"]
    given = (("batch", batch.id), ("codes", str(whole)), ("used", "opened"))
    return Card(
        f"{counts['validated']:,} of {whole:,} codes are validated",
        facts=(*facts, ("Not opened", f"{unopened:,} ({unopened / whole:.0%})")),
        offers=(Offer("Void what is unused", "single_use.void_unused", given),),
    )
