"""What the account holds: campaigns, the sessions of their consumers, and all that was done."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sandbox.coupontools.courier import Event, Webhook
from sandbox.coupontools.holders import Loyalty
from sandbox.coupontools.post import Post
from sandbox.coupontools.profiles import PAGE
from sandbox.coupontools.registrations import Directories

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
UPPER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MIXED = UPPER + "abcdefghijklmnopqrstuvwxyz"
TRIPLES = [a + b + c for a in LETTERS for b in LETTERS for c in LETTERS]
SHORTS = 36**6
STRIDE = 1_234_567_891  # prime, so that counting in strides meets each short code once
DOMAIN = "https://digicpn.com/p/"
FIRST_SEQUENCE = 20_000_001


class Person(NamedTuple):
    firstname: str = ""
    lastname: str = ""
    email: str = ""
    phone: str = ""


NOBODY = Person()


@dataclass(slots=True, eq=False)
class Campaign:
    id: str
    code: str
    name: str
    created: int
    title: str = ""
    subtitle: str = ""
    description: str = ""
    status: str = "active"
    category: tuple[str, str] = ("", "")
    tags: str = ""
    folder: str = ""
    image: str = ""
    expiry: str = ""
    sessions: "list[Session]" = field(default_factory=list)

    @property
    def url(self) -> str:
        return DOMAIN + self.code.lower()


@dataclass(slots=True, eq=False)
class Session:
    """One consumer's copy. Moments are in seconds, 0 is never."""

    code: str
    campaign: Campaign
    sequence: int
    created: int
    person: Person = NOBODY
    own_code: str = ""
    single_use: bool = False
    opened: int = 0
    played: int = 0
    claimed: int = 0
    passbook: int = 0
    androidpay: int = 0
    validated: int = 0
    value: str = ""
    voided: bool = False
    voided_at: int = 0
    unvoided_at: int = 0
    locked: bool = False
    unlocked_at: int = 0
    customid: str = ""
    expiry: str = ""
    utm: dict[str, str] | None = None
    fields: dict[str, str] | None = None

    @property
    def url(self) -> str:
        return f"{self.campaign.url}/{self.code}"

    @property
    def saved(self) -> bool:
        """Whether a wallet holds it, so that a push reaches it."""
        return bool(self.passbook or self.androidpay)


@dataclass(slots=True, eq=False)
class Subaccount:
    """An account below this one; its own keys open `account`."""

    id: str
    account: "Account"
    email: str
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    country: str = ""
    package: str = ""
    status: str = "trial"
    logins: int = 0
    last_login: int = 0


class Account:
    """The whole of it. `seed` decides every code, so that two accounts of one seed are alike.

    `below`: it is a subaccount, and may not manage any. `expiry`: the last day of its keys.
    `page`: how many sessions a page of usage data holds.
    """

    def __init__(self, seed: int = 1, keys: tuple[str, str] = ("", ""), below: bool = False):
        self.keys, self.below, self.expiry = keys, below, ""
        self.page = PAGE
        self.random = random.Random(seed)  # noqa: S311 - codes of a sandbox guard nothing
        self._tokens = random.Random(f"tokens {seed}")  # noqa: S311 - as above
        self.campaigns: dict[str, Campaign] = {}
        self.templates: set[str] = set()
        self.folders: set[str] = set()
        self.shorts: dict[str, Session] = {}
        self.own_codes: set[str] = set()
        self.made: list[Session] = []
        self.pushes: list[dict[str, Any]] = []
        self.batches: list[dict[str, Any]] = []
        self.created: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.deleted: list[str] = []
        self.email = ""
        self.teammates: tuple[str, ...] = ()
        self.subaccounts: dict[str, Subaccount] = {}
        self.subaccounts_created: list[dict[str, Any]] = []
        self.subaccounts_updated: list[dict[str, Any]] = []
        self.resets: list[dict[str, Any]] = []
        self.sign_ons: list[dict[str, Any]] = []
        self.loyalty, self.directories, self.post = Loyalty(), Directories(), Post()
        self.webhooks: dict[str, Webhook] = {}
        self.events: dict[str, Event] = {}
        self.happened: list[tuple[str, Campaign, Session | None]] = []
        self._minted = self.random.randrange(SHORTS)
        self._next_id, self._next_sequence = 200_001, FIRST_SEQUENCE

    def token(self, length: int, alphabet: str = MIXED) -> str:
        return "".join(self._tokens.choices(alphabet, k=length))

    def add_campaign(self, name: str, id: str = "", **about: Any) -> Campaign:
        while not id:
            id, self._next_id = f"cam_{self._next_id}", self._next_id + 1
            id = "" if id in self.campaigns else id
        code = "".join(self.random.choices(MIXED, k=6))
        campaign = Campaign(id, code, name, about.pop("created", seconds()), **about)
        self.campaigns[id] = campaign
        return campaign

    def add_sessions(self, campaign: Campaign, amount: int, **about: Any) -> list[Session]:
        created, first = about.pop("created", seconds()), self._next_sequence
        self._next_sequence += amount
        new = [
            Session(code, campaign, first + place, created, **about)
            for place, code in enumerate(self._codes(amount))
        ]
        campaign.sessions += new
        self.shorts.update((session.code[:6], session) for session in new)
        return new

    def delete(self, session: Session) -> None:
        session.campaign.sessions.remove(session)
        del self.shorts[session.code[:6]]
        self.deleted.append(session.code)

    def session(self, code: str) -> Session | None:
        """By the whole code of 21, or by its first six."""
        found = self.shorts.get(code[:6])
        return found if found and code in (found.code, found.code[:6]) else None

    def new_own_codes(self, prefix: str, length: int, alphabet: str, amount: int) -> list[str]:
        """Validation codes that nobody has yet."""
        found: list[str] = []
        while len(found) < amount:
            drawn = self._drawn(alphabet, length * (amount - len(found)))
            for start in range(0, len(drawn), length):
                code = prefix + drawn[start : start + length]
                if code not in self.own_codes:
                    self.own_codes.add(code)
                    found.append(code)
        return found

    def _codes(self, amount: int) -> list[str]:
        """Session codes whose first six are unlike any other's, as the API promises."""
        tails = self._drawn(LETTERS, 15 * amount)
        codes = []
        for place in range(amount):
            self._minted = (self._minted + STRIDE) % SHORTS
            high, low = divmod(self._minted, 46_656)
            codes.append(TRIPLES[high] + TRIPLES[low] + tails[15 * place : 15 * place + 15])
        return codes

    def _drawn(self, alphabet: str, amount: int) -> str:
        """Characters at random; whole buffers at a time, as a hundred thousand codes are asked."""
        table = bytes(ord(alphabet[byte % len(alphabet)]) for byte in range(256))
        return self.random.randbytes(amount).translate(table).decode()


def seconds() -> int:
    return int(datetime.now(UTC).timestamp())


def today() -> str:
    return written(seconds())[:10]


def written(moment: int) -> str:
    """As the API writes a moment: empty when it never was."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
