"""Counts what happened for the channels that want to know: once, in the event's own transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from actions.action import Reads
from actions.told import Told
from coupontools import endpoints
from coupontools.paging import rows
from store.db import Store
from store.hooks import Subscription
from store.queries import subscriptions
from store.tables import Account

Tags = Mapping[str, frozenset[str]]
"""The campaigns of each tag."""

FRESH = timedelta(minutes=10)
OF_CAMPAIGNS = ("coupon_created", "coupon_updated", "coupon_removed")
"""After one of these a tag may be somewhere else."""


class Counting:
    """Knows who wants to know of what."""

    def __init__(
        self, store: Store, clients: Callable[[Account], Reads], now: Callable[[], datetime]
    ) -> None:
        self._store, self._clients, self._now = store, clients, now
        self._known: dict[str, tuple[datetime, Tags]] = {}

    def tags(self, account: Account, told: Iterable[Told | None]) -> Tags:
        """Which campaigns have the tags that anybody asks for; raises `ApiError`."""
        kinds = {each.kind for each in told if each}
        wanted = self._wanted(account) if kinds else frozenset()
        if not wanted:
            return {}
        at, known = self._known.get(account.name, (None, {}))
        is_old = at is None or self._now() - at >= FRESH
        if is_old or wanted - known.keys() or kinds.intersection(OF_CAMPAIGNS):
            known = {tag: self._campaigns(account, tag) for tag in sorted(wanted)}
            self._known[account.name] = self._now(), known
        return known

    def count(
        self, tx: Session, account: Account, happened: Sequence[Mapping[str, Any]], tags: Tags
    ) -> None:
        """These are new: count them for all who want to know of them."""
        now = self._now()
        for each in subscriptions.live(tx, account.name) if happened else ():
            lines = Counter(
                (event["campaign"], event["kind"])
                for event in happened
                if wants(each, event["kind"], event["campaign"], tags)
                and not _is_before(each, event)
            )
            if not lines:
                continue
            subscriptions.counted(tx, each.id, lines.total(), now)
            day = now.astimezone(ZoneInfo(each.timezone)).date()
            for (campaign, kind), more in lines.items() if each.rule == "each" else ():
                subscriptions.tally(tx, each.id, day, campaign, kind, more)

    def _wanted(self, account: Account) -> frozenset[str]:
        with self._store.look() as tx:
            return frozenset(one.tag for one in subscriptions.live(tx, account.name) if one.tag)

    def _campaigns(self, account: Account, tag: str) -> frozenset[str]:
        answer = self._clients(account).call(endpoints.CAMPAIGN_LIST, {"tags": tag})
        return frozenset(str(each["ID"]) for each in rows(answer) if "ID" in each)


def wants(each: Subscription, kind: str, campaign: str, tags: Tags) -> bool:
    """Whether that subscription is about such an event."""
    kinds = each.kinds.split()
    return (
        (not kinds or kind in kinds)
        and each.campaign in ("", campaign)
        and (not each.tag or campaign in tags.get(each.tag, frozenset()))
    )


def _is_before(each: Subscription, event: Mapping[str, Any]) -> bool:
    """Whether it happened before anybody wanted to know: lists go back, webhooks do not."""
    at = event["happened_at"] if event["source"] == "poll" else None
    return at is not None and at < each.at.replace(microsecond=0)
