"""Anybody does anything in any order: what runs was agreed to, runs once, and is on record.

Half of the clicks are drawn from those that have to be taken, so that requests get far; the others
come from anybody, on any card. Each click may be delivered again later, as its card was then.
"""

from datetime import timedelta
from pathlib import Path

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from tests.model import jobs, presses
from tests.model.book import following
from tests.model.cast import (
    APPROVER,
    ASKERS,
    EMERGENCY,
    EVERYBODY,
    KINDS,
    LEGAL,
    POLICIES,
    Rules,
)
from tests.model.conftest import chosen
from tests.model.play import FAULTS, Play
from tests.model.presses import DECISIONS, LATER, ON_RUNS, Press
from tests.model.shop import Shop
from tests.world import Api

MOST = 4
"""Requests at a time that have not come to an end."""
AHEAD = {"minutes": (1, 3, 6, 20), "hours": (3, 12, 26, 24 * 8)}
ahead = st.sampled_from([timedelta(**{unit: n}) for unit, some in AHEAD.items() for n in some])
kinds, who, askers = (st.sampled_from(each) for each in (KINDS, EVERYBODY, ASKERS))
times = st.sampled_from(("now", "now", "later", "daily"))
numbers, mostly = st.integers(0, 999), st.sampled_from((True, True, True, False))
stale = st.sampled_from((0, 0, 0, 0, 0, -1))
verbs = st.sampled_from(sorted(DECISIONS) + sorted(LATER) + ["approves"] * 3)
job = st.sampled_from(sorted(jobs.ALL))


