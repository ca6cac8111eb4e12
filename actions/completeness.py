"""Whether the record is whole: ledger and lines are compared, and what Coupontools lists.

A call that went past us shows where Coupontools can be asked for what calls have made, and only
there: campaigns, subaccounts, SMS groups, webhooks. Of pushes and messages it tells nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from actions.action import Reads
from actions.desk import Now
from coupontools import endpoints
from coupontools.endpoint import Endpoint
from coupontools.errors import ApiError
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.queries import complete
from store.secrets import Vault
from store.tables import Account, Bookmark, Effect, Listed

ACTOR, NAME = "completeness", "complete"
DAILY = timedelta(hours=23)
MOST_NAMED = 20
"""Gaps of one sort that are named one by one."""


@dataclass(frozen=True)
class Things:
    """What calls make and Coupontools lists."""

    name: str
    listed: Endpoint
    key: str
    made_by: Endpoint


LISTS = (
    Things("campaign", endpoints.CAMPAIGN_LIST, "coupon_info", endpoints.CAMPAIGN_CREATE),
    Things("subaccount", endpoints.SUBACCOUNT_LIST, "subaccount", endpoints.SUBACCOUNT_CREATE),
    Things("SMS group", endpoints.SMS_GROUP_LIST, "group", endpoints.SMS_GROUP_CREATE),
    Things("webhook", endpoints.WEBHOOK_LIST, "webhook", endpoints.WEBHOOK_CREATE),
)


@dataclass(frozen=True)
class Gap:
    """One thing that is on one side only."""

    words: str
    run: str = ""
    account: str = ""


@dataclass(frozen=True)
class Found:
    """What was compared, and what came of it."""

    gaps: Sequence[Gap]
    compared: str


class Completeness:
    """Compares, and puts what it finds on record. It may be called at any time."""

    def __init__(
        self, store: Store, vault: Vault, clients: Callable[[Account], Reads], now: Now
    ) -> None:
        self._store, self._vault, self._clients, self._now = store, vault, clients, now

    def begin(self) -> None:
        """What was sent by elder releases has no lines: it is compared from here on."""
        with self._store.begin() as tx:
            if complete.bookmark(tx, NAME) is None:
                tx.add(Bookmark(name=NAME, at=self._now()))

    def is_due(self) -> bool:
        """Whether nothing was compared for a day."""
        with self._store.look() as tx:
            return not complete.was_noted(tx, Kind.CHECKED, self._now() - DAILY)

    def check(self, *, actor: str = ACTOR) -> Found:
        """Compare what came since the last time."""
        self.begin()
        now = self._now()
        lists = [*self._asked()]  # before the ledger: what is in them by now is in that, too
        with self._store.begin(patience=60) as tx:
            mark = complete.bookmark(tx, NAME)
            since = mark.at if mark else now
            gaps, count = _between(tx, since)
            for account, things, ids in lists:
                gaps += self._new(tx, account, things, ids, now)
            found = Found(gaps, _told(count, lists))
            for gap in gaps:
                about = queries.operation_seen(tx, gap.run) if gap.run else None
                where: dict[str, Any] = {"account": gap.account} if gap.account else {}
                note(tx, Kind.GAP, actor=actor, at=now, about=about, because=gap.words, **where)
            words = f"{found.compared}; {len(gaps):,} gaps"
            note(tx, Kind.CHECKED, actor=actor, at=now, because=words)
            tx.merge(Bookmark(name=NAME, at=now))
        return found

    def _asked(self) -> Iterator[tuple[Account, Things, frozenset[str]]]:
        """Every list that Coupontools gives now; not every account has all of them."""
        with self._store.look() as tx:
            accounts = queries.accounts(tx)
        for account in accounts:
            for things in LISTS:
                try:
                    answer = self._clients(account).call(things.listed, {})
                except ApiError:
                    continue
                yield account, things, frozenset(_ids(answer, things.key))

    def _new(
        self, tx: Session, account: Account, things: Things, ids: frozenset[str], now: datetime
    ) -> list[Gap]:
        """What is in the list now, was not the last time, and no call on record has made."""
        known = complete.listed(tx, account.name).get(things.name)
        if known is None:
            tx.add(_listed(account, things, ids, now))
            return []
        of = (tx, account.name, things.made_by.id, known.at - DAILY)
        if complete.of_endpoint(*of, Effect.SENT):
            return []  # one is on its way: the next time tells
        replies = [run.reply for run in complete.of_endpoint(*of, Effect.CONFIRMED)]
        made = " ".join(str(self._vault.open(reply)) for reply in replies if reply)
        new = sorted(ids - {*known.ids} - {*re.findall(r"\w+", made)})
        doubt = complete.of_endpoint(*of, Effect.UNCLEAR)
        may = f"; it may be what is unclear of {doubt[-1].operation}" if doubt else ""
        words = f"is at Coupontools, and no call on record has made it{may}."
        tx.merge(_listed(account, things, ids, now))
        return _some([Gap(f"The {things.name} {id} {words}", account=account.name) for id in new])


def _between(tx: Session, since: datetime) -> tuple[list[Gap], int]:
    """Calls of the ledger without a line, or with several; and lines without a call."""
    calls, lines = frozenset(complete.calls(tx, since)), Counter(complete.lines(tx, since))
    unsaid = [call for call in calls - lines.keys() if not complete.has_line(tx, call)]
    unmade = [call for call in lines.keys() - calls if not complete.has_call(tx, call)]
    twice = [call for call, count in lines.items() if count > 1]
    gaps = [
        _some([_gap(call, words) for call in sorted(found)])
        for found, words in (
            (unsaid, "is in the ledger of calls, and no line of the record says so."),
            (unmade, "is in the record, and the ledger does not know it."),
            (twice, "is in the record more than once."),
        )
    ]
    return [gap for some in gaps for gap in some], len(calls)


def _gap(call: complete.Called, words: str) -> Gap:
    run, step = call
    return Gap(f"The call {step} of {run} {words}", run=run)


def _some(gaps: list[Gap]) -> list[Gap]:
    rest = len(gaps) - MOST_NAMED
    return gaps[:MOST_NAMED] + ([Gap(f"And {rest:,} more of the kind.")] if rest > 0 else [])


def _listed(account: Account, things: Things, ids: frozenset[str], now: datetime) -> Listed:
    return Listed(account=account.name, name=things.name, ids=sorted(ids), at=now)


def _ids(answer: Any, key: str) -> Iterator[str]:
    rows = answer.get(key) if isinstance(answer, Mapping) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping) and row.get("ID"):
            yield str(row["ID"])


def _told(calls: int, lists: Sequence[tuple[Account, Things, frozenset[str]]]) -> str:
    named = ", ".join(sorted({f"{things.name}s" for _, things, _ in lists}))
    return f"{calls:,} calls compared; listed by Coupontools: {named or 'nothing'}"
