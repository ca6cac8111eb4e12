"""What people do, and what time, machines and the workspace do.

Most clicks have to be taken, so that requests get far, or have one single thing against them; the
others come from anybody, on any card. Any click may be delivered again later, with its card as it
was then.
"""

from datetime import timedelta

from tests.model import more_presses, presses
from tests.model.cast import (
    ASKERS,
    BLAST,
    EVERYBODY,
    KINDS,
    POLICIES,
    Rules,
    company,
)
from tests.model.more_presses import ON_RUNS
from tests.model.play import NEARLY, SECOND, WELL, Play
from tests.model.presses import DECISIONS, LATER, Press
from tests.model.things import Wish, following

MOST = 4
"""Requests at a time that have not come to an end."""
AWAY, DEPUTY = ("U0BO", "U0CY", "U0DI"), "U0DEP"
MOST_YESES = 3
"""That a policy asks for."""


class Moves(Play):
    """Each is one move of the game."""

    # people

    def asks(self, kind: str, actor: str, how: str) -> None:
        if len(self.book.alive()) < MOST:
            self.press(presses.asks(self.shop, kind, actor, self.label(), self.when(how)))

    def agrees(self, number: int, kind: str, how: str, until: str) -> None:
        """Until there is something to agree to, it is asked for and looked at."""
        if not self.book.waiting():
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

    def one_say_is_given_twice(self, person: str, number: int, own_first: bool) -> None:
        """Who is away agrees to it, and so does who stands in for them."""
        now = self.shop.at
        if not self.book.standing(now, person):
            self.stands_in(person, DEPUTY, number % 4)
        deputy = ([each.deputy for each in self.book.standing(now, person)] or [DEPUTY])[0]
        if not (among := self._takes_two(deputy, person)):
            self._is_asked_for(number, BLAST)
            among = self._takes_two(deputy, person) or self.book.waiting()
        for who in (person, deputy) if own_first else (deputy, person):
            for wish in among[:1]:
                self.press(presses.approves(self.book, wish.id, wish.version, who, True))

    def _takes_two(self, deputy: str, person: str) -> list[Wish]:
        at = self.shop.at + SECOND
        return [
            wish for wish in self.book.waiting() if self.book.takes_two(wish, deputy, person, at)
        ]

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
        self.beat("mints")
        if not self.book.ready():
            self._is_agreed_to(number, kind)
        match what:
            case "asker":
                self._asker_leaves(number)
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

    def _is_agreed_to(self, number: int, kind: str) -> None:
        """It is asked for, all agree who have to, and it is due."""
        self._is_asked_for(number, kind)
        for more in range(MOST_YESES):
            if self.book.waiting():
                self.press(self._decision("approves", number + more, WELL))
        self.does("mints")

    def _is_asked_for(self, number: int, kind: str) -> None:
        if len(self.book.alive()) >= MOST:
            self.press(self._decision("withdraws", number, WELL))
        there = [name for name in ASKERS if self.book.people[name].member]
        self.asks(kind, [*there, ASKERS[0]][number % (len(there) or 1)], "now")
        self.does("prepares")

    def trouble_comes(self, number: int, fault: str) -> None:
        """With what is to be carried out now."""
        among = [wish.kind for wish in self.book.ready()] or KINDS
        self.trouble(among[number % len(among)], fault)

    # the workspace

    def the_policy_changes(self, rules: Rules) -> None:
        self.book.rules = rules
        self.shop.rules(rules)

    def a_role_changes(self, number: int, concerned: bool, role: str) -> None:
        self.book.people[self._somebody(number, concerned)].roles ^= {role}

    def somebody_leaves(self, number: int, concerned: bool) -> None:
        self.book.people[self._somebody(number, concerned)].member = False

    def _asker_leaves(self, number: int) -> None:
        """Of what is to be carried out now."""
        among = [wish.actor for wish in self.book.ready()] or ASKERS
        self.book.people[among[number % len(among)]].member = False

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
