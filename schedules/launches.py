"""When: plans, and the runs that are due, each made exactly once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from actions import policy, rights
from actions.deciding import Deciding
from actions.desk import Now, Submit, When
from actions.errors import InvalidInputs, NotAllowed, OwnRequest, SaidAlready, UnknownThing
from actions.policy import People, Person
from actions.weighing import terms_of
from schedules import recurrence
from store import queries
from store.db import Store
from store.lifecycle import TooLate, enter, move
from store.queries import consent
from store.tables import Consent, Operation, Progress, Request

log = logging.getLogger(__name__)

ACTOR = "calendar"
PAST = timedelta(minutes=1)
"""How old a chosen moment may be: people take a while to press the button."""
QUIET, STOPPED = "quiet", "stopped"
"""What a run may be held for, beside being late."""
PART = 100
"""Rows of a sheet that are launched in one transaction: while it is open, clicks wait."""
SOME = 20
"""Requests that are launched in one transaction, at the most."""
PATIENCE = 30.0
"""Seconds to wait for a lock: nobody has pressed anything."""
PARTS = 50
"""Such transactions at one beat."""


class Launches:
    """Turns granted requests into operations when they are due."""

    def __init__(self, store: Store, people: People, submit: Submit, now: Now) -> None:
        self._store, self._people, self._submit, self._now = store, people, submit, now
        self._deciding = Deciding(store, now)

    def plan(self, raw: Mapping[str, Any]) -> When:
        """What the *When* section says; raises `InvalidInputs` under its fields.

        `raw` is empty (now), or has `at` (ISO, with its offset), or `crontab` and `timezone`.
        """
        zone = str(raw.get("timezone") or "UTC")
        if raw.get("at"):
            return When(self._moment(str(raw["at"]), zone), timezone=zone)
        if not raw.get("crontab"):
            return When(timezone=zone)
        crontab = str(raw["crontab"])
        try:
            first = recurrence.next_after(crontab, zone, self._now())
        except recurrence.BadZone as error:
            raise InvalidInputs({"when_zone": str(error)}) from None
        except recurrence.BadCrontab as error:
            raise InvalidInputs({"when_days": str(error)}) from None
        if first is None:
            raise InvalidInputs({"when_days": "This never comes round."})
        return When(first, crontab, zone)

    def mint_due(self) -> None:
        """Make the operations that are due; what is left comes with the next beat."""
        for _ in range(PARTS):
            if not self._mint_part():
                return

    def _mint_part(self) -> bool:
        """Make a part of them, in one transaction; whether there may be more."""
        with self._store.glance() as tx:
            if not consent.is_any_due(tx, self._now()):
                return False
        minted = 0
        with self._store.begin(patience=PATIENCE) as tx:
            due = queries.requests_due(tx, self._now(), SOME)  # locked, but for what others make
            for request in due:
                minted += self._minted(tx, request)
                if minted >= PART:
                    break
        return minted > 0

    def _minted(self, tx: Session, request: Request) -> int:
        """Make a part of the operations of a request, or nothing; how many."""
        try:
            with tx.begin_nested():
                return self._mint(tx, request)
        except OperationalError:
            raise  # the database itself: nothing else would go through either
        except Exception as error:  # what is odd about one must not keep the others waiting
            log.error("cannot be launched: %s (%s)", request.id, type(error).__name__)
        return 0

    def run_late(self, operation: str, *, actor: str) -> Operation:
        """A person lets a run go that was held; of a sheet, all rows of it.

        In quiet hours it takes one more yes.
        """
        person = self._people(actor)

        def let_go(tx: Session, held: Operation) -> None:
            quiet = held.held_for == QUIET
            words = "Sent in quiet hours, with one more yes" if quiet else "Run late"
            self._release(tx, held, actor=actor, because=words)

        with self._deciding("run late", queries.operation, operation, actor) as (tx, held):
            request = _check(tx, held, person)
            if held.held_for == QUIET:
                _one_more(tx, request, person)
            why = held.held_for
            let_go(tx, held)
        self._others(held, why, let_go)
        return held

    def release_due(self) -> None:
        """Let go what was held for quiet hours that are over, or by a stop that is."""
        with self._store.look() as tx:
            over = [operation.id for operation in consent.held_runs(tx, self._now())]
        for id in over:
            with self._store.begin() as tx:
                held = queries.operation(tx, id)
                if held and held.state is Progress.HELD and self._is_over(tx, held):
                    self._release(tx, held, actor=ACTOR, because="What held it is over")

    def _is_over(self, tx: Session, held: Operation) -> bool:
        if held.held_for == QUIET:
            return held.held_until is not None and held.held_until <= self._now()
        account = queries.account(tx, held.account)
        return held.held_for == STOPPED and account is not None and account.stopped_at is None

    def _release(self, tx: Session, held: Operation, *, actor: str, because: str) -> None:
        now = self._now()
        move(
            tx,
            held,
            Progress.READY,
            actor=actor,
            at=now,
            because=because,
            round=held.round + 1,
            run_at=now,
            problem="",
            held_for="",
        )
        self._submit(tx, held)

    def skip(self, operation: str, *, actor: str) -> Operation:
        """A person drops a run that was held for being late; of a sheet, all rows of it."""
        person = self._people(actor)

        def drop(tx: Session, held: Operation) -> None:
            now, words = self._now(), {"because": "Skipped", "problem": "Skipped"}
            move(tx, held, Progress.DROPPED, actor=actor, at=now, ended_at=now, **words)

        with self._deciding("skip", queries.operation, operation, actor) as (tx, held):
            _check(tx, held, person)
            why = held.held_for
            drop(tx, held)
        self._others(held, why, drop)
        return held

    def _others(
        self, first: Operation, why: str, decide: Callable[[Session, Operation], None]
    ) -> None:
        """The same for the other rows of a sheet that are held as it was, part by part."""
        after = -1
        while True:
            with self._store.begin() as tx:
                part = queries.operations_due(tx, first.request, first.due, after, PART)
                for run in part:
                    if run.state is Progress.HELD and run.held_for == why:
                        with suppress(TooLate):  # somebody decides on it at this moment
                            decide(tx, run)
                if len(part) < PART:
                    return
                after = part[-1].row

    def _moment(self, iso: str, zone: str) -> datetime:
        try:
            moment = datetime.fromisoformat(iso)
            local = recurrence.zone_of(zone)
        except recurrence.BadZone as error:
            raise InvalidInputs({"when_zone": str(error)}) from None
        except ValueError:
            raise InvalidInputs({"when_at": "A moment looks like 2026-12-01T09:00."}) from None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=local)
        if aware < self._now() - PAST:
            raise InvalidInputs({"when_at": "That moment has passed."})
        return aware.astimezone(UTC)

    def _mint(self, tx: Session, request: Request) -> int:
        """The next rows of a request that is due, and its next moment after the last; how many."""
        now = self._now()
        due = request.next_at or now
        # A series that was agreed to after a moment of it had passed begins with the next one.
        missed_while_waiting = request.crontab and request.granted_at and due < request.granted_at
        rows = () if missed_while_waiting else _rows_left(tx, request, due)
        for row in rows[:PART]:
            self._mint_row(tx, request, due, row, now)
        if len(rows) > PART:
            return PART
        following = (
            recurrence.next_after(request.crontab, request.timezone, due)
            if request.crontab
            else None
        )
        if following is None:
            move(tx, request, Consent.SPENT, actor=ACTOR, at=now, next_at=None)
        else:
            request.next_at = following
            tx.add(request)
        return max(len(rows), 1)

    def _mint_row(
        self, tx: Session, request: Request, due: datetime, row: int, now: datetime
    ) -> None:
        late = now - due > timedelta(seconds=request.lateness)
        operation = Operation(
            id=f"{request.id}.{due:%Y%m%dT%H%M%S%f}.{row}",
            request=request.id,
            due=due,
            run_at=due,
            row=row,
            account=request.account,
            action=request.action,
            inputs=request.inputs[row],
            state=Progress.HELD if late else Progress.READY,
            problem="Too late to run without asking." if late else "",
            held_for="late" if late else "",
        )
        enter(tx, operation, actor=ACTOR, at=now, because=operation.problem)
        if not late:
            self._submit(tx, operation)


def _rows_left(tx: Session, request: Request, due: datetime) -> Sequence[int]:
    """The rows to be launched. What was agreed to twice is done once: dropped rows only."""
    if request.crontab or request.version == 1:
        return range(queries.operations_minted(tx, request.id, due), len(request.inputs))
    launched = consent.rows_launched(tx, request.id)
    return [row for row in range(len(request.inputs)) if row not in launched]


def _check(tx: Session, held: Operation, person: Person) -> Request:
    """Is it held, and has this person a say?"""
    if held.state is not Progress.HELD:
        raise TooLate(held.state)
    request = queries.request_seen(tx, held.request)
    if request is None:
        raise UnknownThing()
    rights.to_settle(person, request.actor, again=False)
    return request


def _one_more(tx: Session, request: Request, person: Person) -> None:
    """In quiet hours it takes the yes of one more person than has agreed."""
    if person.id == request.actor:
        raise OwnRequest()
    if any(person.id in (each.person, each.on_behalf) for each in queries.approvals(tx, request)):
        raise SaidAlready("You have agreed already; to send it now takes one more person.")
    if not policy.may_approve(person, terms_of(request)):
        raise NotAllowed("Only approvers can send it in quiet hours.")
