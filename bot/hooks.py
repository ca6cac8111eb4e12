"""`POST /webhooks/coupontools/{token}`: who may leave something there, how much, and how often."""

import hmac
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

import structlog
from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from actions.inbox import Inbox
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.queries import hooks
from store.secrets import Vault
from store.tables import Account

PATH = "/webhooks/coupontools/"
TURN = "webhook turn"
"""The bookmark that counts how often the address of an account was renewed."""
LARGEST = 64_000
"""Bytes of a body that are taken."""
RATE, BURST = 300.0, 3_000.0
"""Deliveries a second that an account may leave, and how many at once after a rest."""
LATER = {"Retry-After": "30"}
ROOM = 100_000
"""Deliveries that may wait for a look; more are told to come again."""
FRESH = 5.0
"""Seconds for which addresses, and how many wait, are remembered."""
THREADS = 16
"""Of their own, so that Slack's requests never wait for these; they commit together."""

log = structlog.get_logger()


class Addresses:
    """The address of each account, which nobody can guess; an elder key's one still holds."""

    def __init__(self, store: Store, vault: Vault, public_url: str) -> None:
        self._store, self._vault = store, vault
        self._base = public_url.rstrip("/")

    def url(self, account: Account) -> str:
        """Where Coupontools is to tell; nothing, when our public address is not set."""
        return f"{self._base}{PATH}{self.tokens(account)[0]}" if self._base else ""

    def tokens(self, account: Account) -> list[str]:
        """By the first key, then by the others."""
        with self._store.glance() as tx:
            turn = hooks.bookmark(tx, account.name, TURN)
        return self._vault.tokens(f"webhook:{account.name}:{turn}")

    def fills(self, action: str, account: Account) -> dict[str, str]:
        """What stands in the form of that action from the start: to tell us is the usual wish."""
        if action != "webhook.create" or not self._base:
            return {}
        return {"endpoint": self.url(account)}

    def renew(self, account: Account, *, actor: str, at: datetime) -> None:
        """The address that was known holds no more."""
        with self._store.begin() as tx:
            turn = int(hooks.bookmark(tx, account.name, TURN) or 0)
            hooks.put_bookmark(tx, account.name, TURN, str(turn + 1), at)
            note(tx, Kind.ADDRESS_RENEWED, actor=actor, at=at, account=account.name)

    def all(self) -> dict[str, list[str]]:
        """Tokens by account."""
        with self._store.glance() as tx:
            accounts = queries.accounts(tx)
        return {account.name: self.tokens(account) for account in accounts}


class Allowance:
    """Lets so many through a second, and says no to the rest."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def takes(self, account: str) -> bool:
        with self._lock:
            now = self._now()
            left, at = self._left.get(account, (BURST, now))
            left = min(left + (now - at) * RATE, BURST)
            self._left[account] = (left - 1 if left >= 1 else left), now
            return left >= 1


class Doorkeeper:
    """Looks at a request before anything is kept of it."""

    def __init__(self, store: Store, addresses: Addresses) -> None:
        self._store, self._addresses = store, addresses
        self._allowance, self._lock = Allowance(), Lock()
        self._looked_at = -FRESH
        self._tokens: Mapping[str, list[str]] = {}
        self._waiting: Mapping[str, int] = {}

    def account_of(self, token: str) -> str:
        """Whose address that is; nothing for nobody's. It takes as long for every token."""
        found, given = "", token.encode()
        for account, tokens in self._tokens.items():
            for each in tokens:
                if hmac.compare_digest(each.encode(), given):
                    found = account
        return found

    def why_not(self, account: str) -> str:
        """Why nothing more is taken from there now."""
        if self._waiting.get(account, 0) >= ROOM:
            return "Too many wait already"
        return "" if self._allowance.takes(account) else "Too many at once"

    @property
    def is_fresh(self) -> bool:
        """Whether what is remembered still holds."""
        return time.monotonic() - self._looked_at < FRESH

    def look(self) -> None:
        """Remember the addresses, and how many wait."""
        with self._lock:
            if self.is_fresh:
                return
            with self._store.glance() as tx:
                waiting = hooks.waiting(tx)
            self._tokens, self._waiting = self._addresses.all(), waiting
            self._looked_at = time.monotonic()


class Intake:
    """Keeps what comes, and answers at once."""

    def __init__(self, inbox: Inbox, doorkeeper: Doorkeeper) -> None:
        self._inbox, self._doorkeeper = inbox, doorkeeper
        self._threads: CapacityLimiter | None = None

    @property
    def route(self) -> Route:
        return Route(PATH + "{token}", self._answer, methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._take(request)
        except ClientDisconnect:
            return Response("Half of it is missing", 400)
        except SQLAlchemyError as error:
            log.warning("a webhook could not be kept", error=type(error).__name__)
            return Response("Please come again", 503, LATER)

    async def _take(self, request: Request) -> Response:
        if not self._doorkeeper.is_fresh:
            await self._in_thread(self._doorkeeper.look)
        account = self._doorkeeper.account_of(request.path_params["token"])
        if not account:
            return Response("Not found", 404)
        if why := self._doorkeeper.why_not(account):
            return Response(why, 429, LATER)
        body = await _body(request)
        if body is None:
            return Response("Too large", 413)
        await self._in_thread(self._inbox.keep, account, body, dict(request.headers))
        return Response("OK")

    async def _in_thread(self, work: Callable[..., None], *given: Any) -> None:
        if self._threads is None:  # it belongs to the loop that serves
            self._threads = CapacityLimiter(THREADS)
        await to_thread.run_sync(work, *given, limiter=self._threads)


async def _body(request: Request) -> bytes | None:
    """The body; None when it is larger than any that is taken."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST:
            return None
    return content
