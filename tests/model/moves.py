"""What people do, and what time, machines and the workspace do.

Most clicks have to be taken, so that requests get far, or have one single thing against them; the
others come from anybody, on any card. Any click may be delivered again later, with its card as it
was then.
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.model import jobs, more_presses, presses
from tests.model.cast import (
    APPROVER,
    ASKERS,
    EMERGENCY,
    EVERYBODY,
    KINDS,
    LEGAL,
    POLICIES,
    Rules,
    company,
)
from tests.model.more_presses import ON_RUNS
from tests.model.play import FAULTS, NEARLY, WELL, Play
from tests.model.presses import DECISIONS, LATER, Press
from tests.model.things import following

MOST = 4
"""Requests at a time that have not come to an end."""
AWAY = ("U0BO", "U0CY", "U0DI")


class Moves(Play):
    """Each is one move of the game."""

    # people

    def asks(self, kind: str, actor: str, how: str) -> None:
        if len(self.book.alive()) < MOST:
            self.press(presses.asks(self.shop, kind, actor, self.label(), self.when(how)))

    def agrees(self, number: int, kind: str, how: str, until: str) -> None:
        """Until there is something to agree to, it is asked for and looked at."""
        if not any(wish.state == "waiting" for wish in self.book.wishes.values()):
            self.asks(kind, ASKERS[number % 2], how)
            self.does("prepares")
        if number % 3:  # somebody who may not, or on an old card
            self.press(self._decision("approves", number, NEARLY, old=(number % 3) - 2))
        self.press(self._decision("approves", number, WELL))
        self.beat(until)

    def decides(self, verb: str, number: int, fit: str, old: int, right: bool) -> None:
        self.press(self._decision(verb, number, fit, old, right))

    def two_decide(self, one: str, other: str, number: int, another: int, same: bool) -> None:
        """At the same moment, on two replicas; or one and the same press comes twice."""
        first = self._decision(one, number, WELL)
        second = first if same else self._decision(other, another, WELL, about=first)
        self.press_both(first, second)

    def _decision(
        self,
        verb: str,
        number: int,
        fit: str,
        old: int = 0,
        right: bool = True,
        about: Press | None = None,
    ) -> Press | None:
        book, make = self.book, {**DECISIONS, **LATER}[verb]
        ids = [about.about] if about else list(book.wishes)
        version = {id: wish.version + old for id, wish in book.wishes.items()}

        def press(id: str, who: str) -> Press:
            return make(book, id, version[id], who, right)

        return self.picked(number, fit, ids, press)

    def changes(self, number: int, fit: str, old: int, how: str) -> None:
        book, label, when = self.book, self.label(), self.when(how)

        def make(id: str, who: str) -> Press:
            shown = (id, book.wishes[id].version + old, who)
            return presses.changes(self.shop, book, shown, label, when)

        self.press(self.picked(number, fit, book.wishes, make))

    def settles(self, verb: str, number: int, fit: str) -> None:
        """Somebody decides on a run."""
        self.press(self.picked(number, fit, self.book.every_run(), ON_RUNS[verb]))

    def two_settle(self, one: str, other: str, number: int, another: int) -> None:
        first = self.picked(number, WELL, self.book.every_run(), ON_RUNS[one])
        same = [first.about] if first else []
        self.press_both(first, self.picked(another, WELL, same, ON_RUNS[other]))

    def arrives_again(self, number: int) -> None:
        """Slack delivers a click a second time, or somebody presses on an old card."""
        if self.pressed:
            self.press(self.pressed[-1 - number % len(self.pressed)])

    def stops_all(self, actor: str) -> None:
        self.press(more_presses.stops_all(actor))

    def resumes_all(self, number: int, fit: str) -> None:
        meant = self.book.stopped

        def make(_: str, who: str) -> Press:
            return more_presses.resumes_all(who, meant)

        for _ in range(1 + bool(fit)):  # it takes two
            self.press(self.picked(number, fit, [""], make))

    def stands_in(self, person: str, deputy: str, days: int) -> None:
        self.press(more_presses.gives_their_say(person, deputy, self.shop.at, days))

    def stands_in_no_more(self, person: str) -> None:
        self.press(more_presses.takes_it_back(person))

    # time and machines

    def time_passes(self, by: timedelta, until: str) -> None:
        self.shop.at += by
        self.beat(until)

    def mornings_come(self, days: int, until: str) -> None:
        """What is done every day is done some more."""
        for day in range(days):
            self.shop.at = following(self.shop.at) + timedelta(minutes=1)
            self.beat(until if day == days - 1 else "carries_out")

    def a_beat(self, until: str) -> None:
        self.beat(until)

    def one_job(self, job: str) -> None:
        self.does(job)

    def two_replicas_are_at_it(self, job: str) -> None:
        self.does(job, twice=True)

    def it_starts_again(self) -> None:
        self.shop.closes()
        self.shop.opens()
        self.book.cleared.clear()

    def at_the_last_moment(self, what: str, number: int, kind: str, role: str) -> None:
        """A run is ready; something happens; only then it is carried out."""
        if not self.book.concerned():
            self.agrees(number, kind, "now", "")
        self.beat("mints")
        match what:
            case "role":
                self.a_role_changes(number, True, role)
            case "leaves":
                self.somebody_leaves(number, True)
            case "audience":
                self.the_audience_changes((60, 120)[number % 2])
            case "policy":
                self.the_policy_changes(POLICIES[number % len(POLICIES)])
            case "stop":
                self.stops_all(EVERYBODY[number % len(EVERYBODY)])
            case _:
                self.trouble_comes(number, what)
        self.does("carries_out")

    def trouble_comes(self, number: int, fault: str) -> None:
        """With what is to be carried out now."""
        ready = [wish.kind for wish, run in self.book.every_run().values() if run.state == "ready"]
        among = ready or KINDS
        self.trouble(among[number % len(among)], fault)

    # the workspace

    def the_policy_changes(self, rules: Rules) -> None:
        self.book.rules = rules
        self.shop.rules(rules)

    def a_role_changes(self, number: int, concerned: bool, role: str) -> None:
        self.book.people[self._somebody(number, concerned)].roles ^= {role}

    def somebody_leaves(self, number: int, concerned: bool) -> None:
        self.book.people[self._somebody(number, concerned)].member = False

    def everybody_is_back(self) -> None:
        """And is who they were at first."""
        self.book.people.update(company())

    def _somebody(self, number: int, concerned: bool) -> str:
        """Anybody; or one of those on whom depends what has not run yet."""
        found = self.book.concerned() if concerned else []
        among = found or EVERYBODY
        return among[number % len(among)]

    def the_audience_changes(self, sessions: int) -> None:
        self.book.reach = sessions * 812 // 1240
        self.shop.resets(sessions)
        self.faults.clear()


AHEAD = {"minutes": (1, 3, 6, 20), "hours": (3, 12, 26, 24 * 8)}
ahead = st.sampled_from([timedelta(**{unit: n}) for unit, some in AHEAD.items() for n in some])
kinds, who, askers, away = (st.sampled_from(each) for each in (KINDS, EVERYBODY, ASKERS, AWAY))
times = st.sampled_from(("now", "now", "later", "daily"))
fits = st.sampled_from((WELL, WELL, NEARLY, NEARLY, ""))
numbers, mostly = st.integers(0, 999), st.sampled_from((True, True, True, False))
stale = st.sampled_from((0, 0, 0, -1))
verbs = st.sampled_from([*DECISIONS, *LATER, *["approves"] * 3])
on_runs = st.sampled_from([*ON_RUNS])
roles = st.sampled_from((APPROVER, APPROVER, APPROVER, LEGAL, EMERGENCY))
LAST = (*FAULTS, "role", "role", "leaves", "leaves", "audience", "policy", "stop")
untils = st.sampled_from(("", "prepares", "mints", "mints", "carries_out", "carries_out"))
"""How far the jobs get before the next thing happens."""

MOVES: dict[str, tuple[int, dict[str, st.SearchStrategy[Any]]]] = {
    "asks": (2, {"kind": kinds, "actor": askers, "how": times}),
    "agrees": (8, {"number": numbers, "kind": kinds, "how": times, "until": untils}),
    "decides": (
        6,
        {"verb": verbs, "number": numbers, "fit": fits, "old": stale, "right": mostly},
    ),
    "two_decide": (
        3,
        {
            "one": verbs,
            "other": verbs,
            "number": numbers,
            "another": numbers,
            "same": st.booleans(),
        },
    ),
    "changes": (3, {"number": numbers, "fit": fits, "old": stale, "how": times}),
    "settles": (4, {"verb": on_runs, "number": numbers, "fit": fits}),
    "two_settle": (
        1,
        {"one": on_runs, "other": on_runs, "number": numbers, "another": numbers},
    ),
    "arrives_again": (4, {"number": st.integers(0, 7)}),
    "stops_all": (1, {"actor": who}),
    "resumes_all": (2, {"number": numbers, "fit": fits}),
    "stands_in": (
        1,
        {
            "person": away,
            "deputy": st.sampled_from(("U0DEP", "U0CY", "U0ANA")),
            "days": st.integers(0, 9),
        },
    ),
    "stands_in_no_more": (1, {"person": away}),
    "time_passes": (3, {"by": ahead, "until": untils}),
    "mornings_come": (2, {"days": st.integers(1, 3), "until": untils}),
    "a_beat": (3, {"until": untils}),
    "one_job": (2, {"job": st.sampled_from((*jobs.ALL, "carries_out"))}),
    "two_replicas_are_at_it": (2, {"job": st.sampled_from([*jobs.ALL])}),
    "it_starts_again": (1, {}),
    "trouble_comes": (1, {"number": numbers, "fault": st.sampled_from([*FAULTS])}),
    "at_the_last_moment": (
        8,
        {
            "what": st.sampled_from(LAST),
            "number": numbers,
            "kind": kinds,
            "role": roles,
        },
    ),
    "the_policy_changes": (1, {"rules": st.sampled_from(POLICIES)}),
    "a_role_changes": (
        2,
        {
            "number": numbers,
            "concerned": mostly,
            "role": roles,
        },
    ),
    "somebody_leaves": (1, {"number": numbers, "concerned": mostly}),
    "everybody_is_back": (4, {}),
    "the_audience_changes": (1, {"sessions": st.sampled_from((60, 62, 120))}),
}
"""How often, and what is drawn for it."""
