"""Stopping: one launch, a series, or everything of an account; and letting it go again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from actions import policy, rights
from actions.approvals import grant
from actions.deciding import Deciding, role_of
from actions.desk import Now
from actions.errors import Declined, NotAllowed, OwnRequest, SaidAlready, StaleCard, UnknownThing
from actions.gate import GONE
from actions.policy import People, Person
from actions.weighing import Weighing, terms_of
from schedules.upcoming import upcoming
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import TooLate, move, note
from store.queries import consent
from store.tables import Account, Consent, Request

STOPPED, AGREED, RESUMED = Kind.STOPPED_ALL, Kind.RESUME_AGREED, Kind.RESUMED_ALL
"""What the record calls it."""
ACTOR = "calendar"
GOES_ON = "Goes on"
"""And when somebody lets a single one go on."""


class Stopping:
    """Anybody may stop; going on takes an approver, and for everything two."""

    def __init__(
        self,
        store: Store,
        people: People,
        weighing: Weighing,
        now: Now,
        surface: str = "slack",
    ) -> None:
        self._store, self._people = store, people
        self._weighing, self._now = weighing, now
        self._deciding = Deciding(store, now, surface)

    def pause(self, id: str, version: int, *, actor: str) -> Request:
        """What is granted and has not begun stays where it is: in its brake window, or a series."""
        person = self._people(actor)
        with self._deciding("stop", queries.request, id, actor, person) as (tx, request):
            rights.to_ask(person)
            if request.version != version:
                raise StaleCard()
            if not terms_of(request).brake and actor != request.actor:
                _may_agree(person, request)
            words = f"Stopped by {person.name}"
            at = self._now()
            move(tx, request, Consent.PAUSED, actor=actor, at=at, because=words, problem=words)
            return request

    def hold_all_of(self, asker: str) -> None:
        """What somebody has asked for who has left, and is still to come, waits for them."""
        if policy.may_ask(self._people(asker)):
            return
        with self._store.look() as tx:
            planned = consent.granted_to(tx, asker)
        for id in planned:
            with self._store.begin() as tx:
                request = queries.request(tx, id)
                if request and request.state is Consent.GRANTED:
                    at, words = self._now(), {"because": GONE, "problem": GONE}
                    move(tx, request, Consent.PAUSED, actor=ACTOR, at=at, **words)

    def resume(self, id: str, version: int, *, actor: str) -> Request:
        """An approver lets it go; its brake begins anew, a series goes on with its next moment."""
        person, now = self._people(actor), self._now()
        has_left = self._has_left(id)
        with self._deciding("resume", queries.request, id, actor, person) as (tx, request):
            if request.state is not Consent.PAUSED:
                raise TooLate(request.state)
            if request.version != version:
                raise StaleCard()
            if actor == request.actor:
                raise OwnRequest("Somebody else has to let it go on.")
            _may_agree(person, request)
            if has_left:
                raise Declined(f"{GONE} It goes on when they are back, or is asked for anew.")
            if terms_of(request).policy != self._weighing.policy.version:
                raise StaleCard("The policy has changed meanwhile: it has to be asked for again.")
            request.next_at, request.problem = _next(request, now), ""
            grant(tx, request, actor=actor, at=now, because=GOES_ON)
            return request

    def stop_all(self, account: str, *, actor: str, reason: str = "") -> Account:
        """Nothing of this account goes out any more, until two people say so."""
        person = self._people(actor)
        with self._all_of("stop all", account, person) as (tx, found):
            rights.to_ask(person)
            if found.stopped_at:
                raise Declined(f"Everything is stopped already, by {found.stopped_by}.")
            at = self._now()
            found.stopped_at, found.stopped_by, found.resumed_by = at, person.name, ""
            tx.add(found)
            note(tx, STOPPED, actor=actor, at=at, account=account, because=reason.strip())
            return found

    def resume_all(
        self, account: str, *, actor: str, stopped_at: datetime | None = None
    ) -> Account:
        """The second approver who says so lets everything go again.

        Who names `stopped_at` means that stop, and no later one.
        """
        person = self._people(actor)
        with self._all_of("resume all", account, person) as (tx, found):
            if not rights.is_approver(person):
                raise NotAllowed("Only approvers can let things go out again; it takes two.")
            if found.stopped_at is None or stopped_at not in (None, found.stopped_at):
                raise Declined("What was stopped then goes out again already.")
            if found.resumed_by == actor:
                raise SaidAlready("You have said so already; it takes one more approver.")
            at, second = self._now(), bool(found.resumed_by)
            if second:
                found.stopped_at, found.stopped_by, found.resumed_by = None, "", ""
            else:
                found.resumed_by = actor
            tx.add(found)
            note(tx, RESUMED if second else AGREED, actor=actor, at=at, account=account)
            return found

    def _has_left(self, id: str) -> bool:
        """Whether who asked may ask no more, looked up while nothing is locked."""
        with self._store.look() as tx:
            known = queries.request_to_run(tx, id)
        return known is not None and not policy.may_ask(self._people(known.actor))

    @contextmanager
    def _all_of(self, verb: str, account: str, by: Person) -> Iterator[tuple[Session, Account]]:
        """A transaction on the locked account; who is told no is put on record too."""
        try:
            with self._deciding.begin(role=role_of(by)) as tx:
                found = consent.locked_account(tx, account)
                if found is None:
                    raise UnknownThing(f"There is no account “{account}”.")
                yield tx, found
        except Declined as error:
            role = role_of(by)
            self._deciding.decline(verb, error, actor=by.id, account=account, role=role)
            raise


def _may_agree(person: Person, request: Request) -> None:
    if not policy.may_approve(person, terms_of(request)) and not rights.is_approver(person):
        raise NotAllowed("Only approvers and the person who asked can do this.")


def _next(request: Request, now: datetime) -> datetime | None:
    """When it would run next: a series at its next moment, a moment that has passed at once."""
    if not request.crontab:
        return request.planned_at
    following = upcoming(request, now, 1)
    if not following:
        raise Declined("Its last moment has passed meanwhile; it has to be asked for anew.")
    return following[0]
