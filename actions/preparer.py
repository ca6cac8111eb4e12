"""Looking before asking people: what would a request do, to how many?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from actions import policy
from actions.action import Catalog, Reads
from actions.approvals import grant
from actions.batch_kept import KeptBatches
from actions.card import Preview
from actions.desk import AFRESH, Now
from actions.errors import Declined, NoRoom, NotKept, UnknownAction
from actions.looking import Looking, Used
from actions.policy import People, Person, Policy
from actions.privacy import opened
from actions.room import NO_LIMIT, Room
from actions.terms import Terms
from actions.weighing import Weighing, kept, noted
from coupontools.errors import ApiError, Busy, Garbled, Refused
from store import queries
from store.db import Store
from store.joint import APART, Joint
from store.kinds import Kind
from store.lifecycle import move, note
from store.queries import consent, locking
from store.queries.consent import UNDECIDED
from store.secrets import Vault
from store.tables import Account, Consent, Request

PART, PARTS = 50, 10
"""Requests that are looked at together, and how often at one beat: the rest comes with the next."""
AT_ONCE = 24
"""Of them at the same moment, so that one which is answered slowly does not keep all waiting."""
SLOWEST = 300.0
"""Seconds between two tries, at the most."""

SELDOM = timedelta(minutes=1)
"""How often it is looked whether another process took something on under an elder policy."""

ACTOR = "runner"


class Preparer:
    """Takes requests from ASKED to WAITING, GRANTED or VOID. Its job may be called at any time."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        vault: Vault,
        clients: Callable[[Account], Reads],
        people: People,
        weighing: Weighing,
        now: Now,
        room: Room = NO_LIMIT,
    ) -> None:
        self._store, self._catalog, self._vault = store, catalog, vault
        self._room, self._batches = room, KeptBatches(store, catalog, vault, now)
        self._clients, self._now = clients, now
        self._people, self._weighing = people, weighing
        self._joint = Joint(store.begin, store.committed, locking.lock_requests, APART)
        self._settled: Policy | None = None
        self._settled_at = now()

    def prepare_asked(self) -> None:
        """Look at every new request, and let those lapse that nobody answered."""
        for _ in range(PARTS):
            with self._store.look() as tx:
                asked = queries.requests_asked(tx, self._now(), PART)
            with self._store.claims([_key(each) for each in asked]) as mine:
                ours = [each for each in asked if _key(each) in mine]  # at others is somebody else
                with ThreadPoolExecutor(max(1, min(AT_ONCE, len(ours)))) as several:
                    list(several.map(self._prepare_one, ours))
            if len(asked) < PART:
                break
        with self._store.look() as tx:
            lapsed = queries.requests_lapsed(tx, self._now())
        for request in lapsed:
            self._end(request, Consent.WAITING, Consent.EXPIRED, "Nobody answered in time.")

    def _prepare_one(self, request: Request) -> None:
        try:
            self.prepare(request)
        except OperationalError:
            raise  # the database itself: nothing else would go through either
        except Exception as error:  # what is odd about one must not keep the others waiting
            words = f"Vouchdesk stumbled over it ({type(error).__name__})."
            self._later(request, words, SLOWEST)

    def prepare(self, request: Request) -> None:
        """Read what it would do; then it waits for people, or is granted, or is void."""
        try:
            preview, asker = self.preview(request), self._people(request.actor)
        except Refused as error:
            self._end(request, Consent.ASKED, Consent.VOID, str(error))
        except ApiError as error:
            self._later(request, str(error), pause(request.tries + 1, error))
        except (NoRoom, NotKept) as error:
            self._end(request, Consent.ASKED, Consent.VOID, str(error))
        except (ValidationError, UnknownAction) as error:
            words = f"This release cannot read it any more ({type(error).__name__})."
            self._end(request, Consent.ASKED, Consent.VOID, words)
        except Declined as error:  # nobody can say who asked: rights fail closed, for now
            self._later(request, str(error), pause(request.tries + 1))
        else:
            self._joint.write(lambda tx: self._prepared(tx, request, preview, asker), request.id)

    def look_again(self) -> None:
        """The policy has changed: what was asked under the old one is looked at anew.

        With many schedules waiting this reads long: once nothing is left, only now and then.
        """
        now, current = self._now(), self._weighing.policy
        if current is self._settled and now - self._settled_at < SELDOM:
            return  # it has been in force since: one of before that is back is another one
        with self._store.look() as tx:
            found = consent.undecided(tx, but=current.version)
        for id in found:
            self._afresh(id)
        if not found:
            self._settled, self._settled_at = current, now

    def preview(self, request: Request) -> Preview:
        """What the request would do if it ran now; raises `ApiError` or `NoRoom`."""
        preview = self._first(request)
        if len(request.inputs) == 1:
            return preview
        words = f"{len(request.inputs):,} rows, one by one. The first: {preview.text}"
        return replace(preview, text=words)

    def _first(self, request: Request) -> Preview:
        """What its first row would do."""
        action = self._catalog[request.action]
        if action.preview is None:
            return Preview(action.summary)
        inputs = action.inputs.model_validate(opened(request.inputs[0], self._vault))
        with self._store.glance() as tx:
            account = queries.account(tx, request.account)
            self._room.check(tx, action.steps_of(inputs), inputs)
        if account is None:
            raise UnknownAction(request.account)
        try:
            looking = Looking(self._clients(account), self._batches, Used(self._now))
            return action.preview(inputs, looking)
        except ValidationError as error:
            raise Garbled(f"Its answer has another form ({error.title}).") from None

    def _prepared(self, tx: Session, request: Request, preview: Preview, asker: Person) -> None:
        row, account = queries.request_seen(tx, request.id), queries.account(tx, request.account)
        if row is None or account is None or _has_moved(row, request):
            return
        row.preview = preview.text.replace("\0", "")  # PostgreSQL keeps no such character
        row.facts = [list(fact) for fact in preview.facts]
        row.reach = preview.reach
        facts = self._weighing.facts(tx, row, account, asker, preview.reach)
        terms, row.weighed = policy.decide(self._weighing.policy, facts), noted(facts)
        row.terms, row.quorum = kept(terms), terms.quorum
        row.digest = self._weighing.digest(row)
        row.problem = "" if row.tries else row.problem
        self._go_on(tx, row, terms, asker, self._now())

    def _go_on(self, tx: Session, row: Request, terms: Terms, asker: Person, now: datetime) -> None:
        if terms.refusal or not policy.may_ask(asker):
            words = terms.refusal or "The person who asked may not ask any more."
            move(tx, row, Consent.VOID, actor=ACTOR, at=now, because=words, problem=words)
        elif terms.needs:
            until = now + self._weighing.policy.expiry
            move(
                tx,
                row,
                Consent.WAITING,
                actor=ACTOR,
                at=now,
                because=row.problem,
                waiting_since=now,
                escalates_at=now + terms.escalation.after if terms.escalation else None,
                expires_at=until,
            )
        else:
            grant(tx, row, actor=ACTOR, at=now)

    def _afresh(self, id: str) -> None:
        with self._store.begin() as tx:
            row = queries.request(tx, id)
            if row is None or row.state not in UNDECIDED or not row.quorum:
                return
            if row.terms.get("policy") == self._weighing.policy.version:
                return
            words = "The policy has changed."
            look_anew(tx, row, at=self._now(), words=words, planned_at=row.planned_at)

    def _end(self, request: Request, was: Consent, to: Consent, words: str) -> None:
        with self._store.begin() as tx:
            row = queries.request(tx, request.id)
            if row is not None and row.state is was:
                move(tx, row, to, actor=ACTOR, at=self._now(), because=words, problem=words)

    def _later(self, request: Request, words: str, seconds: float) -> None:
        with self._store.begin() as tx:
            row = queries.request(tx, request.id)
            if row is None or row.state is not Consent.ASKED:
                return
            row.tries += 1
            row.retry_at = self._now() + timedelta(seconds=seconds)
            if not row.problem:
                row.problem = f"{words} It is tried again by itself."
                note(
                    tx,
                    Kind.LATER,
                    actor=ACTOR,
                    at=self._now(),
                    about=row,
                    because=row.problem,
                    tell=True,
                )


def _key(request: Request) -> str:
    return f"prepare:{request.id}"


def _has_moved(row: Request, request: Request) -> bool:
    """Whether it was taken back, changed or prepared while Coupontools was asked."""
    return row.state is not Consent.ASKED or row.version != request.version


def look_anew(
    tx: Session, request: Request, *, at: datetime, words: str, planned_at: datetime | None
) -> None:
    """What was agreed to does not hold any more: it is read again, and waits for people again."""
    move(
        tx,
        request,
        Consent.ASKED,
        actor=ACTOR,
        at=at,
        because=words,
        version=request.version + 1,
        **{**AFRESH, "problem": words, "planned_at": planned_at},
    )


def pause(tries: int, error: ApiError | None = None) -> float:
    """Seconds before the next try: what the API asks for, else twice as long each time."""
    asked = error.retry_after if isinstance(error, Busy) and error.retry_after else 0.0
    return max(asked, min(SLOWEST, 2.0 ** min(tries, 10) / 2))
