"""The account and what happens around it: calls on record, events to tell, trouble to come."""

from collections import deque
from threading import Lock
from typing import Any

from sandbox.coupontools import seed, webhooks
from sandbox.coupontools.account import Account
from sandbox.coupontools.courier import Courier, Habits
from sandbox.coupontools.faults import Faults
from sandbox.coupontools.profiles import DOCUMENTED, profile_of

REMEMBERED = 200_000


class World:
    """All that a reset renews."""

    def __init__(self, profile: str = DOCUMENTED) -> None:
        self.lock, self.courier = Lock(), Courier()
        self._usual = profile
        self.reset()

    def reset(self, profile: str | None = None, **sizes: int) -> None:
        """Without a profile, the one that it began with."""
        spoken, account = profile_of(profile or self._usual), seed.fresh(**sizes)
        account.page = spoken.page
        self.courier.forget()
        self.courier.habits = Habits()
        with self.lock:
            self.profile, self.account, self.faults = spoken, account, Faults()
            self.calls: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)

    def opened_by(self, keys: tuple[str, str]) -> Account | None:
        """The account that these keys open: this one, or one below it."""
        below = (each.account for each in self.account.subaccounts.values())
        return next((each for each in (self.account, *below) if each.keys == keys), None)

    def tell(self, account: Account) -> None:
        """Send what the last call made happen to those who want to know."""
        for parcel in webhooks.parcels(account, self.courier.habits):
            self.courier.send(parcel)
