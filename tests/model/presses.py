"""What people press: what each does, what may be answered, and what comes of it.

A press keeps what its card showed, so that it can be delivered again when things have moved on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.desk import When
from tests.model import truths
from tests.model.book import Book
from tests.model.cast import ACTIONS
from tests.model.shop import Replica, Shop
from tests.model.things import Wish, Yes
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


Shown = tuple[str, int, str]
"""Request, version on the card, and who presses."""


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
                 who)  # fmt: skip


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
    id, version, who = shown
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


DECISIONS = {each.__name__: each for each in (approves, refuses, questions, goes_alone)}
LATER = {each.__name__: each for each in (stops, resumes, withdraws)}
