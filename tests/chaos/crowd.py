"""People who ask and agree all the time, and a journal of what they were told."""

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from slack_sdk.errors import SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from actions.desk import Desk
from actions.errors import Declined
from bot.news import APPROVERS
from bot.office import Office
from store import queries
from store.lifecycle import TooLate
from store.tables import Request
from tests.chaos.replica import Clock
from tests.chaos.wishes import ACTIONS, IN_SLACK, KINDS, WEIGHTS, Idea, Wish

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
        self.journal, self._office, self._desk = Journal(), office, desk
        self._clock, self._session = clock, session
        self._slack = httpx.Client(base_url=slack, timeout=15)
        self._over, self._number = threading.Event(), 0
        self._threads: list[threading.Thread] = []

    def gather(self, chance: random.Random) -> None:
        """Begin, and go on until they are sent home."""
        self._over.clear()
        asking = random.Random(chance.random())
        works = [lambda: self._ask_something(asking), *map(self._agrees, ("bo", "cy"))]
        self._threads = [threading.Thread(target=self._lives, args=(each,)) for each in works]
        for thread in self._threads:
            thread.start()

    def go_home(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self._over.clear()

    def close(self) -> None:
        self.go_home()
        self._slack.close()

    def asks(self, kind: str, chance: random.Random) -> Wish:
        """One wish; tried again until somebody says that it is on record, or for a while."""
        self._number += 1
        wish = KINDS[kind](Idea(f"C{self._number:05d}", self._clock(), self._session, chance))
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

    def _lives(self, works: Callable[[], float]) -> None:
        while not self._over.is_set():
            try:
                self._over.wait(works())
            except TROUBLE:
                self._over.wait(0.2)

    def _agrees(self, person: str) -> Callable[[], float]:
        return lambda: 0.1 if self.agree(person) else 0.4

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
