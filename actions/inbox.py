"""Webhooks in: kept as they come, then checked; what is genuine is counted once."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from sqlmodel import Session

from actions.action import Reads
from actions.counting import Counting, Tags
from actions.delivering import Delivery, opened, sealed
from actions.desk import Now
from actions.errors import Declined, UnknownThing
from actions.told import KINDS, Told, Unreadable, answered, is_signed, read, written
from coupontools import endpoints
from coupontools.errors import ApiError, BadCredentials, Refused
from store import queries
from store.db import Store
from store.hooks import Check, Hook
from store.joint import Joint
from store.kinds import Kind
from store.lifecycle import note
from store.queries import hooks
from store.secrets import BadKey, Vault
from store.tables import Account

Way = Literal["call", "hmac", "both"]
"""How a delivery is checked: by calling back, by its signature, or by both."""

POLL = "poll"
"""The source of what we have asked for ourselves."""
PART = 200
"""Deliveries in one transaction."""
CALLS = 20
"""In one round."""
SHIFT = 5.0
"""Seconds of one go of the job: at a stop it is waited for."""
MINUTE = timedelta(minutes=1)
"""Of which calls are counted; no delivery is asked about twice in one."""
LONGEST = timedelta(hours=1)
SURE = 2
"""So often Coupontools says that it does not know an event, until it is taken for forged."""
LAST = 30
"""Tries, over about a day, until a delivery that cannot be checked is given up."""
PATIENCE = 10.0
"""Seconds a delivery waits for the database: nobody says that it is sent again."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Verdict:
    """What is to become of one delivery; `KEPT`: it is looked at again after `again`.

    `away`: Coupontools is not there, so that others need not be asked about now.
    """

    state: Check
    told: Told | None = None
    problem: str = ""
    again: timedelta = MINUTE
    away: bool = False


