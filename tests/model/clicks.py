"""What people press: each click may come from anybody, at any time, twice, on an old card."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.book import Wish, Yes
from tests.model.cast import ASKERS, EVERYBODY, KINDS
from tests.model.play import Play

MOST = 6
which = st.integers(0, MOST - 1)
who = st.sampled_from(EVERYBODY)
kinds = st.sampled_from(KINDS)
times = st.sampled_from(("now", "now", "later", "daily"))
versions = st.sampled_from((0, 0, 0, 0, -1))


def asked(self: Play) -> bool:
    return bool(self.book.wishes)


def ran(self: Play) -> bool:
    return any(wish.runs for wish in self.book.wishes.values())


class Clicks(Play):
    """What people do."""

    @precondition(lambda self: len(self.book.wishes) < MOST)
    @rule(kind=kinds, actor=st.sampled_from(ASKERS), how=times, twice=st.booleans())
    def asks(self, kind: str, actor: str, how: str, twice: bool) -> None:
        label, when = self.label(), self.when(how)
        inputs, name, made = self.shop.inputs(kind, label), self.shop.action(kind), []

        def ask() -> None:
            made.append(self.shop.desk.ask(name, inputs, actor=actor, when=when, token=label).id)

        if self.clicks(self.book.against_asking(actor, kind), ask, noted=False):
            wish = Wish(kind, actor, label, when.at, when.at, daily=bool(when.crontab))
            self.book.wishes[made[0]] = wish
            if twice:
                ask()
                assert made[0] == made[1], "a repeated delivery made a second request"

    @precondition(asked)
    @rule(number=which, offset=versions, other=st.none() | who, how=times)
    def edits(self, number: int, offset: int, other: str | None, how: str) -> None:
        id, wish = self.wish(number)
        version, actor = wish.version + offset, other or wish.actor
        label, when = self.label(), self.when(how)
        inputs = self.shop.inputs(wish.kind, label)
        truths = self.book.against_changing(wish, version, actor)
        change = self.shop.desk.change
        if self.clicks(truths, lambda: change(id, version, inputs, actor=actor, when=when)):
            self.book.afresh(wish)
            wish.edition, wish.label = wish.edition + 1, label
            wish.planned = wish.next_at = when.at
            wish.daily = bool(when.crontab)

    @precondition(asked)
    @rule(number=which, actor=who, offset=versions, right=st.sampled_from((True, True, False)),
          times=st.integers(1, 2))  # fmt: skip
    def approves(self, number: int, actor: str, offset: int, right: bool, times: int) -> None:
        id, wish = self.wish(number)
        version, typed = wish.version + offset, (wish.reach or 0) + (not right)
        for _ in range(times):
            now = self.shop.at + timedelta(seconds=1)
            truths = self.book.against_approving(wish, version, actor, now, typed)
            may = self.book.may_speak_for(wish, actor, now)
            if self.clicks(truths, lambda: self._approve(id, version, actor, typed)):
                self._counted(id, wish, actor, may)

    def _approve(self, id: str, version: int, actor: str, typed: int) -> None:
        self.shop.approvals.approve(id, version, actor=actor, reached=str(typed))

    def _counted(self, id: str, wish: Wish, actor: str, may: list[str]) -> None:
        yes = next(each for each in self.shop.yeses(id) if each.person == actor)
        said_for = yes.on_behalf or actor
        assert said_for in may, f"{actor} counted for {said_for}, not one of {may}"
        wish.given.append(Yes(actor, said_for))
        waited = self.shop.at - (wish.since or self.shop.at)
        if not self.book.missing(wish, (each.said_for for each in wish.given), waited):
            self.book.granted(wish, self.shop.at)

    @precondition(asked)
    @rule(number=which, actor=who, offset=versions, reason=st.sampled_from(("", "Not like this")))
    def refuses(self, number: int, actor: str, offset: int, reason: str) -> None:
        id, wish = self.wish(number)
        version, now = wish.version + offset, self.shop.at + timedelta(seconds=1)
        truths = self.book.against_deciding(wish, version, actor, now)
        truths |= set() if reason else {"NeedsReason"}
        refuse = self.shop.approvals.refuse
        if self.clicks(truths, lambda: refuse(id, version, actor=actor, reason=reason)):
            wish.state = "refused"

    @precondition(asked)
    @rule(number=which, actor=who, offset=versions)
    def questions(self, number: int, actor: str, offset: int) -> None:
        id, wish = self.wish(number)
        version, now = wish.version + offset, self.shop.at + timedelta(seconds=1)
        truths = self.book.against_deciding(wish, version, actor, now)
        question = self.shop.approvals.question
        self.clicks(truths, lambda: question(id, version, actor=actor, words="Why now?"))

    @precondition(asked)
    @rule(number=which, other=st.none() | who)
    def withdraws(self, number: int, other: str | None) -> None:
        id, wish = self.wish(number)
        actor = other or wish.actor
        truths = self.book.against_withdrawing(wish, actor)
        if self.clicks(truths, lambda: self.shop.desk.withdraw(id, actor=actor)):
            wish.state = "withdrawn"

    @precondition(asked)
    @rule(number=which, actor=who, offset=versions)
    def stops(self, number: int, actor: str, offset: int) -> None:
        id, wish = self.wish(number)
        version = wish.version + offset
        truths = self.book.against_pausing(wish, version, actor)
        pause = self.shop.stopping.pause
        if self.clicks(truths, lambda: pause(id, version, actor=actor), noted=False):
            wish.state = "paused"

    @precondition(asked)
    @rule(number=which, actor=who, offset=versions)
    def resumes(self, number: int, actor: str, offset: int) -> None:
        id, wish = self.wish(number)
        version = wish.version + offset
        truths = self.book.against_resuming(wish, version, actor)
        resume = self.shop.stopping.resume
        if self.clicks(truths, lambda: resume(id, version, actor=actor), noted=False):
            at = self.shop.at
            wish.next_at = self.book.following(at) if wish.daily else wish.planned
            self.book.granted(wish, at)

    @precondition(asked)
    @rule(number=which, actor=st.just("U0EVE") | who, offset=versions,
          reason=st.sampled_from(("short", "The shop is on fire")))  # fmt: skip
    def breaks_the_glass(self, number: int, actor: str, offset: int, reason: str) -> None:
        id, wish = self.wish(number)
        version = wish.version + offset
        truths = self.book.against_going_alone(wish, version, actor, reason)
        alone = self.shop.approvals.break_glass
        if self.clicks(truths, lambda: alone(id, version, actor=actor, reason=reason)):
            wish.given = [yes for yes in wish.given if yes.person != actor]
            wish.given.append(Yes(actor, actor, alone=True))
            self.book.granted(wish, self.shop.at)

    @rule(actor=who)
    def stops_all(self, actor: str) -> None:
        truths = set() if self.book.people[actor].member else {"NotAllowed"}
        truths |= {"Declined"} if self.book.stopped else set()
        stop = self.shop.stopping.stop_all
        if self.clicks(truths, lambda: stop("main", actor=actor), noted=False):
            self.book.stopped, self.book.first_to_resume = True, ""

    @rule(actor=who)
    def resumes_all(self, actor: str) -> None:
        book = self.book
        truths = set() if book.is_approver(actor) else {"NotAllowed"}
        truths |= set() if book.stopped else {"Declined"}
        truths |= {"SaidAlready"} if book.stopped and book.first_to_resume == actor else set()
        resume = self.shop.stopping.resume_all
        if self.clicks(truths, lambda: resume("main", actor=actor), noted=False):
            book.stopped = not book.first_to_resume
            book.first_to_resume = actor if book.stopped else ""

    @precondition(ran)
    @rule(number=which, actor=who)
    def says_it_happened(self, number: int, actor: str) -> None:
        id, wish, run = self.run_in(number, "unclear")
        truths = self.book.against_settling(wish, actor)
        truths |= set() if run.state == "unclear" else {"TooLate"}
        if self.clicks(truths, lambda: self.shop.settling.settle(id, actor=actor)):
            run.state = "done"

    @precondition(ran)
    @rule(number=which, actor=who)
    def says_go_on(self, number: int, actor: str) -> None:
        id, wish, run = self.run_in(number, "unclear", "failed")
        truths = self.book.against_settling(wish, actor)
        if run.state == "unclear" and actor == wish.actor:
            truths.add("OwnRequest")
        truths |= set() if run.state in ("unclear", "failed") else {"TooLate"}
        if self.clicks(truths, lambda: self.shop.settling.go_on(id, actor=actor)):
            run.state, run.run_at = "ready", self.shop.at

    @precondition(ran)
    @rule(number=which, actor=who)
    def lets_a_held_run_go(self, number: int, actor: str) -> None:
        id, wish, run = self.run_in(number, "held")
        truths = self.book.against_sending_now(wish, run, actor)
        if self.clicks(truths, lambda: self.shop.launches.run_late(id, actor=actor)):
            run.state, run.held_for, run.run_at = "ready", "", self.shop.at

    @precondition(ran)
    @rule(number=which, actor=who)
    def skips(self, number: int, actor: str) -> None:
        id, wish, run = self.run_in(number, "held")
        truths = self.book.against_settling(wish, actor)
        truths |= set() if run.state == "held" else {"TooLate"}
        if self.clicks(truths, lambda: self.shop.launches.skip(id, actor=actor)):
            run.state = "dropped"
