"""What the jobs do by themselves: in the shop, and in the book."""

from collections.abc import Callable
from datetime import datetime

from tests.model import truths
from tests.model.book import Book
from tests.model.cast import BLAST, ESCALATION, EXPIRY
from tests.model.shop import Replica
from tests.model.things import CALENDAR, RUNNER, Wish


def reviews(book: Book, now: datetime) -> None:
    for wish in book.wishes.values():
        concerned = wish.state in ("waiting", "granted") and wish.needs
        if concerned and wish.rules is not book.rules:
            wish.afresh(RUNNER)


def prepares(book: Book, now: datetime) -> None:
    for wish in book.wishes.values():
        if wish.state == "waiting" and wish.waited(now) >= EXPIRY:
            wish.becomes("expired", RUNNER)
        elif wish.state == "asked":
            _looked_at(book, wish, now)


def _looked_at(book: Book, wish: Wish, now: datetime) -> None:
    wish.rules, wish.reach = book.rules, book.reach if wish.kind == BLAST else None
    if truths.against_asking(book, wish.actor, wish.kind):
        wish.becomes("void", RUNNER)
    elif wish.needs:
        wish.becomes("waiting", RUNNER)
        wish.since = now
        wish.escalates_at = now + ESCALATION if book.rules.escalates else None
    else:
        wish.grants(RUNNER, now)


def escalates(book: Book, now: datetime) -> None:
    for wish in book.wishes.values():
        if wish.state == "waiting" and wish.escalates_at and wish.escalates_at <= now:
            wish.escalates_at = None
            book.notes["escalated", CALENDAR, wish.id] += 1


def mints(book: Book, now: datetime) -> None:
    for wish in book.wishes.values():
        while wish.state == "granted" and wish.next_at and wish.next_at <= now:
            book.mints(wish, now)


def releases(book: Book, now: datetime) -> None:
    for _, run in book.every_run().values():
        over = run.held_until is not None and run.held_until <= now
        again = run.held_for == "stopped" and book.stopped is None
        if run.state == "held" and (again or (run.held_for == "quiet" and over)):
            run.let_go(CALENDAR, now)


def ends(book: Book, now: datetime) -> None:
    for each in book.deputies:
        if not each.is_over and each.until <= now:
            each.is_over = True
            book.notes["delegation ended", CALENDAR, ""] += 1


def _looks_again(replica: Replica) -> None:
    replica.preparer.look_again()


def _prepares(replica: Replica) -> None:
    replica.preparer.prepare_asked()


def _escalates(replica: Replica) -> None:
    replica.escalating.escalate_due()


def _mints(replica: Replica) -> None:
    replica.launches.mint_due()


def _releases(replica: Replica) -> None:
    replica.launches.release_due()


def _ends(replica: Replica) -> None:
    replica.standing_in.over()


ALL: dict[str, tuple[Callable[[Replica], None], Callable[[Book, datetime], None]]] = {
    "reviews": (_looks_again, reviews),
    "prepares": (_prepares, prepares),
    "escalates": (_escalates, escalates),
    "ends": (_ends, ends),
    "mints": (_mints, mints),
    "releases": (_releases, releases),
}
"""In the order of a beat."""
