"""What people press: what each does, what may be answered, and what comes of it.

A press keeps what its card showed, so that it can be delivered again when things have moved on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from actions.desk import When
from tests.model import truths
from tests.model.book import Book, Run, Standing, Wish, Yes
from tests.model.cast import ACTIONS
from tests.model.shop import Replica, Shop
from tests.model.truths import Truths


@dataclass(frozen=True)
class Press:
    """Of somebody, about something."""

    words: str
    act: Callable[[Replica], Any]
    against: Callable[[Book, datetime], Truths]
    taken: Callable[[Book, datetime, Any], None]
    who: str = ""
    about: str = ""
    noted: bool = True
    """That it was declined is on record."""


Shown = tuple[str, int, str, bool]
"""Request, version on the card, who presses, and whether what they type is right."""


def asks(shop: Shop, kind: str, who: str, label: str, when: When) -> Press:
    rows = shop.inputs(kind, label)

    def act(replica: Replica) -> Any:
        return replica.desk.ask(ACTIONS[kind], *rows, actor=who, when=when, token=label)

    def taken(book: Book, _: datetime, made: Any) -> None:
        if made.id not in book.wishes:
            wish = Wish(id=made.id, kind=kind, actor=who, label=label, planned=when.at,
                        next_at=when.at, daily=bool(when.crontab))  # fmt: skip
            wish.becomes("asked", who)
            book.wishes[wish.id] = wish
        assert [each.label for each in book.wishes.values()].count(label) <= 1, "asked for twice"

    words = f"{who} asks for a {kind}: {label}, {when}"
    return Press(words, act, lambda book, _: truths.against_asking(book, who, kind), taken,
                 noted=False)  # fmt: skip


def approves(book: Book, id: str, version: int, who: str, right: bool) -> Press:
    reach = book.wishes[id].reach
    typed = reach if right else (reach or 0) + 1

    def act(replica: Replica) -> Any:
        reached = "unknown" if typed is None else str(typed)
        return replica.approvals.approve(id, version, actor=who, reached=reached)

    def against(book: Book, now: datetime) -> Truths:
        return truths.against_approving(book, book.wishes[id], version, who, now, typed)

    def taken(book: Book, now: datetime, _: Any) -> None:
        book.agrees(book.wishes[id], who, now)

    return Press(f"{who} approves {id} as of {version}: {typed}", act, against, taken, who, id)


def refuses(book: Book, id: str, version: int, who: str, right: bool) -> Press:
    reason = "Not like this" if right else ""

    def against(book: Book, now: datetime) -> Truths:
        found = truths.against_deciding(book, book.wishes[id], version, who, now)
        return found | truths.only(NeedsReason=not right)

    return Press(
        f"{who} refuses {id} as of {version}: {reason}",
        lambda replica: replica.approvals.refuse(id, version, actor=who, reason=reason),
        against,
        lambda book, _, __: book.wishes[id].becomes("refused", who),
        who,
        id,
    )


def questions(book: Book, id: str, version: int, who: str, right: bool) -> Press:
    words = "Why now?" if right else " "

    def against(book: Book, now: datetime) -> Truths:
        found = truths.against_deciding(book, book.wishes[id], version, who, now)
        return found | truths.only(InvalidInputs=not right)

    return Press(
        f"{who} asks about {id} as of {version}: {words}",
        lambda replica: replica.approvals.question(id, version, actor=who, words=words),
        against,
        lambda book, _, __: book.notes.update([("question", who, id)]),
        who,
        id,
    )


def goes_alone(book: Book, id: str, version: int, who: str, right: bool) -> Press:
    reason = "The shop is on fire" if right else "short"

    def taken(book: Book, now: datetime, _: Any) -> None:
        wish = book.wishes[id]
        wish.given = [yes for yes in wish.given if yes.person != who]
        wish.given.append(Yes(who, who, frozenset(), alone=True))
        book.notes["broke glass", who, id] += 1
        wish.grants(who, now)

    return Press(
        f"{who} goes alone with {id} as of {version}: {reason}",
        lambda replica: replica.approvals.break_glass(id, version, actor=who, reason=reason),
        lambda book, _: truths.against_going_alone(book, book.wishes[id], version, who, reason),
        taken,
        who,
        id,
    )


def changes(shop: Shop, book: Book, shown: Shown, label: str, when: When) -> Press:
    id, version, who, _ = shown
    rows = shop.inputs(book.wishes[id].kind, label)

    def taken(book: Book, _: datetime, __: Any) -> None:
        wish = book.wishes[id]
        wish.afresh(who)
        wish.edition, wish.label = wish.edition + 1, label
        wish.planned = wish.next_at = when.at
        wish.daily = bool(when.crontab)

    return Press(
        f"{who} changes {id} as of {version}: {label}, {when}",
        lambda replica: replica.desk.change(id, version, *rows, actor=who, when=when),
        lambda book, _: truths.against_changing(book, book.wishes[id], version, who),
        taken,
        who,
        id,
    )


def withdraws(book: Book, id: str, version: int, who: str, right: bool) -> Press:
    return Press(
        f"{who} withdraws {id}",
        lambda replica: replica.desk.withdraw(id, actor=who),
        lambda book, _: truths.against_withdrawing(book.wishes[id], who),
        lambda book, _, __: book.wishes[id].becomes("withdrawn", who),
        who,
        id,
    )


def stops(book: Book, id: str, version: int, who: str, right: bool) -> Press:
    return Press(
        f"{who} stops {id} as of {version}",
        lambda replica: replica.stopping.pause(id, version, actor=who),
        lambda book, _: truths.against_pausing(book, book.wishes[id], version, who),
        lambda book, _, __: book.wishes[id].becomes("paused", who),
        who,
        id,
    )


def resumes(book: Book, id: str, version: int, who: str, right: bool) -> Press:
    return Press(
        f"{who} lets {id} go on as of {version}",
        lambda replica: replica.stopping.resume(id, version, actor=who),
        lambda book, _: truths.against_resuming(book, book.wishes[id], version, who),
        lambda book, now, _: book.wishes[id].goes_on(who, now),
        who,
        id,
    )


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
        for each in book.deputies:
            if each.person == person and now < each.until:
                each.until, each.is_over = now, True
                book.notes["delegation ended", person, ""] += 1

    return Press(
        f"nobody stands in for {person} any more",
        lambda replica: replica.standing_in.end(person),
        lambda book, now: truths.against_ending_it(book, person, now),
        taken,
        noted=False,
    )


DECISIONS = {each.__name__: each for each in (approves, refuses, questions, goes_alone)}
LATER = {each.__name__: each for each in (stops, resumes, withdraws)}
ON_RUNS = {each.__name__: each for each in (says_it_happened, says_go_on, lets_go, skips)}
