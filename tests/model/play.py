"""One game: the shop and the book side by side, and what has to hold between them."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta
from threading import Barrier
from typing import Any

from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy.exc import OperationalError

from actions.desk import When
from actions.errors import Declined
from store.lifecycle import TooLate
from tests.model import jobs
from tests.model.book import Book
from tests.model.cast import CALM, EVERYBODY, PATHS, company
from tests.model.presses import Press
from tests.model.shop import Replica, Shop
from tests.model.things import following

NINE = "0 9 * * *"
SECOND = timedelta(seconds=1)
FAULTS: dict[str, dict[str, Any]] = {
    "lost before": {"drop": "before"},
    "lost after": {"drop": "after"},
    "refused": {"error_code": 502},
    "busy": {"status": 429, "retry_after": 0.01},
    "killed before": {},
    "killed after": {},
}
OUTCOMES = {"": ("done", 1), "busy": ("done", 2), "refused": ("failed", 1),
            "killed before": ("unclear", 0)}  # fmt: skip
"""What becomes of a run, and how many calls Coupontools has heard."""
WELL, NEARLY = "well", "nearly"
"""How a press fits."""
Answer = tuple[str, Any]
"""Why it was declined, or nothing and what came of it."""


class Play(RuleBasedStateMachine):
    """Clicks and jobs, done to both: each click is answered truly, each change is on record."""

    shop: Shop

    def __init__(self) -> None:
        super().__init__()
        people = company()
        self.shop.fresh(people, CALM)
        self.book = Book(people, CALM)
        self.labels = 0
        self.faults: dict[str, str] = {}
        self.pressed: list[Press] = []

    # clicks

    def label(self) -> str:
        self.labels += 1
        return f"number {self.labels}"

    def when(self, how: str) -> When:
        if how == "later":
            return When(self.shop.at + timedelta(hours=2))
        if how == "daily":
            return When(following(self.shop.at), NINE, "UTC")
        return When()

    def picked(
        self, number: int, fit: str, things: Iterable[str], make: Callable[[str, str], Press]
    ) -> Press | None:
        """Somebody's press about one of these: one that fits, nearly fits, or any.

        It nearly fits when one single thing stands against it: each of these is as likely.
        """
        every = [make(id, who) for id in things for who in EVERYBODY]
        kinds: dict[str, list[Press]] = {}
        for press in every if fit else ():
            against = press.against(self.book, self.shop.at + SECOND)
            if len(against) == (fit == NEARLY):
                kinds.setdefault("".join(against), []).append(press)
        names = sorted(kinds)
        among = kinds[names[number % len(names)]] if names else every
        return among[number // 8 % len(among)] if among else None

    def press(self, press: Press | None) -> None:
        """It is taken when nothing stands against it, else declined for one of these reasons."""
        if press is None:
            return
        note(press.words)
        self.pressed.append(press)
        self.shop.at += SECOND
        against = press.against(self.book, self.shop.at)
        said, made = answered(self.shop.next(), press)
        assert (said in against) if said else not against, (
            f"answered {said or 'with a yes'}; the truth is {against or 'nothing against it'}"
        )
        self._goes_down(self.book, press, said, made)

    def _goes_down(self, book: Book, press: Press, said: str, made: Any) -> None:
        if not said:
            press.taken(book, self.shop.at, made)
        elif press.noted:
            book.notes["declined", press.who, press.about] += 1

    def press_both(self, first: Press | None, second: Press | None) -> None:
        """At the same moment: what comes of it is what comes of one after the other."""
        if first is None or second is None:
            return
        note(f"at once: {first.words}, {second.words}")
        self.shop.at += SECOND
        both = [first, second]
        answers = self._at_once(*(lambda r, p=press: answered(r, p) for press in both))
        for order in ((0, 1), (1, 0)):
            book = deepcopy(self.book)
            if all(self._could_be(book, both[i], answers[i]) for i in order) and self._is_as_in(
                book
            ):
                self.book, self.shop.people = book, book.people
                return
        raise AssertionError(f"in neither order: {[said for said, _ in answers]}")

    def _could_be(self, book: Book, press: Press, answer: Answer) -> bool:
        against, said = press.against(book, self.shop.at), answer[0]
        if (said not in against) if said else against:
            return False
        self._goes_down(book, press, *answer)
        return True

    def _at_once(self, *acts: Callable[[Replica], Any]) -> list[Any]:
        if len(acts) == 1:
            return [acts[0](self.shop.next())]
        start = Barrier(len(acts))

        def begins(act: Callable[[Replica], Any], replica: Replica) -> Any:
            start.wait()
            return act(replica)

        with ThreadPoolExecutor(len(acts)) as pool:
            running = [pool.submit(begins, act, self.shop.next()) for act in acts]
            return [each.result() for each in running]

    # jobs

    def does(self, job: str, *, twice: bool = False) -> None:
        """One of the jobs; `twice`, on two replicas at the same moment."""
        self.shop.at += SECOND
        if job == "carries_out":
            self.carries_out()
            return
        act, result = jobs.ALL[job]
        note(f"{job}{' at once, twice' if twice else ''}")
        self._at_once(*[act] * (1 + twice))
        result(self.book, self.shop.at)

    def beat(self, until: str = "carries_out") -> None:
        """The jobs up to that one, as the running bot does them; none, if none is named."""
        order = (*jobs.ALL, "carries_out")
        for job in order[: order.index(until) + 1] if until else ():
            self.does(job)

    def carries_out(self) -> None:
        """Each run that is ready, delivered twice; only what may go out does, and once."""
        ready = {id for id, (_, run) in self.book.every_run().items() if run.state == "ready"}
        found = self.shop.ready()
        assert set(found) == ready
        for id in found:
            self._carries_out(id)
            self.shop.at += SECOND

    def _carries_out(self, id: str) -> None:
        wish, run = self.book.every_run()[id]
        replica, expected, dies = self.shop.next(), 0, ""
        if self.book.begins(wish, run, self.shop.at, self.shop.turn):
            fault = self.faults.pop(wish.kind, "")
            state, expected = OUTCOMES.get(fault, ("unclear", 1))
            run.becomes(state, "runner")
            dies = fault.removeprefix("killed ") if fault.startswith("killed") else ""
        note(f"carries out {id}: {run.state}")
        self.shop.carry(replica, id, dies)
        self.shop.carry(self.shop.next(), id)
        calls = self.shop.written()
        assert len(calls) == expected, f"{run}: {len(calls)} calls, {expected} expected"
        assert all(run.label in str(call["body"]) for call in calls), "something else was sent"
        if dies:
            self.book.cleared.clear()

    def trouble(self, kind: str, fault: str) -> None:
        if kind not in self.faults:
            self.faults[kind] = fault
            if FAULTS[fault]:
                self.shop.api.fails(PATHS[kind], **FAULTS[fault])

    # what holds after every step

    def _is_as_in(self, book: Book) -> bool:
        """Whether the shop is as this book says."""
        seen = self.shop.stands()
        given = {id: [(yes.person, yes.said_for) for yes in wish.given]
                 for id, wish in book.wishes.items() if wish.given}  # fmt: skip
        return (
            seen.requests == {id: (w.state, w.version) for id, w in book.wishes.items()}
            and seen.runs == {id: (r.state, r.held_for) for id, (_, r) in book.every_run().items()}
            and {id: sorted(each) for id, each in seen.yeses.items()}
            == {id: sorted(each) for id, each in given.items()}
            and seen.stopped == book.stopped
        )

    @invariant()
    def everything_stands_as_it_should(self) -> None:
        assert self._is_as_in(self.book), f"{self.shop.stands()}\n{self.book}"

    @invariant()
    def every_change_is_on_record_once(self) -> None:
        states, notes = self.shop.record()
        told = self.book.told()
        assert states == told, f"{states}\n{told}"
        assert notes == self.book.notes, f"{notes}\n{self.book.notes}"
        self.book.notes.clear()


def answered(replica: Replica, press: Press) -> Answer:
    """What somebody is told; who has to wait too long for another presses again."""
    while True:
        try:
            return "", press.act(replica)
        except (Declined, TooLate) as error:
            return type(error).__name__, None
        except OperationalError as error:
            if "lock" not in str(error):
                raise
