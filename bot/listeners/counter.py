"""Where what people press is handed in: all that decides, in one value."""

from dataclasses import dataclass

from actions.approvals import Approvals
from actions.desk import Desk
from actions.revealing import Revealing
from actions.settling import Settling
from schedules.launches import Launches
from schedules.stopping import Stopping
from store.secrets import Vault


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What listeners may call."""

    desk: Desk
    approvals: Approvals
    settling: Settling
    stopping: Stopping
    launches: Launches
    revealing: Revealing
    vault: Vault
