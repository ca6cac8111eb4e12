"""Rights, checked at the click: each function lets pass or says no."""

from actions import policy
from actions.errors import NotAllowed, OwnRequest, StaleCard
from actions.policy import Person
from store.lifecycle import TooLate
from store.tables import Consent, Request


def to_ask(person: Person) -> None:
    """May this person ask for things?"""
    if not policy.may_ask(person):
        raise NotAllowed("Guests and people from outside cannot use this. Ask a colleague.")


def to_decide(person: Person, request: Request, version: int) -> None:
    """May this person decide on this version of the request, now?"""
    if request.state is not Consent.WAITING:
        raise TooLate(request.state)
    if request.version != version:
        raise StaleCard()
    if request.actor == person.id:
        raise OwnRequest()
    if not policy.may_approve(person):
        raise NotAllowed("Only approvers can decide this.")


def to_settle(person: Person, asker: str, *, again: bool) -> None:
    """May this person say what became of a call; and, `again`, have an unclear one repeated?"""
    if again and person.id == asker:
        raise OwnRequest("To send it again, somebody else has to look first.")
    if not (person.member and person.id == asker) and not policy.may_approve(person):
        raise NotAllowed("Only approvers and the person who asked can settle this.")
