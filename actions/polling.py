"""Asks for what webhooks do not tell: reads on from where it was, and compares once a day.

What is found goes through the same door as webhooks, and is known there if it was told before.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from actions.action import Reads
from actions.desk import Now
from actions.inbox import Inbox
from actions.told import Told, moment
from coupontools import endpoints
from coupontools.endpoint import Endpoint
from coupontools.errors import ApiError
from coupontools.paging import rows
from store import queries
from store.db import Store
from store.hooks import Subscription
from store.kinds import Kind
from store.lifecycle import note
from store.queries import hooks, subscriptions
from store.tables import Account

LISTS: Mapping[str, tuple[Endpoint, str]] = {
    "coupon_opened": (endpoints.CAMPAIGN_OPENS, "open_date_utc"),
    "coupon_claimed": (endpoints.CAMPAIGN_CLAIMS, "claim_date_utc"),
    "coupon_validated": (endpoints.CAMPAIGN_VALIDATIONS, "validation_date_utc"),
}
"""By kind: the list, and where it says when."""
AGAIN = timedelta(minutes=5)
"""What happened so long before the last reading is read once more: clocks differ."""
LATER = timedelta(hours=2)
"""After midnight, until the day before is compared."""
MOST = 50
"""Campaigns that are asked about, when a subscription is about all of them."""
ACTOR = "polling"

Wanted = Mapping[tuple[str, str], datetime]
"""Campaign and kind, and since when somebody wants to know of it."""

log = structlog.get_logger()


class Polling:
    """Two jobs; of several processes one does it. Only what somebody subscribed to is asked for."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        clients: Callable[[Account], Reads],
        now: Now,
        *,
        minutes: int = 0,
    ) -> None:
        self._store, self._inbox, self._clients, self._now = store, inbox, clients, now
        self._every = timedelta(minutes=minutes)

    def poll(self) -> None:
        """Read what is new, as often as the settings say; never, if they do not."""
        if self._every:
            self._each("polled", self._poll, lambda last: last + self._every <= self._now())

    def compare(self) -> None:
        """Hold the day before, once it is over, against what was counted of it."""
        yesterday = (self._now() - LATER).date() - timedelta(days=1)
        self._each(
            "compared",
            lambda account: self._compare(account, yesterday),
            lambda last: last.date() <= yesterday,
        )

    def _each(
        self, name: str, work: Callable[[Account], None], is_due: Callable[[datetime], bool]
    ) -> None:
        with self._store.claim(name) as mine:
            if not mine:
                return
            with self._store.look() as tx:
                found = [
                    (each, hooks.bookmark(tx, each.name, name)) for each in queries.accounts(tx)
                ]
            for account, last in found:
                if last and not is_due(datetime.fromisoformat(last)):
                    continue
                try:
                    work(account)
                except ApiError as error:
                    log.warning("polling waits", account=account.name, error=str(error)[:200])
                else:
                    self._has_come(account, name, self._now())

    def _poll(self, account: Account) -> None:
        for (campaign, kind), begun in self._wanted(account).items():
            name, now = f"{kind} {campaign}", self._now()
            with self._store.look() as tx:
                last = hooks.bookmark(tx, account.name, name)
            since = datetime.fromisoformat(last) if last else begun
            start = f"{since - AGAIN:%Y-%m-%d %H-%M}"
            for page in self._pages(account, campaign, kind, {"start_date": start}):
                self._inbox.keep_polled(account.name, page)
            self._has_come(account, name, now)

    def _compare(self, account: Account, day: date) -> None:
        """What is listed and was not counted is brought in now; that is on record."""
        for (campaign, kind), begun in self._wanted(account).items():
            if begun.date() >= day:
                continue
            listed = counted = 0
            that_day = {"start_date": f"{day}", "end_date": f"{day}"}
            for page in self._pages(account, campaign, kind, that_day):
                known = self._counted(account, [told.key for told in page])
                self._inbox.keep_polled(account.name, [t for t in page if t.key not in known])
                listed, counted = listed + len(page), counted + len(known)
            if listed:
                words = f"{campaign}, {kind} on {day}: {listed:,} listed, {counted:,} counted"
                self._note(account, words)

    def _counted(self, account: Account, keys: list[str]) -> AbstractSet[str]:
        with self._store.look() as tx:
            return hooks.counted(tx, account.name, keys)

    def _note(self, account: Account, words: str) -> None:
        with self._store.begin() as tx:
            place = account.name
            note(tx, Kind.COMPARED, actor=ACTOR, at=self._now(), because=words, account=place)

    def _pages(
        self, account: Account, campaign: str, kind: str, when: Mapping[str, str]
    ) -> Iterator[list[Told]]:
        endpoint, at = LISTS[kind]
        asked = {"campaign": campaign, **when}
        for page in self._clients(account).pages(endpoint, asked):
            yield [*_told(rows(page), campaign, kind, at)]

    def _wanted(self, account: Account) -> Wanted:
        """What subscriptions are about, of what there is a list of."""
        with self._store.look() as tx:
            live = subscriptions.live(tx, account.name)
        found: dict[tuple[str, str], datetime] = defaultdict(self._now)
        every: dict[str, list[str]] = {}
        for each in live:
            for campaign in self._campaigns(account, each, every):
                for kind in each.kinds.split() or LISTS:
                    if kind in LISTS:
                        found[campaign, kind] = min(found[campaign, kind], each.at)
        return dict(found)

    def _campaigns(
        self, account: Account, each: Subscription, known: dict[str, list[str]]
    ) -> list[str]:
        """The campaigns that a subscription is about, by name or by tag, or all that are active."""
        if each.campaign:
            return [each.campaign]
        if each.tag not in known:
            asked = {"tags": each.tag} if each.tag else {}
            answer = self._clients(account).call(
                endpoints.CAMPAIGN_LIST, {"only_active": True, **asked}
            )
            listed = [str(row["ID"]) for row in rows(answer) if "ID" in row]
            if len(listed) > MOST:
                log.warning("not all campaigns are asked about", asked=MOST, there=len(listed))
            known[each.tag] = listed[:MOST]
        return known[each.tag]

    def _has_come(self, account: Account, name: str, at: datetime) -> None:
        with self._store.begin() as tx:
            hooks.put_bookmark(tx, account.name, name, at.isoformat(), self._now())


def _told(listed: list[Any], campaign: str, kind: str, at: str) -> Iterator[Told]:
    """What a list says, as if it had been told."""
    for row in listed:
        if isinstance(row, dict) and row.get("session"):
            status = row.get("status")
            when = status.get(at) if isinstance(status, dict) else None
            yield Told("", kind, campaign, str(row["session"]), moment(when))
