"""Rights, checked at the click: each function lets pass or says no."""

from collections.abc import Sequence
from datetime import timedelta

from actions import policy
from actions.errors import NotAllowed, OwnRequest, SaidAlready, StaleCard
from actions.policy import Person
from actions.rules import APPROVER, OPERATOR
from actions.terms import Terms
from actions.voices import Voice
from actions.weighing import roles_of
from store.lifecycle import TooLate
from store.tables import Approval, Consent, Request


def to_ask(person: Person) -> None:
    """May this person ask for things?"""
    if not policy.may_ask(person):
        raise NotAllowed("Guests and people from outside cannot use this. Ask a colleague.")


def may_announce(person: Person) -> bool:
    """Operators and approvers answer for what a channel is told."""
    return person.member and bool(person.roles & {APPROVER, OPERATOR})


def to_announce(person: Person, tells_a_channel: bool) -> None:
    """May this person have a channel told?"""
    if tells_a_channel and not may_announce(person):
        raise NotAllowed(
            "Only operators and approvers can have it posted in a channel. Leave the channel "
            "empty, and it comes to you alone."
        )


def to_decide(
    voices: Sequence[Voice], request: Request, version: int, terms: Terms, waited: timedelta
) -> Sequence[Voice]:
    """The voices of this person that may decide on this version of the request, now."""
    if request.state is not Consent.WAITING:
        raise TooLate(request.state)
    if request.version != version:
        raise StaleCard()
    if voices[0].of.id == request.actor:
        raise OwnRequest()
    if voices[0].of.id == request.moved_by:
        raise OwnRequest("You have moved this to another time: somebody else has to agree.")
    partial = (request.actor, request.moved_by)
    heard = [
        voice
        for voice in voices
        if voice.of.id not in partial and policy.may_approve(voice.of, terms, waited)
    ]
    if not heard:
        raise NotAllowed("Only approvers can decide this.")
    return heard


def to_count(
    voices: Sequence[Voice],
    actor: str,
    given: Sequence[Approval],
    terms: Terms,
    waited: timedelta,
) -> Voice:
    """The first of these voices that has not been heard and that is still missing."""
    spoken = {name for each in given for name in (each.person, each.on_behalf)}
    if actor in spoken:
        raise SaidAlready()
    wanted = terms.missing(roles_of(given), waited)
    fresh = [voice for voice in voices if voice.of.id not in spoken]
    if not fresh:
        raise SaidAlready("Whom you stand in for has agreed to this already.")
    for voice in fresh:
        if any(voice.of.roles & terms.eligible(need, waited) for need in wanted):
            return voice
    groups = " or ".join(sorted({group for need in wanted for group in need.groups}))
    raise NotAllowed(f"What is still missing is the yes of somebody else: {groups}.")


def to_settle(person: Person, asker: str, *, again: bool) -> None:
    """May this person say what became of a call; and, `again`, have an unclear one repeated?"""
    if again and person.id == asker:
        raise OwnRequest("To send it again, somebody else has to look first.")
    if not (person.member and person.id == asker) and not is_approver(person):
        raise NotAllowed("Only approvers and the person who asked can settle this.")


def to_take(person: Person, asker: str) -> None:
    """May this person have the codes of a batch?"""
    if not (person.member and person.id == asker) and not is_approver(person):
        raise NotAllowed("Only approvers and the person who asked can have the file.")


def sees_all(person: Person) -> bool:
    """Whether somebody may look through the whole record; others see what they did themselves."""
    return person.member and bool({APPROVER, OPERATOR} & person.roles)


def to_see(person: Person, *theirs: str) -> None:
    """May this person see what others did? What is theirs, anybody may."""
    to_ask(person)
    if person.id not in theirs and not sees_all(person):
        raise NotAllowed("Only approvers, operators and the person who asked can see this.")


def is_approver(person: Person) -> bool:
    """Whether somebody is an approver for what no rule speaks of."""
    return person.member and APPROVER in person.roles
