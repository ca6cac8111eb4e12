"""One game: the shop and the book side by side, and what has to hold between them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from actions.desk import When
from actions.errors import Declined
from store.lifecycle import TooLate
from tests.model.book import Book, Run, Wish, lapses, quiet_until
from tests.model.cast import BLAST, CALM, LATENESS, company
from tests.model.shop import PATHS, Shop

NINE = "0 9 * * *"
FAULTS: dict[str, dict[str, Any]] = {
    "lost before": {"drop": "before"},
    "lost after": {"drop": "after"},
    "refused": {"error_code": 502},
    "busy": {"status": 429, "retry_after": 0.01},
}


class Play(RuleBasedStateMachine):
    """Clicks and jobs, done to both: each click is answered truly, each change is on record."""

    shop: Shop

    def __init__(self) -> None:
        super().__init__()
        people = company()
        self.shop.fresh(people, CALM)
        self.book = Book(people, CALM)
        self.labels = 0
        self.seen: dict[str, str] = {}
        self.beyond = 0
        self.declined = (0, 0)
        """At least and at most so many clicks were declined since somebody looked."""
        self.faults: dict[str, str] = {}

    def teardown(self) -> None:
        self.shop.closes()

    # helpers

    def label(self) -> str:
        self.labels += 1
        return f"number {self.labels}"

    def wish(self, number: int) -> tuple[str, Wish]:
        ids = list(self.book.wishes)
        return ids[number % len(ids)], self.book.wishes[ids[number % len(ids)]]

    def run_in(self, number: int, *states: str) -> tuple[str, Wish, Run]:
        """A run in one of these states, or any when there is none."""
        every = [(id, w, run) for w in self.book.wishes.values() for id, run in w.runs.items()]
        wanted = [one for one in every if one[2].state in states] or every
        return wanted[number % len(wanted)]

    def when(self, how: str) -> When:
        if how == "later":
            return When(self.shop.at + timedelta(hours=2))
        if how == "daily":
            return When(self.book.following(self.shop.at), NINE, "UTC")
        return When()

    def clicks(self, truths: set[str], act: Callable[[], object], *, noted: bool = True) -> bool:
        """Press: taken when nothing stands against it, else declined for one of these reasons."""
        self.shop.at += timedelta(seconds=1)
        try:
            act()
        except (Declined, TooLate) as error:
            said = type(error).__name__
            assert said in truths, f"declined with {said}; the truth is {truths or 'nothing'}"
            least, most = self.declined
            self.declined = (least + noted, most + 1)
            return False
        assert not truths, f"taken, though {truths}"
        return True

    # the jobs, as the book has them

    def reviews(self) -> None:
        self.shop.preparer.look_again()
        for wish in self.book.wishes.values():
            concerned = wish.state in ("waiting", "granted") and wish.needs
            if concerned and wish.rules is not self.book.rules:
                self.book.afresh(wish)

    def prepares(self) -> None:
        self.shop.preparer.prepare_asked()
        now, book = self.shop.at, self.book
        for wish in book.wishes.values():
            if lapses(wish, now):
                wish.state = "expired"
            elif wish.state == "asked":
                self._looked_at(wish)

    def _looked_at(self, wish: Wish) -> None:
        now, book = self.shop.at, self.book
        if book.against_asking(wish.actor, wish.kind):
            wish.state = "void"
            return
        wish.rules, wish.reach = book.rules, book.reach if wish.kind == BLAST else None
        if wish.needs:
            wish.state, wish.since = "waiting", now
        else:
            book.granted(wish, now)

    def mints(self) -> None:
        self.shop.launches.mint_due()
        now = self.shop.at
        for id, wish in self.book.wishes.items():
            if wish.state != "granted" or wish.next_at is None or wish.next_at > now:
                continue
            due = wish.next_at
            done = [r for r in wish.runs.values() if r.edition == wish.edition
                    and r.state != "dropped"]  # fmt: skip
            missed = wish.daily and wish.granted is not None and due < wish.granted
            if not missed and (wish.daily or not done):
                late = now - due > LATENESS[wish.kind]
                state, why = ("held", "late") if late else ("ready", "")
                run = Run(due, due, wish.edition, wish.label, state, why)
                wish.runs[f"{id}.{due:%Y%m%dT%H%M%S%f}.0"] = run
            if wish.daily:
                wish.next_at = self.book.following(due)
            else:
                wish.state, wish.next_at = "spent", None

    def releases(self) -> None:
        self.shop.launches.release_due()
        now = self.shop.at
        for wish in self.book.wishes.values():
            for run in wish.runs.values():
                over = run.held_until is not None and run.held_until <= now
                if run.state == "held" and run.held_for == "quiet" and over:
                    run.state, run.held_for, run.run_at = "ready", "", now

    def carries_out(self) -> None:
        """Each run that is ready, delivered twice; only what may go out does, and once."""
        every = {id: (w, run) for w in self.book.wishes.values() for id, run in w.runs.items()}
        expected = {id for id, (_, run) in every.items() if run.state == "ready"}
        assert set(self.shop.ready()) == expected
        for id in self.shop.ready():
            wish, run = every[id]
            sent = self._carried(wish, run)
            calls = self.shop.carry(id) + self.shop.carry(id)
            assert len(calls) == sent, f"{run}: {len(calls)} calls, {sent} expected"
            assert all(run.label in str(call["body"]) for call in calls), "something else was sent"
            self.shop.at += timedelta(seconds=1)

    def _carried(self, wish: Wish, run: Run) -> int:
        """What becomes of a run; gives how many calls it makes."""
        book, now = self.book, self.shop.at
        broken = book.why_not(wish, run)
        if broken:
            run.state = "dropped"
            again = bool(wish.needs) or broken == "policy"
            if again and broken != "of before" and wish.state in ("granted", "spent"):
                book.afresh(wish)
                wish.next_at = wish.next_at if wish.daily else None
            return 0
        if now - run.run_at > LATENESS[wish.kind]:
            run.state, run.held_for, run.held_until = "held", "late", None
            return 0
        if until := quiet_until(wish, run, now):
            run.state, run.held_for, run.held_until = "held", "quiet", until
            return 0
        fault = self.faults.pop(wish.kind, "")
        run.state = {"": "done", "busy": "done", "refused": "failed"}.get(fault, "unclear")
        return 2 if fault == "busy" else 1

    def trouble(self, kind: str, fault: str) -> None:
        if kind not in self.faults:
            self.faults[kind] = fault
            self.shop.api.fails(PATHS[kind], **FAULTS[fault])

    # what holds after every step

    @invariant()
    def everything_stands_as_it_should(self) -> None:
        requests, operations = self.shop.rows()
        found = {row.id: (row.state.value, row.version) for row in requests}
        wanted = {id: (wish.state, wish.version) for id, wish in self.book.wishes.items()}
        assert found == wanted
        runs = {run.id: (run.state.value, run.held_for) for run in operations}
        book = {id: (run.state, run.held_for) for wish in self.book.wishes.values()
                for id, run in wish.runs.items()}  # fmt: skip
        assert runs == book
        for id, wish in self.book.wishes.items():
            said = sorted((yes.person, yes.on_behalf or yes.person) for yes in self.shop.yeses(id))
            assert said == sorted((yes.person, yes.said_for) for yes in wish.given)

    @invariant()
    def every_change_is_on_record_once(self) -> None:
        lines = self.shop.record(self.beyond)
        for line in lines:
            self.beyond = line.seq or self.beyond
            if line.became:
                about = line.operation or line.request or ""
                assert self.seen.get(about, "") == line.was, f"{about}: {line.was}→{line.became}"
                self.seen[about] = line.became
        requests, operations = self.shop.rows()
        assert self.seen == {row.id: row.state.value for row in (*requests, *operations)}
        least, most = self.declined
        assert least <= sum(line.kind == "declined" for line in lines) <= most
        self.declined = (0, 0)

    @invariant()
    def a_stop_holds(self) -> None:
        assert (self.shop.account().stopped_at is not None) is self.book.stopped
