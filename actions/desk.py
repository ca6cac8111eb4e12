"""The desk: every surface hands its wishes and decisions in here, and nowhere else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from actions import policy, rights
from actions.action import Catalog, Risk
from actions.card import Card
from actions.deciding import Deciding
from actions.errors import (
    Declined,
    InvalidInputs,
    NeedsReason,
    NotAllowed,
    SaidAlready,
    problems,
)
from actions.fields import Inputs, Reply
from actions.policy import People, Person
from actions.privacy import sealed
from coupontools.client import Client
from coupontools.errors import Garbled
from store import queries
from store.db import Store
from store.lifecycle import TooLate, enter, move, note
from store.secrets import Vault
from store.tables import Account, Approval, Consent, Operation, Progress, Request

Now = Callable[[], datetime]
Submit = Callable[[Session, Operation], None]
"""Hands a READY operation to the engine, within the transaction that made it so."""


@dataclass(frozen=True)
class When:
    """The first moment (`None`: as soon as it is granted), and how it repeats."""

    at: datetime | None = None
    crontab: str = ""
    timezone: str = "UTC"


AT_ONCE = When()


@dataclass(frozen=True)
class Reading:
    """The answer of a read, and how to tell it."""

    output: Reply
    card: Card


class Desk:
    """Checks, reads, asks and decides. Raises `Declined` or `TooLate`, and then changes nothing."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        vault: Vault,
        people: People,
        clients: Callable[[Account], Client],
        submit: Submit,
        now: Now,
    ) -> None:
        self.catalog = catalog
        self._store, self._vault, self._people = store, vault, people
        self._clients, self._submit, self._now = clients, submit, now
        self._deciding = Deciding(store, now)

    def account(self) -> Account:
        """The account that is meant when none is named."""
        with self._store.look() as tx:
            found = queries.accounts(tx)
        if len(found) != 1:
            raise Declined("It is not clear which Coupontools account is meant.")
        return found[0]

    def check(self, name: str, raw: Mapping[str, Any], account: Account | None = None) -> Inputs:
        """The inputs, checked; raises `UnknownAction` or `InvalidInputs`."""
        action = self.catalog[name]
        given = {field: value for field, value in raw.items() if value not in (None, "")}
        zone = (account or self.account()).timezone
        try:
            return action.inputs.model_validate(given, context={"zone": zone})  # type: ignore[no-any-return]  # AnyAction
        except ValidationError as error:
            raise InvalidInputs(problems(error)) from None

    def read(
        self, name: str, raw: Mapping[str, Any], *, actor: str, surface: str = "slack"
    ) -> Reading:
        """Ask Coupontools at once; leaves one audit entry. Raises `ApiError` too."""
        account, action = self.account(), self.catalog[name]
        rights.to_ask(self._people(actor))
        if action.risk is not Risk.READ:
            raise Declined(f"“{action.title}” changes something: it is asked for, not read.")
        inputs = self.check(name, raw, account)
        step = action.steps[0]
        with self._store.begin() as tx:
            note(
                tx,
                "read",
                actor=actor,
                at=self._now(),
                surface=surface,
                account=account.name,
                action=name,
            )
        reply = self._clients(account).call(step.endpoint, step.payload(inputs, {}))
        try:
            output = action.output.model_validate(reply)
        except ValidationError as error:
            raise Garbled(f"Its answer has another form ({error.title}).") from None
        return Reading(output, action.present(output))

    def ask(
        self,
        name: str,
        *rows: Mapping[str, Any],
        actor: str,
        when: When = AT_ONCE,
        token: str | None = None,
        team: str = "",
        surface: str = "slack",
    ) -> Request:
        """Put a wish on record. The same token again changes nothing and finds the first."""
        account, action = self.account(), self.catalog[name]
        person = self._people(actor)
        rights.to_ask(person)
        if not rows:
            raise Declined("There is nothing to ask for.")
        if len(rows) > 1 and not policy.may_batch(action):
            raise Declined(f"“{action.title}” is asked for one at a time.")
        inputs = [sealed(self.check(name, raw, account), self._vault) for raw in rows]
        request = Request(
            token=token,
            team=team,
            account=account.name,
            action=action.name,
            inputs=inputs,
            actor=actor,
            surface=surface,
            asked_at=self._now(),
            state=Consent.ASKED,
            quorum=policy.approvals_needed(action, person, len(rows)),
            next_at=when.at,
            crontab=when.crontab,
            timezone=when.timezone,
            lateness=int(policy.lateness(action).total_seconds()),
        )
        return self._entered(request)

    def approve(self, id: str, version: int, *, actor: str, comment: str = "") -> Request:
        """One person's yes; the last one needed grants the request."""
        person = self._people(actor)
        with self._deciding("approve", queries.request, id, actor) as (tx, request):
            rights.to_decide(person, request, version)
            given = queries.approvals(tx, request)
            if any(approval.person == actor for approval in given):
                raise SaidAlready()
            now = self._now()
            tx.add(
                Approval(request=id, version=version, person=actor, at=now, comment=comment.strip())
            )
            if len(given) + 1 < request.quorum:
                note(tx, "approved", actor=actor, at=now, about=request, because=comment, tell=True)
            else:
                grant(tx, request, actor=actor, at=now, because=comment)
            return request

    def refuse(self, id: str, version: int, *, actor: str, reason: str) -> Request:
        """One person's no, with a reason, ends it."""
        person = self._people(actor)
        with self._deciding("refuse", queries.request, id, actor) as (tx, request):
            rights.to_decide(person, request, version)
            if not reason.strip():
                raise NeedsReason()
            move(
                tx,
                request,
                Consent.REFUSED,
                actor=actor,
                at=self._now(),
                because=reason.strip(),
                problem=reason.strip(),
            )
            return request

    def withdraw(self, id: str, *, actor: str) -> Request:
        """The person who asked takes it back; a schedule ends with it."""
        with self._deciding("withdraw", queries.request, id, actor) as (tx, request):
            if request.actor != actor:
                raise NotAllowed("Only the person who asked can withdraw this.")
            move(tx, request, Consent.WITHDRAWN, actor=actor, at=self._now())
            return request

    def settle(self, operation: str, *, actor: str) -> Operation:
        """Somebody looked: an unclear call did happen."""
        person = self._people(actor)
        with self._deciding("settle", queries.operation, operation, actor) as (tx, doubt):
            if doubt.state is not Progress.UNCLEAR:
                raise TooLate(doubt.state)
            rights.to_settle(person, _asker(tx, doubt), again=False)
            now, words = self._now(), "A person looked: it happened."
            move(tx, doubt, Progress.DONE, actor=actor, at=now, because=words, ended_at=now)
            return doubt

    def go_on(self, operation: str, *, actor: str) -> Operation:
        """Take an operation up again at the step that failed, or that did not happen after all."""
        person = self._people(actor)
        with self._deciding("go on", queries.operation, operation, actor) as (tx, stuck):
            unclear = stuck.state is Progress.UNCLEAR
            if not unclear and stuck.state is not Progress.FAILED:
                raise TooLate(stuck.state)
            rights.to_settle(person, _asker(tx, stuck), again=unclear)
            now = self._now()
            if unclear:
                words = "A person looked: it did not happen."
                move(tx, stuck, Progress.FAILED, actor=actor, at=now, because=words)
            move(
                tx,
                stuck,
                Progress.READY,
                actor=actor,
                at=now,
                because="Go on",
                round=stuck.round + 1,
                run_at=now,
                problem="",
            )
            self._submit(tx, stuck)
            return stuck

    def person(self, id: str) -> Person:
        """Who that is, as the workspace knows them now."""
        return self._people(id)

    def _entered(self, request: Request) -> Request:
        """The request on record; or the one that the same token has put there before."""
        try:
            with self._store.begin() as tx:
                known = queries.request_of_token(tx, request.token) if request.token else None
                if known is None:
                    enter(tx, request, actor=request.actor, at=request.asked_at)
                return known or request
        except IntegrityError:  # another replica entered it at the same moment
            with self._store.look() as tx:
                known = queries.request_of_token(tx, request.token or "")
            if known is None:
                raise
            return known


def grant(tx: Session, request: Request, *, actor: str, at: datetime, because: str = "") -> None:
    """Everybody needed has agreed, or nobody is: it runs when due, at once if no time is set."""
    move(
        tx,
        request,
        Consent.GRANTED,
        actor=actor,
        at=at,
        because=because,
        next_at=request.next_at or at,
        granted_at=at,
    )


def _asker(tx: Session, operation: Operation) -> str:
    asked = queries.request_seen(tx, operation.request)
    return asked.actor if asked else ""
