"""What people press that is about no card of a request: runs, everything, and who stands in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.model import truths
from tests.model.book import Book
from tests.model.presses import Press
from tests.model.shop import Replica
from tests.model.things import Run, Standing, Wish
from tests.model.truths import Truths


def of_run(
    words: str,
    id: str,
    who: str,
    act: Callable[[Replica], Any],
    against: Callable[[Book, Wish, Run, str], Truths],
    taken: Callable[[Wish, Run, datetime], None],
) -> Press:
    """What somebody decides on a run."""
    return Press(
        f"{who} {words} {id}",
        act,
        lambda book, _: against(book, *book.every_run()[id], who),
        lambda book, now, _: taken(*book.every_run()[id], now),
        who,
        id,
    )


def says_it_happened(id: str, who: str) -> Press:
    def act(replica: Replica) -> Any:
        return replica.settling.settle(id, actor=who)

    def taken(_: Wish, run: Run, __: datetime) -> None:
        run.becomes("done", who)

    return of_run("says it happened:", id, who, act, truths.against_its_having_happened, taken)


def says_go_on(id: str, who: str) -> Press:
    def act(replica: Replica) -> Any:
        return replica.settling.go_on(id, actor=who)

    def taken(_: Wish, run: Run, now: datetime) -> None:
        if run.state == "unclear":
            run.becomes("failed", who)
        run.let_go(who, now)

    return of_run("says go on:", id, who, act, truths.against_going_on, taken)


def lets_go(id: str, who: str) -> Press:
    def act(replica: Replica) -> Any:
        return replica.launches.run_late(id, actor=who)

    def taken(wish: Wish, run: Run, now: datetime) -> None:
        for each in wish.held_with(run):
            each.let_go(who, now)

    return of_run("lets go", id, who, act, truths.against_letting_go, taken)


def skips(id: str, who: str) -> Press:
    def act(replica: Replica) -> Any:
        return replica.launches.skip(id, actor=who)

    def taken(wish: Wish, run: Run, _: datetime) -> None:
        for each in wish.held_with(run):
            each.becomes("dropped", who)

    return of_run("skips", id, who, act, truths.against_skipping, taken)


def stops_all(who: str) -> Press:
    def taken(book: Book, now: datetime, _: Any) -> None:
        book.stopped, book.first_to_resume = now, ""
        book.notes["stopped all", who, ""] += 1

    return Press(
        f"{who} stops everything",
        lambda replica: replica.stopping.stop_all("main", actor=who),
        lambda book, _: truths.against_stopping_all(book, who),
        taken,
        who,
    )


def resumes_all(who: str, meant: datetime | None) -> Press:
    def taken(book: Book, _: datetime, __: Any) -> None:
        second = bool(book.first_to_resume)
        book.notes["resumed all" if second else "resume agreed", who, ""] += 1
        book.first_to_resume = "" if second else who
        book.stopped = None if second else book.stopped

    return Press(
        f"{who} lets everything go again that was stopped at {meant}",
        lambda replica: replica.stopping.resume_all("main", actor=who, stopped_at=meant),
        lambda book, _: truths.against_resuming_all(book, who, meant),
        taken,
        who,
    )


def gives_their_say(person: str, deputy: str, now: datetime, days: int) -> Press:
    last = (now + timedelta(days=days)).date()
    until = datetime.combine(last + timedelta(days=1), datetime.min.time(), now.tzinfo)

    def taken(book: Book, now: datetime, _: Any) -> None:
        book.deputies.append(Standing(person, deputy, now, until))
        book.notes["delegated", person, ""] += 1

    return Press(
        f"{deputy} stands in for {person} until {last}",
        lambda replica: replica.standing_in.begin(person, deputy, last.isoformat()),
        lambda book, now: truths.against_standing_in(book, person, deputy, now, until),
        taken,
        noted=False,
    )


def takes_it_back(person: str) -> Press:
    def taken(book: Book, now: datetime, _: Any) -> None:
        for each in book.standing(now, person):
            each.until, each.is_over = now, True
            book.notes["delegation ended", person, ""] += 1

    return Press(
        f"nobody stands in for {person} any more",
        lambda replica: replica.standing_in.end(person),
        lambda book, now: truths.against_ending_it(book, person, now),
        taken,
        noted=False,
    )


ON_RUNS = {each.__name__: each for each in (says_it_happened, says_go_on, lets_go, skips)}
