"""The desk: every surface hands its wishes and decisions in here, and nowhere else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from pydantic import ValidationError
from sqlmodel import Session

from actions import policy, rights
from actions.action import AnyAction, Catalog
from actions.announced import are_announced, is_read_now
from actions.card import Card
from actions.deciding import Deciding, role_of
from actions.entering import Entering
from actions.errors import (
    Declined,
    InvalidInputs,
    NotAllowed,
    StaleCard,
    UnknownThing,
    problems,
)
from actions.fields import Inputs, Reply
from actions.gathering import answer
from actions.policy import People, Person
from actions.privacy import sealed
from actions.weighing import Weighing, allow
from coupontools.client import Client
from coupontools.errors import Garbled
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import CAMPAIGN, TooLate, move, note, says
from store.secrets import Vault
from store.tables import Account, Consent, Operation, Request

Now = Callable[[], datetime]


class Submit(Protocol):
    """Hands READY operations to the engine, within the transaction that made them so."""

    def __call__(self, tx: Session, *operations: Operation, due: int = 1) -> None:
        """All of one account, of which so many are `due` by now."""


@dataclass(frozen=True)
class When:
    """The first moment (`None`: as soon as it is granted), how it repeats, and how it ends."""

    at: datetime | None = None
    crontab: str = ""
    timezone: str = "UTC"
    until: date | None = None
    """The last day, on the clock of the zone."""
    runs: int | None = None
    """How often at the most."""


AT_ONCE = When()


CHANGEABLE = (Consent.ASKED, Consent.WAITING, Consent.GRANTED, Consent.PAUSED)
AFRESH: Mapping[str, Any] = {
    "digest": "",
    "terms": {},
    "preview": "",
    "facts": [],
    "reach": None,
    "problem": "",
    "tries": 0,
    "retry_at": None,
    "granted_at": None,
    "waiting_since": None,
    "escalates_at": None,
    "expires_at": None,
}
"""What is known of a request that has to be looked at anew."""


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
        now: Now,
        weighing: Weighing,
        surface: str = "slack",
    ) -> None:
        self.catalog = catalog
        self._store, self._vault, self._people = store, vault, people
        self._clients, self._now, self._weighing = clients, now, weighing
        self._deciding, self._entering = Deciding(store, now, surface), Entering(store)

    def account(self) -> Account:
        """The account that is meant when none is named."""
        with self._store.glance() as tx:
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
        where: dict[str, Any] = {"surface": surface, "account": account.name, "action": name}
        with self.refusing("read", actor, where):
            person = self.allow_read(action, account, actor)
            if not is_read_now(action, raw):
                raise Declined(
                    f"“{action.title}” does more than answer: it is asked for, not read."
                )
        inputs, step = self.check(name, raw, account), action.steps[0]
        where |= {"endpoint": step.endpoint.id, "campaign": getattr(inputs, CAMPAIGN, None) or ""}
        with self._store.begin() as tx:
            says(tx, role=role_of(person), **where)
            note(tx, Kind.READ, actor=actor, at=self._now())
        reply = answer(step, inputs, self._clients(account), self._now())
        try:
            output = action.output.model_validate(reply)
        except ValidationError as error:
            raise Garbled(f"Its answer has another form ({error.title}).") from None
        return Reading(output, action.present(output))

    def allow_read(self, action: AnyAction, account: Account, actor: str) -> Person:
        """Let pass whom the policy lets read this; raises `NotAllowed`."""
        person = self._people(actor)
        rights.to_ask(person)
        allow(self._weighing.of_read(action, account, person))
        return person

    def ask(
        self,
        name: str,
        *rows: Mapping[str, Any],
        actor: str,
        when: When = AT_ONCE,
        token: str | None = None,
        team: str = "",
        surface: str = "slack",
        rehearses: str | None = None,
    ) -> Request:
        """Put a wish on record. The same token again changes nothing and finds the first."""
        account, action = self.account(), self.catalog[name]
        person = self._people(actor)
        where = {"surface": surface, "account": account.name, "action": action.name}
        with self.refusing("ask", actor, where):
            rights.to_ask(person)
        inputs = self._checked(action, rows, account)
        request = Request(
            token=token,
            team=team,
            account=account.name,
            action=action.name,
            inputs=[sealed(row, self._vault) for row in inputs],
            template=self._weighing.template_of(inputs[0]),
            audience=self._weighing.audience_of(action, inputs[0]),
            actor=actor,
            surface=surface,
            asked_at=self._now(),
            state=Consent.ASKED,
            rehearses=rehearses,
            lateness=int(policy.lateness(action).total_seconds()),
            **_planned(when),
        )
        with self.refusing("ask", actor, where), self._store.look() as tx:
            self._provide(tx, request, account, person)
        return self._entering.entered(request, person)

    def change(
        self,
        id: str,
        version: int,
        *rows: Mapping[str, Any],
        actor: str,
        when: When = AT_ONCE,
    ) -> Request:
        """The person who asked asks for something else: what was agreed to is void."""
        person = self._people(actor)
        with self._store.look() as tx:
            known = queries.request_seen(tx, id)
            account = queries.account(tx, known.account) if known else None
        if known is None or account is None:
            raise UnknownThing(f"There is nothing on record as {id}.")
        action = self.catalog[known.action]
        inputs = self._checked(action, rows, account)
        with self._deciding("change", queries.request, id, actor, person) as (tx, request):
            rights.to_ask(person)
            if request.actor != actor:
                raise NotAllowed("Only the person who asked can change this.")
            if request.version != version:
                raise StaleCard()
            if request.state not in CHANGEABLE:
                raise TooLate(request.state)
            move(
                tx,
                request,
                Consent.ASKED,
                actor=actor,
                at=self._now(),
                because="Changed by the person who asked",
                version=version + 1,
                edition=request.edition + 1,
                inputs=[sealed(row, self._vault) for row in inputs],
                template=self._weighing.template_of(inputs[0]),
                audience=self._weighing.audience_of(action, inputs[0]),
                moved_by="",
                **_planned(when),
                **AFRESH,
            )
            self._provide(tx, request, account, person)
            return request

    def withdraw(self, id: str, *, actor: str) -> Request:
        """The person who asked takes it back; a schedule ends with it."""
        with self._deciding("withdraw", queries.request, id, actor) as (tx, request):
            if request.actor != actor:
                raise NotAllowed("Only the person who asked can withdraw this.")
            move(tx, request, Consent.WITHDRAWN, actor=actor, at=self._now())
            return request

    @contextmanager
    def refusing(self, verb: str, actor: str, where: Mapping[str, Any]) -> Iterator[None]:
        """Who may not do it is on record, though there is no request to be about."""
        try:
            yield
        except Declined as error:
            self._deciding.decline(verb, error, actor=actor, **where)
            raise

    def _checked(
        self, action: AnyAction, rows: Sequence[Mapping[str, Any]], account: Account
    ) -> list[Inputs]:
        if not rows:
            raise Declined("There is nothing to ask for.")
        if len(rows) > 1 and not policy.may_batch(action):
            raise Declined(f"“{action.title}” is asked for one at a time.")
        return [self.check(action.name, raw, account) for raw in rows]

    def _provide(self, tx: Session, request: Request, account: Account, person: Person) -> None:
        """What can be said before anybody looks: a plain no, or about how many."""
        rights.to_announce(person, are_announced(self.catalog, request))
        terms = self._weighing.of(tx, request, account, person, reach=None, looked=False)
        allow(terms)
        request.quorum = terms.quorum

    def person(self, id: str) -> Person:
        """Who that is, as the workspace knows them now."""
        return self._people(id)


def _planned(when: When) -> dict[str, Any]:
    return {
        "planned_at": when.at,
        "next_at": when.at,
        "crontab": when.crontab,
        "timezone": when.timezone,
        "until": when.until,
        "runs": when.runs,
        "made": 0,
    }
