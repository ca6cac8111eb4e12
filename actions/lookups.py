"""Options for pickers, from a cache: the last good answer at once, refreshed behind it."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError as NotYet
from threading import Lock

from actions.action import Catalog
from actions.fields import Option
from coupontools.client import Client
from coupontools.errors import ApiError
from store.tables import Account

FRESH = 60.0
"""Seconds after which a list is fetched again, behind the back of whoever asks."""

PATIENCE = 2.3
"""Seconds to wait for a list that was never fetched; Slack gives three."""

MOST = 100


class Lookups:
    """What the pickers offer; searching works on names and ids, whatever the case."""

    def __init__(
        self,
        catalog: Catalog,
        clients: Callable[[Account], Client],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalog, self._clients, self._now = catalog, clients, now
        self._known: dict[tuple[str, str], tuple[float, Sequence[Option]]] = {}
        self._coming: dict[tuple[str, str], Future[Sequence[Option]]] = {}
        self._lock, self._pool = Lock(), ThreadPoolExecutor(4, "lookups")

    def options(self, action: str, account: Account, typed: str) -> list[Option]:
        """At most 100 options, best match first; none while the account cannot be asked."""
        return found(self._all(action, account), typed)[:MOST]

    def warm(self, account: Account) -> None:
        """Fetch what pickers offer before anybody opens one."""
        for name, action in self._catalog.items():
            if action.options:
                self._fetch((account.name, name), account)

    def known(self, action: str, account: Account, value: str) -> Option | None:
        """The option of that value, if it was ever fetched; asks nobody."""
        _, options = self._known.get((account.name, action), (0.0, ()))
        return next((option for option in options if option.value == value), None)

    def close(self) -> None:
        """Start no further fetch."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _all(self, action: str, account: Account) -> Sequence[Option]:
        key = (account.name, action)
        known = self._known.get(key)
        if known and self._now() - known[0] < FRESH:
            return known[1]
        coming = self._fetch(key, account)
        if known:
            return known[1]
        try:
            return coming.result(PATIENCE)
        except (NotYet, ApiError):
            return ()

    def _fetch(self, key: tuple[str, str], account: Account) -> Future[Sequence[Option]]:
        with self._lock:
            coming = self._coming.get(key)
            if coming is None:
                coming = self._coming[key] = self._pool.submit(self._ask, key, account)
            return coming

    def _ask(self, key: tuple[str, str], account: Account) -> Sequence[Option]:
        try:
            action = self._catalog[key[1]]
            reply = self._clients(account).call(action.steps[0].endpoint, {})
            listed = action.options(action.output.model_validate(reply)) if action.options else ()
            self._known[key] = (self._now(), listed)
            return listed
        finally:
            with self._lock:
                self._coming.pop(key, None)


def found(options: Sequence[Option], typed: str) -> list[Option]:
    """Options that hold every typed word; those that begin with it first."""
    wanted = typed.casefold().split()
    if not wanted:
        return list(options)
    matching = [
        option
        for option in options
        if all(word in f"{option.label} {option.value}".casefold() for word in wanted)
    ]
    return sorted(matching, key=lambda o: not o.label.casefold().startswith(wanted[0]))
