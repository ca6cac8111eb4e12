"""Where what people press is handed in: all that decides, in one value."""

from collections.abc import Callable
from dataclasses import dataclass

from actions.action import Catalog, Reads
from actions.approvals import Approvals
from actions.batch_usage import UsageOfBatch
from actions.deciding import Deciding
from actions.desk import Desk, Now, Submit
from actions.editing import Editing
from actions.origins import Origins
from actions.policy import People
from actions.rehearsing import Rehearsing
from actions.revealing import Revealing
from actions.settling import Settling
from actions.voices import Voices
from actions.weighing import Weighing
from schedules.launches import Launches
from schedules.shifting import Shifting
from schedules.stopping import Stopping
from store.db import Store
from store.secrets import Vault
from store.shelf import Shelf
from store.tables import Account


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What listeners may call."""

    desk: Desk
    approvals: Approvals
    settling: Settling
    stopping: Stopping
    shifting: Shifting
    launches: Launches
    revealing: Revealing
    deciding: Deciding
    editing: Editing
    rehearsing: Rehearsing
    voices: Voices
    usage: UsageOfBatch
    origins: Origins
    vault: Vault


def open_counter(
    store: Store,
    vault: Vault,
    people: People,
    weighing: Weighing,
    catalog: Catalog,
    submit: Submit,
    now: Now,
    *,
    desk: Desk,
    approvals: Approvals,
    stopping: Stopping,
    shifting: Shifting,
    launches: Launches,
    clients: Callable[[Account], Reads],
) -> Counter:
    """All of it, for people as Slack knows them."""
    return Counter(
        desk=desk,
        approvals=approvals,
        settling=Settling(store, catalog, vault, people, submit, now),
        stopping=stopping,
        shifting=shifting,
        launches=launches,
        revealing=Revealing(store, catalog, vault, now),
        deciding=Deciding(store, now),
        editing=Editing(store, vault, now),
        rehearsing=Rehearsing(store, vault, desk, lambda: weighing.policy, now),
        voices=Voices(store, people, now),
        usage=UsageOfBatch(store, catalog, vault, people, clients, now),
        origins=Origins(store, catalog, vault, people, Shelf(store, vault, now)),
        vault=vault,
    )
