"""Deciding on requests: yes, no, a question, or alone in an emergency."""

import re
from datetime import datetime, timedelta

from sqlmodel import Session

from actions import rights
from actions.action import Catalog, Risk
from actions.deciding import Deciding
from actions.desk import Now
from actions.errors import InvalidInputs, NeedsReason, NotAllowed, StaleCard
from actions.policy import People, Person
from actions.terms import Terms
from actions.voices import Voices
from actions.weighing import Weighing, roles_of, terms_of
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import TooLate, move, note, says
from store.tables import Approval, Consent, Request

UNKNOWN = "unknown"
"""What the approver of a blast types when nobody can say whom it reaches."""
ALONE = "alone in an emergency"
"""Stands in place of the roles of whoever broke the glass."""
SHORTEST = 10
"""Characters of a reason to go alone."""


class Approvals:
    """Raises `Declined` or `TooLate`, and then changes nothing but the record of the click."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        people: People,
        weighing: Weighing,
        now: Now,
        surface: str = "slack",
    ) -> None:
        self._catalog, self._people, self._weighing, self._now = catalog, people, weighing, now
        self._voices, self._deciding = Voices(store, people, now), Deciding(store, now, surface)

    def approve(
        self, id: str, version: int, *, actor: str, comment: str = "", reached: str | None = None
    ) -> Request:
        """One person's yes; the last one needed grants the request.

        For a blast, `reached` is how many people it reaches as this person typed it.
        """
        self._deciding.early("approve", id, version, actor)
        voices, now = self._voices(actor), self._now()
        with self._deciding("approve", queries.request, id, actor, voices[0].of) as (tx, request):
            terms, waited = terms_of(request), waited_for(request, now)
            heard = rights.to_decide(voices, request, version, terms, waited)
            self._check_policy(terms)
            given = queries.approvals(tx, request)
            voice = rights.to_count(heard, actor, given, terms, waited)
            self._check_reach(request, reached)
            yes = Approval(
                request=id,
                version=version,
                person=actor,
                at=now,
                comment=comment.strip(),
                on_behalf=voice.of.id if voice.deputy else "",
                roles=sorted(voice.of.roles),
            )
            tx.add(yes)
            says(tx, on_behalf=yes.on_behalf)
            words = said(yes)
            if terms.missing(roles_of([*given, yes]), waited):
                note(
                    tx, Kind.APPROVED, actor=actor, at=now, about=request, because=words, tell=True
                )
            else:
                grant(tx, request, actor=actor, at=now, because=words)
            return request

    def refuse(self, id: str, version: int, *, actor: str, reason: str) -> Request:
        """One person's no, with a reason, ends it."""
        voices, now, words = self._voices(actor), self._now(), reason.strip()
        with self._deciding("refuse", queries.request, id, actor, voices[0].of) as (tx, request):
            terms, waited = terms_of(request), waited_for(request, now)
            rights.to_decide(voices, request, version, terms, waited)
            if not words:
                raise NeedsReason()
            move(tx, request, Consent.REFUSED, actor=actor, at=now, because=words, problem=words)
            return request

    def question(self, id: str, version: int, *, actor: str, words: str) -> Request:
        """Somebody who may decide wants to know more; it goes into the thread of the card."""
        voices, now = self._voices(actor), self._now()
        with self._deciding("question", queries.request, id, actor, voices[0].of) as (tx, request):
            terms, waited = terms_of(request), waited_for(request, now)
            rights.to_decide(voices, request, version, terms, waited)
            if not words.strip():
                raise InvalidInputs({"question": "Please write a question."})
            asked = words.strip()
            note(tx, Kind.QUESTION, actor=actor, at=now, about=request, because=asked, tell=True)
            return request

    def break_glass(self, id: str, version: int, *, actor: str, reason: str) -> Request:
        """Somebody of the group for emergencies goes alone; every approver is told at once."""
        person, words = self._people(actor), reason.strip()
        with self._deciding("break glass", queries.request, id, actor, person) as (tx, request):
            if request.state is not Consent.WAITING:
                raise TooLate(request.state)
            if request.version != version:
                raise StaleCard()
            self._check_policy(terms_of(request))
            self.allow_alone(person)
            if len(words) < SHORTEST:
                raise NeedsReason(f"Please say why, in at least {SHORTEST} characters.")
            now, given = self._now(), queries.approvals(tx, request)
            own = next((each for each in given if each.person == actor), None)
            alone = own or Approval(request=id, version=version, person=actor, at=now)
            alone.at, alone.comment, alone.on_behalf, alone.roles = now, words, "", [ALONE]
            tx.add(alone)
            note(tx, Kind.BROKE_GLASS, actor=actor, at=now, about=request, because=words, tell=True)
            grant(tx, request, actor=actor, at=now, because=f"Alone, in an emergency: {words}")
            return request

    def allow_alone(self, person: Person) -> None:
        """Let pass who may go alone when there is no time; raises `NotAllowed`."""
        groups = self._weighing.policy.break_glass
        if not groups:
            raise NotAllowed("Nobody goes alone here: the policy names no group for emergencies.")
        if not person.member or not person.roles & groups:
            named = ", ".join(sorted(groups))
            raise NotAllowed(f"Only the group for emergencies can go alone ({named}).")

    def _check_policy(self, terms: Terms) -> None:
        if terms.policy != self._weighing.policy.version:
            raise StaleCard("The policy has changed meanwhile: it is being looked at anew.")

    def _check_reach(self, request: Request, reached: str | None) -> None:
        """The approver of a blast has read how many people it reaches."""
        if self._catalog[request.action].risk is not Risk.BLAST:
            return
        wanted = UNKNOWN if request.reach is None else str(request.reach)
        typed = re.sub(r"[\s.,'’]", "", reached or "").lower()
        if typed != wanted:
            shown = UNKNOWN if request.reach is None else f"{request.reach:,}"
            raise InvalidInputs({"reached": f"Please type how many people it reaches: {shown}."})


def waited_for(request: Request, now: datetime) -> timedelta:
    """How long it has waited for people."""
    return now - request.waiting_since if request.waiting_since else timedelta()


def grant(tx: Session, request: Request, *, actor: str, at: datetime, because: str = "") -> None:
    """Everybody needed has agreed, or nobody is: it runs when due, never within its brake."""
    brake, due = terms_of(request).brake, request.next_at or at
    if at - due <= timedelta(seconds=request.lateness):  # what is too late stays so: it is held
        due = max(due, at + brake) if brake else due
    move(
        tx,
        request,
        Consent.GRANTED,
        actor=actor,
        at=at,
        because=because,
        next_at=due,
        granted_at=at,
    )


def said(yes: Approval) -> str:
    """A comment, and whose say it was."""
    behalf = f"for {yes.on_behalf}" if yes.on_behalf else ""
    return ": ".join(part for part in (behalf, yes.comment) if part)
