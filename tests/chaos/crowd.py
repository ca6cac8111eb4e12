"""People who ask and agree all the time, and a journal of what they were told."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from slack_sdk.errors import SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from actions.desk import AT_ONCE, Desk, When
from actions.errors import Declined
from bot.news import APPROVERS
from bot.office import Office
from store import queries
from store.lifecycle import TooLate
from store.tables import Request
from tests.chaos.replica import Clock
from tests.flows.asking import SPLASH, TEMPLATE

OTHER = "cam_123507"
SLOW = 1.9
"""Seconds after which Slack is answered in any case, on record or not."""


class NothingOpened(Exception):
    """A form was to be opened, and is not there."""


TROUBLE = (
    NothingOpened,
    SQLAlchemyError,
    httpx.HTTPError,
    SlackClientError,
    OSError,
    Declined,
    TooLate,
)
Row = dict[str, Any]


@dataclass
class Wish:
    """Something that somebody wanted; its label is found again in what Coupontools was sent."""

    label: str
    kind: str
    rows: list[Row]
    when: When = AT_ONCE
    token: str = ""
    """Under which it is on record, if it is."""
    heard: bool = False
    """Whether the person was told that it is."""


@dataclass(frozen=True)
class Click:
    """A yes that Slack was answered for; `late`: because it took too long, whatever came of it."""

    request: str
    person: str
    late: bool


@dataclass
class Journal:
    """All of it."""

    wishes: list[Wish] = field(default_factory=list)
    clicks: list[Click] = field(default_factory=list)


class Crowd:
    """Ana asks; Bo and Cy agree to everything; each in a thread."""

    def __init__(self, office: Office, desk: Desk, slack: str, clock: Clock, session: str) -> None:
        self.journal, self.hurry = Journal(), 1.0
        self._office, self._desk, self._clock, self._session = office, desk, clock, session
        self._slack = httpx.Client(base_url=slack, timeout=15)
        self._over, self._number = threading.Event(), 0
        self._threads: list[threading.Thread] = []

    def gather(self, chance: random.Random) -> None:
        """Begin, and go on until they are sent home."""
        self._over.clear()
        asking = random.Random(chance.random())
        works = [self._asks(asking), self._agrees("bo"), self._agrees("cy")]
        self._threads = [threading.Thread(target=self._lives, args=(each,)) for each in works]
        for thread in self._threads:
            thread.start()

    def go_home(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def close(self) -> None:
        self.go_home()
        self._slack.close()

    def asks(self, kind: str, chance: random.Random) -> Wish:
        """One wish; tried again until somebody says that it is on record, or for a while."""
        self._number += 1
        wish = KINDS[kind](f"C{self._number:05d}", self, chance)
        self.journal.wishes.append(wish)
        through = self._in_slack if kind in IN_SLACK and chance.random() < 0.7 else self._at_desk
        _patiently(lambda: through(wish), self._over.is_set)
        return wish

    def agree(self, person: str) -> int:
        """Say yes to what waits for this person; how many clicks were heard."""
        id = f"U0{person.upper()}"
        with self._office.store.look() as tx:
            waiting = queries.requests_waiting(tx, id)
            shown = [(each, queries.posted(tx, f"{each.id}:{APPROVERS}")) for each in waiting]
        heard = 0
        for request, where in shown:
            if where is not None:
                place = {"ts": where.ts, "channel": where.channel}
                heard += self._click(person, request, place)
        return heard

    def withdraw_series(self) -> None:
        """What comes again and again comes no more."""
        for wish in self.journal.wishes:
            if wish.when.crontab and (request := self._request(wish)):
                self._desk.withdraw(request.id, actor="U0ANA")

    def tries(self, work: Callable[[], object]) -> None:
        """Whatever is in the way now may be gone the next time."""
        with suppress(*TROUBLE):
            work()

    def later(self, seconds: float) -> When:
        return When(self._clock() + timedelta(seconds=seconds))

    def each_minute(self) -> When:
        first = (self._clock() + timedelta(minutes=1)).replace(second=0, microsecond=0)
        return When(first, "* * * * *", "UTC")

    @property
    def session(self) -> str:
        """One that can be changed."""
        return self._session

    def _lives(self, works: Iterator[float]) -> None:
        while not self._over.is_set():
            try:
                self._over.wait(next(works) * self.hurry)
            except TROUBLE:
                self._over.wait(0.2)

    def _asks(self, chance: random.Random) -> Iterator[float]:
        return _Again(lambda: self._ask_something(chance))

    def _agrees(self, person: str) -> Iterator[float]:
        return _Again(lambda: 0.1 if self.agree(person) else 0.4)

    def _ask_something(self, chance: random.Random) -> float:
        series = sum(bool(wish.when.crontab) for wish in self.journal.wishes)
        kind = "series" if series < 2 else chance.choices([*WEIGHTS], [*WEIGHTS.values()])[0]
        self.asks(kind, chance)
        return chance.uniform(0.3, 1.2)

    def _at_desk(self, wish: Wish) -> bool:
        wish.token = wish.token or wish.label
        name = ACTIONS[wish.kind]
        self._desk.ask(name, *wish.rows, actor="U0ANA", when=wish.when, token=wish.token)
        wish.heard = True
        return True

    def _in_slack(self, wish: Wish) -> bool:
        """Type the command, submit the form; the same form again if it was not taken."""
        if not wish.token:
            words = " ".join(f'{name}="{value}"' for name, value in wish.rows[0].items())
            typed = f"{ACTIONS[wish.kind].replace('.', ' ')} {words}"
            self._does("close", user="ana", clear=True)
            self._does("command", user="ana", channel="marketing", command="/coupon", text=typed)
            wish.token = self._form("ana", wish.label)
        said = self._does("submit", user="ana", view_id=wish.token, values={})
        while said.get("response_action") == "update":  # it has pages
            said = self._does("submit", user="ana", view_id=wish.token, values={})
        wish.heard = said.get("ok", False) and said.get("response_action") == "clear"
        if said.get("response_action") == "push":  # told no: it stays filled in below
            self._does("close", user="ana")
        return wish.heard

    def _form(self, user: str, about: str) -> str:
        """The form that opens; it comes a little after what was done to open it."""
        for _ in range(30):
            views = self._slack.get("/_/state", params={"only": "views"}).json()["views"]
            mine = [view for view in views if view["user"] == f"U0{user.upper()}"]
            if mine and about in json.dumps(mine[-1]):
                return str(mine[-1]["id"])
            time.sleep(0.1)
        raise NothingOpened

    def _click(self, person: str, request: Request, place: Mapping[str, str]) -> bool:
        if request.action == "campaign.push_all":
            self._does("close", user=person, clear=True)
            self._does("press", user=person, action_id="approve_with", **place)
            given = {
                "view_id": self._form(person, request.id),
                "values": {"reached": str(request.reach)},
            }
            began = time.monotonic()
            said = self._does("submit", user=person, **given)
            heard = said.get("response_action") == "clear"
        else:
            began = time.monotonic()
            said = self._does("press", user=person, action_id="approve", **place)
            heard = bool(said.get("ok"))
        if heard:
            late = time.monotonic() - began > SLOW
            self.journal.clicks.append(Click(request.id, f"U0{person.upper()}", late))
        return heard

    def _does(self, act: str, **wish: Any) -> dict[str, Any]:
        return dict(self._slack.post(f"/_/{act}", json=wish).json())

    def _request(self, wish: Wish) -> Request | None:
        with self._office.store.look() as tx:
            return queries.request_of_token(tx, wish.token)


class _Again(Iterator[float]):
    """Does the same at each step: a generator would end with the first trouble."""

    def __init__(self, work: Callable[[], float]) -> None:
        self._work = work

    def __next__(self) -> float:
        return self._work()


def _patiently(work: Callable[[], bool], over: Callable[[], bool]) -> None:
    for _ in range(40):
        try:
            if work():
                return
        except TROUBLE:
            pass
        if over():
            return
        time.sleep(0.25)


def _push(label: str, _: Crowd, __: random.Random) -> Wish:
    return Wish(label, "push", [{"campaign": SPLASH, "message": label}])


def _campaign(label: str, crowd: Crowd, chance: random.Random) -> Wish:
    when = crowd.later(chance.uniform(1, 90)) if chance.random() < 0.3 else AT_ONCE
    kind = "campaign" if when is AT_ONCE else "planned"
    return Wish(label, kind, [{"template": TEMPLATE, "name": label}], when)


def _series(label: str, crowd: Crowd, _: random.Random) -> Wish:
    rows = [{"campaign": SPLASH, "message": label}]
    return Wish(label, "series", rows, crowd.each_minute())


def _change(label: str, crowd: Crowd, _: random.Random) -> Wish:
    row = {"couponsession": crowd.session, "operation": "claimed", "customfield1": label}
    return Wish(label, "change", [row])


def _code(label: str, _: Crowd, __: random.Random) -> Wish:
    return Wish(label, "code", [{"campaign": OTHER, "customid": f"{label}-0"}])


def _codes(label: str, _: Crowd, __: random.Random) -> Wish:
    made = {"automated_codes": "yes", "code_prefix": label, "code_length": 10}
    row = {"campaign": OTHER, "amount": 10, **made, "code_type": "numeric"}
    return Wish(label, "codes", [row])


def _sheet(label: str, _: Crowd, chance: random.Random) -> Wish:
    many = range(chance.randint(5, 25))
    return Wish(label, "sheet", [{"campaign": OTHER, "customid": f"{label}-{n}"} for n in many])


def _read(label: str, _: Crowd, __: random.Random) -> Wish:
    return Wish(label, "read", [{}])


KINDS: dict[str, Callable[[str, Crowd, random.Random], Wish]] = {
    "push": _push,
    "campaign": _campaign,
    "series": _series,
    "change": _change,
    "code": _code,
    "codes": _codes,
    "sheet": _sheet,
    "read": _read,
}
ACTIONS = {
    "push": "campaign.push_all",
    "series": "campaign.push_all",
    "campaign": "campaign.create",
    "planned": "campaign.create",
    "change": "session.update",
    "code": "single_use.create",
    "sheet": "single_use.create",
    "codes": "single_use.create_many",
    "read": "campaign.list",
}
IN_SLACK = ("push", "campaign", "change", "code", "codes")
WEIGHTS = {"push": 5, "campaign": 5, "change": 4, "code": 5, "codes": 2, "sheet": 1, "read": 2}
REPEATABLE = ("change", "read")
