"""What a click may truthfully be answered: each function gives what stands against it.

Where nothing does, it has to be taken; where something does, it has to be declined with one of
these and no other.
"""

from datetime import datetime

from tests.model.book import Book
from tests.model.cast import BLAST
from tests.model.things import CHANGEABLE, Run, Wish

Truths = set[str]


def only(**reasons: bool) -> Truths:
    """Those that hold."""
    return {name for name, holds in reasons.items() if holds}


def against_asking(book: Book, who: str, kind: str) -> Truths:
    return only(NotAllowed=not book.people[who].member or kind in book.rules.refused)


def against_deciding(book: Book, wish: Wish, version: int, who: str, now: datetime) -> Truths:
    return only(
        TooLate=wish.state != "waiting",
        StaleCard=version != wish.version,
        OwnRequest=who == wish.actor,
        NotAllowed=who != wish.actor and not book.heard(wish, who, now),
    )


def against_approving(
    book: Book, wish: Wish, version: int, who: str, now: datetime, typed: int | None
) -> Truths:
    heard, own = book.heard(wish, who, now), who == wish.actor
    said = who in wish.spoken or (bool(heard) and wish.spoken.issuperset(heard))
    return against_deciding(book, wish, version, who, now) | only(
        StaleCard=wish.rules is not book.rules,
        SaidAlready=said and not own,
        NotAllowed=not said and not own and not book.speaks_for(wish, who, now),
        InvalidInputs=wish.kind == BLAST and typed != wish.reach,
    )


def against_pausing(book: Book, wish: Wish, version: int, who: str) -> Truths:
    may = book.entitled(who, wish) or book.is_approver(who) or who == wish.actor
    return only(
        NotAllowed=not book.people[who].member or not (wish.brake or may),
        StaleCard=version != wish.version,
        TooLate=wish.state != "granted",
    )


def against_resuming(book: Book, wish: Wish, version: int, who: str) -> Truths:
    return only(
        TooLate=wish.state != "paused",
        Declined=not book.people[wish.actor].member,
        StaleCard=version != wish.version or wish.rules is not book.rules,
        OwnRequest=who == wish.actor,
        NotAllowed=not (who == wish.actor or book.entitled(who, wish) or book.is_approver(who)),
    )


def against_going_alone(book: Book, wish: Wish, version: int, who: str, reason: str) -> Truths:
    return only(
        TooLate=wish.state != "waiting",
        StaleCard=version != wish.version or wish.rules is not book.rules,
        NotAllowed=not book.breaks_glass(who),
        NeedsReason=len(reason) < 10,
    )


def against_changing(book: Book, wish: Wish, version: int, who: str) -> Truths:
    return (
        against_asking(book, who, wish.kind)
        | against_withdrawing(wish, who)
        | only(StaleCard=version != wish.version)
    )


def against_withdrawing(wish: Wish, who: str) -> Truths:
    return only(NotAllowed=who != wish.actor, TooLate=wish.state not in CHANGEABLE)


def against_settling(book: Book, wish: Wish, who: str) -> Truths:
    asker = book.people[who].member and who == wish.actor
    return only(NotAllowed=not asker and not book.is_approver(who))


def against_its_having_happened(book: Book, wish: Wish, run: Run, who: str) -> Truths:
    return against_settling(book, wish, who) | only(TooLate=run.state != "unclear")


def against_going_on(book: Book, wish: Wish, run: Run, who: str) -> Truths:
    return against_settling(book, wish, who) | only(
        TooLate=run.state not in ("unclear", "failed"),
        OwnRequest=run.state == "unclear" and who == wish.actor,
    )


def against_skipping(book: Book, wish: Wish, run: Run, who: str) -> Truths:
    return against_settling(book, wish, who) | only(TooLate=run.state != "held")


def against_letting_go(book: Book, wish: Wish, run: Run, who: str) -> Truths:
    """A run that is held: late ones are let go by anybody concerned, quiet ones by one more."""
    found = against_skipping(book, wish, run, who)
    if run.held_for != "quiet":
        return found
    more = only(
        OwnRequest=who == wish.actor,
        SaidAlready=who in wish.spoken,
        NotAllowed=who != wish.actor and not book.entitled(who, wish),
    )
    return found | more


def against_stopping_all(book: Book, who: str) -> Truths:
    return only(NotAllowed=not book.people[who].member, Declined=book.stopped is not None)


def against_resuming_all(book: Book, who: str, meant: datetime | None) -> Truths:
    return only(
        NotAllowed=not book.is_approver(who),
        Declined=book.stopped is None or meant not in (None, book.stopped),
        SaidAlready=book.first_to_resume == who,
    )


def against_standing_in(
    book: Book, person: str, deputy: str, now: datetime, until: datetime
) -> Truths:
    theirs = bool(book.standing(now, person))
    members = book.people[person].member and book.people[deputy].member
    return only(
        NotAllowed=person == deputy or not members,
        Declined=theirs or until <= now,
    )


def against_ending_it(book: Book, person: str, now: datetime) -> Truths:
    return only(Declined=not book.standing(now, person))
