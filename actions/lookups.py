"""Options for pickers, from a cache: the last good answer at once, refreshed behind it."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError as NotYet
from dataclasses import dataclass
from threading import Lock

from pydantic import ValidationError

from actions.action import Catalog
from actions.fields import Option, Reply
from coupontools.client import Client
from coupontools.errors import ApiError
from store.tables import Account

FRESH = 60.0
"""Seconds after which a list is fetched again, behind the back of whoever asks."""

PATIENCE = 2.3
"""Seconds to wait for a list that was never fetched; Slack gives three."""

MOST = 100

OLD = 600.0
"""Seconds for which an answer may be told to people while there is none that is fresher."""

REST = 30.0
"""Seconds for which an account that could not be asked is left alone by whoever can do without."""


@dataclass(frozen=True)
class Shelf:
    """Options, and of each what is searched: made once, as there may be ten thousand."""

    options: Sequence[Option]
    words: Sequence[str]
    answer: Reply | None = None
    """What they were made from."""


def shelf(options: Sequence[Option], answer: Reply | None = None) -> Shelf:
    """Searched are names and ids, whatever the case."""
    return Shelf(options, [f"{each.label} {each.value}".casefold() for each in options], answer)


EMPTY = shelf(())


class Lookups:
    """What the pickers offer; searching works on names and ids, whatever the case."""

    def __init__(
        self,
        catalog: Catalog,
        clients: Callable[[Account], Client],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalog, self._clients, self._now = catalog, clients, now
        self._known: dict[tuple[str, str], tuple[float, Shelf]] = {}
        self._coming: dict[tuple[str, str], Future[Shelf]] = {}
        self._failed: dict[tuple[str, str], float] = {}
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
        _, known = self._known.get((account.name, action), (0.0, EMPTY))
        return next((option for option in known.options if option.value == value), None)

    def campaign_name(self, account: str, campaign: str) -> str:
        """What a campaign is called, if the list of the account was ever fetched; asks nobody."""
        _, known = self._known.get((account, "campaign.list"), (0.0, EMPTY))
        return next((each.label for each in known.options if each.value == campaign), "")

    def answer(self, action: str, account: Account) -> Reply | None:
        """The whole answer, for those who can do without: fresh, or not too old; else none.

        However many ask, the account is asked once a minute, and is left alone while it fails.
        """
        key, now = (account.name, action), self._now()
        at, known = self._known.get(key, (now - OLD, EMPTY))
        if now - at < FRESH:
            return known.answer
        if now - self._failed.get(key, now - REST) >= REST:
            try:
                return self._fetch(key, account).result(PATIENCE).answer
            except (NotYet, ApiError, ValidationError):
                pass
        return known.answer if now - at < OLD else None

    def close(self) -> None:
        """Start no further fetch."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _all(self, action: str, account: Account) -> Shelf:
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
            return EMPTY

    def _fetch(self, key: tuple[str, str], account: Account) -> Future[Shelf]:
        with self._lock:
            coming = self._coming.get(key)
            if coming is None:
                coming = self._coming[key] = self._pool.submit(self._ask, key, account)
            return coming

    def _ask(self, key: tuple[str, str], account: Account) -> Shelf:
        try:
            action = self._catalog[key[1]]
            reply = self._clients(account).call(action.steps[0].endpoint, {})
            answer = action.output.model_validate(reply)
            listed = action.options(answer) if action.options else ()
            known = shelf(listed, answer)
            self._known[key] = (self._now(), known)
            return known
        except (ApiError, ValidationError):
            self._failed[key] = self._now()
            raise
        finally:
            with self._lock:
                self._coming.pop(key, None)


def found(known: Shelf, typed: str) -> list[Option]:
    """Options that hold every typed word; those that begin with it first."""
    wanted = typed.casefold().split()
    if not wanted:
        return list(known.options)
    matching = [
        place
        for place, words in enumerate(known.words)
        if wanted[0] in words and all(word in words for word in wanted)
    ]
    matching.sort(key=lambda place: not known.words[place].startswith(wanted[0]))
    return [known.options[place] for place in matching]