class Anything(Play):
    """What people do, and what time, machines and the workspace do."""

    # people

    @initialize(some=st.lists(st.tuples(kinds, askers, times), min_size=2, max_size=3))
    def some_is_asked(self, some: list[tuple[str, str, str]]) -> None:
        for each in some:
            self.asks(*each)
        self.does("prepares")

    @rule(kind=kinds, actor=askers, how=times)
    def asks(self, kind: str, actor: str, how: str) -> None:
        if len(self.book.alive()) < MOST:
            self.press(presses.asks(self.shop, kind, actor, self.label(), self.when(how)))

    @rule(number=numbers, fit=mostly, then=st.booleans(), kind=kinds, how=times)
    def agrees(self, number: int, fit: bool, then: bool, kind: str, how: str) -> None:
        """Until there is something to agree to, it is asked for and looked at."""
        if not any(wish.state == "waiting" for wish in self.book.wishes.values()):
            self.asks(kind, ASKERS[number % 2], how)
            self.beat()
        self.press(self._decision("approves", number, fit))
        if then:
            self.beat()

    @rule(verb=verbs, number=numbers, fit=mostly, old=stale, right=mostly)
    def decides(self, verb: str, number: int, fit: bool, old: int, right: bool) -> None:
        self.press(self._decision(verb, number, fit, old, right))

    @rule(one=verbs, other=verbs, number=numbers, another=numbers, same=st.booleans())
    def two_decide(self, one: str, other: str, number: int, another: int, same: bool) -> None:
        """At the same moment, on two replicas; or one and the same press comes twice."""
        first = self._decision(one, number, True)
        second = first if same else self._decision(other, another, True, about=first)
        self.press_both(first, second)

    def _decision(
        self,
        verb: str,
        number: int,
        fit: bool,
        old: int = 0,
        right: bool = True,
        about: Press | None = None,
    ) -> Press | None:
        book, make = self.book, {**DECISIONS, **LATER}[verb]
        ids = [about.about] if about else list(book.wishes)
        version = {id: wish.version + old for id, wish in book.wishes.items()}
        return self.picked(
            number, fit, ids, lambda id, who: make(book, id, version[id], who, right)
        )

    @rule(number=numbers, fit=mostly, old=stale, how=times)
    def changes(self, number: int, fit: bool, old: int, how: str) -> None:
        book, label, when = self.book, self.label(), self.when(how)

        def make(id: str, who: str) -> Press:
            shown = (id, book.wishes[id].version + old, who, True)
            return presses.changes(self.shop, book, shown, label, when)

        self.press(self.picked(number, fit, book.wishes, make))

    @rule(verb=st.sampled_from(sorted(ON_RUNS)), number=numbers, fit=mostly)
    def settles(self, verb: str, number: int, fit: bool) -> None:
        """Somebody decides on a run; until there is one, the jobs see to it."""
        if not self.book.every_run():
            self.beat()
        self.press(self.picked(number, fit, self.book.every_run(), ON_RUNS[verb]))

    @rule(one=st.sampled_from(sorted(ON_RUNS)), other=st.sampled_from(sorted(ON_RUNS)),
          number=numbers, another=numbers)  # fmt: skip
    def two_settle(self, one: str, other: str, number: int, another: int) -> None:
        first = self.picked(number, True, self.book.every_run(), ON_RUNS[one])
        same = [first.about] if first else []
        self.press_both(first, self.picked(another, True, same, ON_RUNS[other]))

    @rule(number=st.integers(0, 7))
    def arrives_again(self, number: int) -> None:
        """Slack delivers a click a second time, or somebody presses on an old card."""
        if self.pressed:
            self.press(self.pressed[-1 - number % len(self.pressed)])

    @rule(actor=who, resumes=st.booleans(), fit=mostly)
    def stops_all(self, actor: str, resumes: bool, fit: bool) -> None:
        book = self.book
        if not resumes and not book.stopped:
            self.press(presses.stops_all(actor))
            return
        may = [who for who in EVERYBODY if book.is_approver(who) and who != book.first_to_resume]
        who = may[len(self.pressed) % len(may)] if fit and may else actor
        self.press(presses.resumes_all(who, book.stopped) if resumes else presses.stops_all(who))

    @rule(person=st.sampled_from(("U0BO", "U0CY", "U0DI")),
          deputy=st.sampled_from(("U0DEP", "U0CY", "U0ANA")), days=st.integers(0, 9))  # fmt: skip
    def stands_in(self, person: str, deputy: str, days: int) -> None:
        self.press(presses.gives_their_say(person, deputy, self.shop.at, days))

    @rule(person=st.sampled_from(("U0BO", "U0CY", "U0DI")))
    def stands_in_no_more(self, person: str) -> None:
        self.press(presses.takes_it_back(person))

    # time and machines

    @rule(by=ahead, then=mostly)
    def time_passes(self, by: timedelta, then: bool) -> None:
        self.shop.at += by
        if then:
            self.beat()

    @rule(days=st.integers(1, 3))
    def mornings_come(self, days: int) -> None:
        """What is done every day is done some more."""
        for _ in range(days):
            self.shop.at = following(self.shop.at) + timedelta(minutes=1)
            self.beat()

    @rule()
    def a_beat(self) -> None:
        self.beat()

    @rule(job=st.sampled_from((*jobs.ALL, "carries_out")))
    def one_job(self, job: str) -> None:
        self.does(job)

    @rule(job=job)
    def two_replicas_are_at_it(self, job: str) -> None:
        self.does(job, twice=True)

    @rule()
    def it_starts_again(self) -> None:
        self.shop.closes()
        self.shop.opens()
        self.book.cleared.clear()

    @rule(kind=st.sampled_from(KINDS), fault=st.sampled_from(sorted(FAULTS)))
    def coupontools_has_trouble(self, kind: str, fault: str) -> None:
        self.trouble(kind, fault)

    # the workspace

    @rule(rules=st.sampled_from(POLICIES))
    def the_policy_changes(self, rules: Rules) -> None:
        self.book.rules = rules
        self.shop.rules(rules)

    @rule(name=who, role=st.sampled_from((APPROVER, LEGAL, EMERGENCY)))
    def a_role_changes(self, name: str, role: str) -> None:
        self.book.people[name].roles ^= {role}

    @rule(name=who, member=st.sampled_from((True, True, False)))
    def somebody_leaves_or_comes_back(self, name: str, member: bool) -> None:
        self.book.people[name].member = member

    @rule(sessions=st.sampled_from((60, 62, 120)))
    def the_audience_changes(self, sessions: int) -> None:
        self.book.reach = sessions * 812 // 1240
        self.shop.resets(sessions)
        self.faults.clear()


def test_what_runs_was_agreed_to_and_runs_once(
    database: str, api_server: str, http: httpx.Client, tmp_path: Path
) -> None:
    shop = Shop(database, Api(api_server, http), tmp_path / "policy.yml")

    class Game(Anything):
        pass

    Game.shop = shop
    try:
        run_state_machine_as_test(Game, settings=chosen())
    finally:
        shop.closes()
