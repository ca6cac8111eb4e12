"""Parameters that sources write in two ways, and accounts that take only one of them."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.coupontools.answers import Failure

Params = dict[str, Any]

USAGE, SINGLE, LOYALTY_USER = "/v3/campaign/", "/v3/singleuse/create", "/v3/loyaltyusers/create"
NOTHING = re.compile("")
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
CONSUMER = ("email", "phone", "customid")


@dataclass(frozen=True)
class Manner:
    """How one parameter has to be written in calls whose path begins so.

    What is written otherwise is refused with the code; without a code it is not even seen.
    `yes`: it is a yes or no, and means the first of these that is given.
    """

    path: str
    name: str
    shape: re.Pattern[str]
    code: int = 0
    yes: tuple[str, ...] = ()

    def heard(self, params: Params) -> Params:
        if params.get(self.name) in (None, ""):
            return params
        said = str(params[self.name]).lower()
        if self.shape.fullmatch(said):
            return {**params, self.name: self._meant(said, params)} if self.yes else params
        if self.code:
            words = "Invalid format" if self.code == 303 else "Incorrect value"
            raise Failure((self.code, f"{words} in parameter: {self.name}"))
        return {name: value for name, value in params.items() if name != self.name}

    def _meant(self, said: str, params: Params) -> str:
        given = (name for name in self.yes if params.get(name))
        return next(given, "") if said == "true" else ""


def _ranges(minute: str) -> tuple[Manner, ...]:
    shape = re.compile(f"{DAY}(?: {minute})?")
    return tuple(Manner(USAGE, name, shape, 303) for name in ("start_date", "end_date"))


BARE_SUBACCOUNT = Manner("/", "subaccount", re.compile("[0-9]+"), 301)
AS_PRINTED = (
    *_ranges("[0-9]{2}-[0-9]{2}"),
    Manner(SINGLE, "expiry_date", re.compile(f"{DAY} [0-9:]{{8}}"), 303),
    Manner(SINGLE, "duplicate_check", re.compile("|".join(CONSUMER)), 302),
    Manner("/v3/send/sms", "sender", NOTHING),
)
"""As the vendor's pages and the connector write them."""
AS_A_CLIENT_WRITES = (
    *_ranges("[0-9]{2}:[0-9]{2}"),
    Manner(SINGLE, "expiry_date", re.compile(f"{DAY}:[0-9:]{{8}}"), 303),
    Manner(SINGLE, "duplicate_check", re.compile("true|false"), 302, yes=CONSUMER),
)
"""As one client of the API writes them, and nobody else."""