class Inbox:
    """Keeps at the door, checks behind it. The job may run anywhere, at any time, twice."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clients: Callable[[Account], Reads],
        counting: Counting,
        now: Now,
        *,
        way: Way = "call",
        own_secret: str = "",
        budget: int = 120,
    ) -> None:
        self._store, self._vault, self._clients = store, vault, clients
        self._counting, self._now = counting, now
        self._way, self._own_secret, self._budget = way, own_secret, budget
        self._rests_until = dict[str, datetime]()
        self._joint = Joint(lambda: store.begin(patience=PATIENCE), store.committed)

    def keep(self, account: str, body: bytes, headers: Mapping[str, str]) -> None:
        """On record when this returns, and looked at later."""
        row = sealed(self._vault, account, body, headers, "webhook") | {"at": self._now()}
        self._joint.write(lambda tx: hooks.keep(tx, **row))

    def keep_polled(self, account: str, found: Sequence[Told]) -> None:
        """The same, of what we have asked for: it is true, but may have been told already."""
        for begin in range(0, len(found), PART):
            rows = [
                sealed(self._vault, account, written(told), {}, POLL) | {"at": self._now()}
                for told in found[begin : begin + PART]
            ]
            with self._store.begin(patience=PATIENCE) as tx:
                for row in rows:
                    hooks.keep(tx, **row)

    def check(self) -> None:
        """A job: look at what waits; of several processes one does so for an account."""
        with self._store.glance() as tx:
            accounts = queries.accounts(tx)
        for account in accounts:
            with self._store.claim(f"webhooks:{account.name}") as mine:
                until = time.monotonic() + SHIFT
                while mine and self._round(account, until) and time.monotonic() < until:
                    continue

    def replay(self, id: int, *, actor: str) -> None:
        """Have a delivery looked at again that was given up; raises `Declined`."""
        with self._store.begin() as tx:
            found = hooks.hook(tx, id)
            if found is None:
                raise UnknownThing(f"No webhook number {id} is on record.")
            if found.state not in (Check.DEAD, Check.FORGED):
                raise Declined(f"Number {id} is {found.state}: only dead and forged ones can be.")
            words = f"Number {id} ({found.event or 'no event'}): {found.problem}"
            if not found.sealed:
                raise Declined(f"The body of number {id} was removed.")
            hooks.forget_no(tx, found.account, found.asks)
            found.tries, found.asks = 0, ""
            hooks.settle(tx, found, Check.KEPT)
            now, account = self._now(), found.account
            note(tx, Kind.REPLAYED, actor=actor, at=now, because=words, account=account)

    def _round(self, account: Account, until: float) -> bool:
        """Look at some; whether anything came of it."""
        now = self._now()
        if now < self._rests_until.get(account.name, now):
            return False
        with self._store.look() as tx:
            spent = hooks.calls_since(tx, account.name, now - MINUTE) if self._calls else 0
            room = max(self._budget - spent, 0) if self._calls else PART
            most = 2 * CALLS if room and self._calls else PART
            found = hooks.to_check(tx, account.name, now, most, only_polled=room == 0)
            papers = [(hook, self._paper(account, hook)) for hook in found]
            known = self._known(tx, account, papers)
        try:
            verdicts = dict(self._verdicts(account, papers, known, room, until))
            genuine = [each.told for each in verdicts.values() if _counts(each)]
            tags = self._counting.tags(account, genuine)
        except ApiError as error:  # only the tags: what is wrong with a call is in its verdict
            log.warning("webhooks wait for the list of campaigns", error=str(error)[:200])
            self._rests_until[account.name] = now + MINUTE
            return False
        self._settle(account, verdicts, tags)
        return bool(verdicts)

    @property
    def _calls(self) -> bool:
        return self._way != "hmac"

    def _paper(self, account: Account, hook: Hook) -> Told | Verdict:
        """What it says, once its signature is right; or what becomes of it already."""
        try:
            delivery = opened(self._vault, hook)
            told = read(delivery.body, polled=hook.source == POLL)
        except (Unreadable, BadKey) as error:
            return Verdict(Check.DEAD, problem=str(error))
        if hook.source == POLL:
            return Verdict(Check.COUNTED, told)
        if self._way != "call" and not self._is_signed(account, delivery):
            return Verdict(Check.FORGED, told, "Its signature is wrong, or there is none.")
        return told if self._calls else Verdict(Check.COUNTED, told)

    def _is_signed(self, account: Account, delivery: Delivery) -> bool:
        secret = self._vault.open(account.client_secret)
        return is_signed(delivery.body, delivery.headers, secret, self._own_secret)

    def _known(
        self, tx: Session, account: Account, papers: Sequence[tuple[Hook, Told | Verdict]]
    ) -> dict[str, Verdict]:
        """What need not be asked about any more, by what would be asked."""
        told = [paper for _, paper in papers if isinstance(paper, Told)]
        counted = hooks.happened(tx, account.name, [each.event for each in told])
        forged = hooks.forged(tx, account.name, [each.asks for each in told])
        no = "Coupontools has said no to this event before."
        found = {t.asks: Verdict(Check.FORGED, t, no) for t in told if t.asks in forged}
        return found | {t.asks: Verdict(Check.SAME, t) for t in told if t.event in counted}

    def _verdicts(
        self,
        account: Account,
        papers: Sequence[tuple[Hook, Told | Verdict]],
        known: Mapping[str, Verdict],
        room: int,
        until: float,
    ) -> Iterator[tuple[int, Verdict]]:
        """One for each, as far as calls may be made by then; a call that goes wrong ends it."""
        calls, answers = min(room, CALLS), dict(known)
        for hook, paper in papers:
            verdict = paper if isinstance(paper, Verdict) else answers.get(paper.asks)
            if verdict is None and isinstance(paper, Told) and calls:
                calls = calls - 1 if time.monotonic() < until else 0
                verdict = self._ask(account, hook, paper)
                answers[paper.asks] = verdict
            if verdict is not None:
                yield hook.id or 0, verdict
            if verdict is not None and verdict.away:
                return

    def _ask(self, account: Account, hook: Hook, told: Told) -> Verdict:
        """Call back."""
        with self._store.begin(patience=PATIENCE) as tx:
            hooks.asks(tx, [hook.id or 0], self._now(), MINUTE)
        payload = {"webhook": told.event} | ({"session": told.session} if told.session else {})
        try:
            answer = self._clients(account).call(endpoints.WEBHOOK_VERIFICATION, payload)
            return Verdict(Check.COUNTED, answered(told, answer))
        except Unreadable as error:
            return Verdict(Check.FORGED, told, str(error))
        except ApiError as error:
            return _wrong(told, hook.tries + 1, error)

    def _settle(self, account: Account, verdicts: Mapping[int, Verdict], tags: Tags) -> None:
        """All of it in one transaction: what is counted is settled, and the other way round."""
        if not verdicts:
            return
        with self._store.begin(patience=PATIENCE) as tx:
            found = [(hook, verdicts[hook.id or 0]) for hook in hooks.locked(tx, [*verdicts])]
            rows = {
                verdict.told.key: _row(hook, verdict.told, self._now())
                for hook, verdict in found
                if verdict.told and _counts(verdict)
            }
            fresh = hooks.happens(tx, [*rows.values()]) if rows else set()
            new = [row for key, row in rows.items() if key in fresh]
            for hook, verdict in found:
                self._put(tx, hook, verdict, fresh)
            self._counting.count(tx, account, new, tags)

    def _put(self, tx: Session, hook: Hook, verdict: Verdict, fresh: set[str]) -> None:
        state, told = verdict.state, verdict.told
        if told:
            hook.event, hook.kind, hook.asks = told.event, told.kind, told.asks
        if told and state is Check.COUNTED:
            state = Check.COUNTED if told.key in fresh else Check.SAME
            fresh.discard(told.key)
        hooks.settle(tx, hook, state, verdict.problem)
        if state in (Check.COUNTED, Check.SAME) and hook.kind in KINDS:
            hook.sealed = ""  # it may be about people, and nothing more is read in it
        if state is Check.KEPT:
            hook.retry_at = self._now() + verdict.again


def _counts(verdict: Verdict) -> bool:
    return verdict.state is Check.COUNTED


def _wrong(told: Told, tries: int, error: ApiError) -> Verdict:
    """What a call that went wrong says: a clear no, or nothing about this delivery."""
    if isinstance(error, Refused) and error.codes and not isinstance(error, BadCredentials):
        if tries < SURE:
            return Verdict(Check.KEPT, told, str(error))
        return Verdict(Check.FORGED, told, str(error))
    if tries >= LAST:
        return Verdict(Check.DEAD, told, f"Given up after {tries} tries. {error}", away=True)
    again = min(MINUTE * 2 ** (tries - 1), LONGEST)
    return Verdict(Check.KEPT, told, str(error), again, away=True)


def _row(hook: Hook, told: Told, now: datetime) -> dict[str, Any]:
    """The event that it tells of."""
    return {
        "account": hook.account,
        "key": told.key,
        "event": None if hook.source == POLL else told.event,
        "kind": told.kind,
        "campaign": told.campaign,
        "happened_at": told.at,
        "at": now,
        "source": hook.source,
    }
