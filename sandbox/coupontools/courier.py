"""Delivers events to the webhooks of the account: from its own thread, to loopback alone.

Nobody knows whether Coupontools tries again, nor which of two signatures it sends: a client knows
`x-hmac` with the API's secret, a later version of it `x-coupontools-signature` with one of its own.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Lock, Thread
from typing import Any, NamedTuple

import httpx

LOOPBACK = "127.0.0.1"
HOSTS = (LOOPBACK, "localhost")
PATIENCE = 5.0
LINGER = 1.0  # the thread ends when nothing was to be delivered for so long


@dataclass(slots=True, eq=False)
class Webhook:
    """A wish to be told. No `campaign`: of all of them."""

    id: str
    type: str
    endpoint: str
    campaign: str = ""


@dataclass(slots=True, eq=False)
class Event:
    """One thing that happened, and what became of telling it."""

    id: str
    type: str
    at: int
    campaign: str
    session: str
    deliveries: list[dict[str, Any]] = field(default_factory=list)


class Parcel(NamedTuple):
    event: Event
    endpoint: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Habits:
    """How parcels are signed, and how often they are brought in vain."""

    signature: str = "hmac"
    secret: str = "webhook-secret"  # noqa: S105  of a sandbox
    retries: int = 0
    pause_s: float = 0.05

    def headers(self, body: bytes, key: str) -> dict[str, str]:
        """What stands on a parcel from an account with that key."""
        match self.signature:
            case "hmac":
                return {"x-hmac": _signed(body, key)}
            case "own":
                return {"x-coupontools-signature": f"sha256={_signed(body, self.secret)}"}
            case "wrong":
                return {"x-hmac": _signed(body, f"not {key}")}
        return {}


SIGNATURES = ("hmac", "own", "wrong", "none")


class Courier:
    """One parcel after another; what is not taken is brought again, if that is its habit."""

    def __init__(self) -> None:
        self.habits = Habits()
        self._parcels: Queue[Parcel] = Queue()
        self._lock = Lock()
        self._thread: Thread | None = None

    def send(self, parcel: Parcel) -> None:
        with self._lock:
            self._parcels.put(parcel)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="courier", daemon=True)
                self._thread.start()

    def forget(self) -> None:
        """What was not delivered yet never will be."""
        with self._lock:
            while not self._parcels.empty():
                self._parcels.get()

    def _work(self) -> None:
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=PATIENCE) as http:
            while (parcel := self._next()) is not None:
                self._bring(http, parcel)

    def _bring(self, http: httpx.Client, parcel: Parcel) -> None:
        for left in range(self.habits.retries, -1, -1):
            outcome = told(http, parcel)
            parcel.event.deliveries.append({"endpoint": parcel.endpoint, **outcome})
            if str(outcome["status"]).startswith("2") or not left:
                return
            time.sleep(self.habits.pause_s)

    def _next(self) -> Parcel | None:
        try:
            return self._parcels.get(timeout=LINGER)
        except Empty:
            with self._lock:
                if self._parcels.empty():
                    self._thread = None
                    return None
                return self._parcels.get_nowait()


def told(http: httpx.Client, parcel: Parcel) -> dict[str, Any]:
    """Tell one endpoint; what it answered, or why it was not told."""
    try:
        url = httpx.URL(parcel.endpoint)
        if url.scheme != "http" or url.host not in HOSTS:
            return {"status": None, "error": "not sent: only http on loopback is told"}
        headers = {"Content-Type": "application/json", **parcel.headers}
        # The number rather than the name, so that no resolver can send it anywhere else.
        answer = http.post(url.copy_with(host=LOOPBACK), content=parcel.body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return {"status": None, "error": type(error).__name__}
    return {"status": answer.status_code, "error": ""}


def _signed(body: bytes, key: str) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
