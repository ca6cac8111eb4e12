"""Before a run: does what was agreed to still hold?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from actions import holding, policy
from actions.approvals import ALONE
from actions.card import Preview
from actions.desk import Now
from actions.errors import NoRoom, NotKept
from actions.policy import People, Person
from actions.preparer import Preparer
from actions.terms import Terms
from actions.weighing import Weighing, terms_of
from coupontools.errors import Refused
from store import queries
from store.db import Store
from store.joint import APART, Joint
from store.queries import locking
from store.tables import Account, Approval, Consent, Operation, Progress, Request

GONE = "The person who asked is no member any more."
LEFT = "Somebody who agreed is no longer one who may"
GOOD_FOR = timedelta(seconds=30)
"""How long an answer holds for the other rows of a sheet."""
MOST = 200


@dataclass(frozen=True)
class Cleared:
    """A sheet that may go on, and since when that is known."""

    version: int
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Whose run it is: its request without the rows, and its account."""

    request: Request | None
    account: Account | None
    given: Sequence[Approval] = ()
    is_cleared: bool = False
    """Another row of its sheet has only just been let pass."""


def standing_of(tx: Session, operation: Operation) -> Standing:
    """As they are now; who agreed is not asked for."""
    return Standing(
        queries.request_to_run(tx, operation.request), queries.account(tx, operation.account)
    )


@dataclass(frozen=True)
class Looked:
    """What was seen of a run that is about to begin: words of a stop, or why it must not."""

    stop: str
    words: str


class Gate:
    """Says why a run must not begin. Raises `ApiError` or `Declined` when that cannot be known."""

    def __init__(
        self, store: Store, people: People, preparer: Preparer, weighing: Weighing, now: Now
    ) -> None:
        self._store, self._people, self._preparer = store, people, preparer
        self._weighing, self._now = weighing, now
        self._cleared: dict[str, Cleared] = {}
        self._looks = Joint(store.glance, store.committed, self._at_hand, APART)

    def look(self, id: str, round: int | None) -> Looked | None:
        """Hold today against what was agreed; None: in that round it is not about to begin.

        Raises what `why_not` does.
        """
        found = self._looks.write(lambda tx: self._about_to_begin(tx, id, round), id)
        if found is None:
            return None
        operation, standing = found
        stop = holding.stopped(standing.account)  # while all is stopped, nobody asks the API
        return Looked(stop, "" if stop else self.why_not(operation, standing))

    def standing(self, tx: Session, operation: Operation) -> Standing:
        """All that a look at it asks of the database."""
        found = standing_of(tx, operation)
        request = found.request
        if request is None or self._is_cleared(request):
            return replace(found, is_cleared=True)
        queries.with_rows(tx, request)
        needs_nobody = request.terms and not terms_of(request).needs
        return replace(found, given=() if needs_nobody else queries.approvals(tx, request))

    def why_not(self, operation: Operation, standing: Standing) -> str:
        """Words for the card; empty: it may run."""
        request, account, now = standing.request, standing.account, self._now()
        if request is None or account is None:
            return "Its request or its account is gone."
        if words := _stands(request, operation.edition):
            return words
        if standing.is_cleared:
            return ""
        asker = self._people(request.actor)
        if words := self._of_asker(request, asker):
            return words
        with self._store.glance() as tx:
            new = self._weighing.of(tx, request, account, asker, reach=request.reach)
        words = self._of_terms(request, new, standing.given) or self._of_today(request)
        if not words:
            self._remember(request, now)
        return words

    def _about_to_begin(
        self, tx: Session, id: str, round: int | None
    ) -> tuple[Operation, Standing] | None:
        operation = queries.operation_seen(tx, id)
        if operation is None or round not in (None, operation.round):
            return None
        if operation.state is not Progress.READY:
            return None
        return operation, self.standing(tx, operation)

    def _at_hand(self, tx: Session, ids: Sequence[str]) -> locking.Rows:
        """Of sheets of which one run after the other begins, the rows were looked at."""
        return locking.see_to_run(tx, ids, known=tuple(self._cleared))

    def _is_cleared(self, request: Request) -> bool:
        known = self._cleared.get(request.id)
        if known is None or known.version != request.version:
            return False
        return self._now() - known.at < GOOD_FOR

    def _of_asker(self, request: Request, asker: Person) -> str:
        """May they still ask, and is this what they asked?"""
        if not policy.may_ask(asker):
            return GONE
        # What an elder release granted has no terms: then the rules of today decide, below.
        if request.terms and self._weighing.digest(request) != request.digest:
            return "What would run is not what was agreed to."
        return ""

    def _of_terms(self, request: Request, new: Terms, given: Sequence[Approval]) -> str:
        """Do the policy and the people still stand?"""
        terms = terms_of(request)
        if terms.policy != new.policy and (terms.needs or new.needs or new.refusal):
            return "The policy has changed since."
        alone = any(ALONE in each.roles for each in given)
        if new.refusal or not (alone or policy.covers(terms, new)):
            return new.refusal or "The policy asks for more by now than has been agreed to."
        return self._of_approvers(request, terms, given)

    def _of_approvers(self, request: Request, terms: Terms, given: Sequence[Approval]) -> str:
        """Are they still who they were when they agreed?"""
        if not terms.needs or request.granted_at is None:
            return ""
        if alone := next((each for each in given if ALONE in each.roles), None):
            person, groups = self._people(alone.person), self._weighing.policy.break_glass
            return "" if person.member and person.roles & groups else f"{LEFT}."
        heard = []
        for each in given:
            speaker = self._people(each.person)
            said = self._people(each.on_behalf) if each.on_behalf else speaker
            if speaker.member and said.member:
                heard.append(said.roles)
        waited = request.granted_at - (request.waiting_since or request.granted_at)
        if terms.missing(heard, waited):
            return f"{LEFT}."
        return ""

    def _of_today(self, request: Request) -> str:
        """Is it still what they were shown?"""
        if not request.quorum:
            return ""
        try:
            preview = self._preparer.preview(request)
        except (Refused, NoRoom, NotKept) as error:
            return str(error)
        return _drift(request, preview)

    def _remember(self, request: Request, now: datetime) -> None:
        if len(request.inputs) > 1:
            while len(self._cleared) >= MOST:
                self._cleared.pop(next(iter(self._cleared)))
            self._cleared[request.id] = Cleared(request.version, now)


def _stands(request: Request, edition: int) -> str:
    """Whether anybody still wants it; what a stop does to it, the runner knows."""
    if request.edition != edition:
        return "It was changed after this run was launched."
    match request.state:
        case Consent.WITHDRAWN:
            return "It was withdrawn."
        case Consent.PAUSED:
            return "It was stopped."
        case Consent.GRANTED | Consent.SPENT:
            return ""
        case _:
            return "It has to be agreed to again first."


def _drift(request: Request, preview: Preview) -> str:
    """In which of the things that people were shown today differs."""
    if policy.drifted(request.reach, preview.reach):
        people = "an unknown number of" if preview.reach is None else f"{preview.reach:,}"
        return f"It would reach {people} people by now; {request.reach:,} were agreed to."
    now = dict(preview.facts)
    for title, was in request.facts:
        if now.get(title) != was:
            return f"{title} is “{now.get(title, 'gone')}” by now; “{was}” was agreed to."
    return ""
