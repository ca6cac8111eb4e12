"""The runs that are due, each made exactly once; and those that people decide on."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from actions import policy, rights
from actions.deciding import Deciding
from actions.desk import Now, Submit
from actions.errors import NotAllowed, OwnRequest, SaidAlready, UnknownThing
from actions.holding import BLACKOUT, QUIET, STOPPED
from actions.policy import People, Person
from actions.weighing import terms_of
from schedules.alike import PART, for_others
from schedules.recurrence import moments, zone_of
from schedules.upcoming import is_left_out, last_blackout_day, upcoming
from store import queries
from store.db import Store
from store.ending import ending
from store.kinds import Kind
from store.lifecycle import TooLate, enter, move, note
from store.queries import consent
from store.tables import Consent, Operation, Progress, Request

log = logging.getLogger(__name__)

ACTOR = "calendar"
WITH_ONE_MORE = {
    QUIET: "Sent in quiet hours, with one more yes",
    BLACKOUT: "Sent on a blackout day, with one more yes",
}
"""What holds a run until it is over, unless one more person agrees to send it before."""
LEFT_OUT = Kind.LEFT_OUT
"""What the record calls moments of a series on blackout days."""
PATIENCE = 30.0
"""Seconds to wait for a lock: nobody has pressed anything."""
PARTS = 50
"""Such transactions at one beat."""


class Launches:
    """Turns granted requests into operations when they are due."""

    def __init__(self, store: Store, people: People, submit: Submit, now: Now) -> None:
        self._store, self._people, self._submit, self._now = store, people, submit, now
        self._deciding = Deciding(store, now)

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
        with self._store.begin(patience=PATIENCE) as tx:
            due = queries.requests_due(tx, self._now(), PART)  # locked, but for what others make
            return self._minted(tx, due) > 0

    def _minted(self, tx: Session, due: Sequence[Request]) -> int:
        """Make a part of their operations, written together; how many.

        What is odd about one must not keep the others waiting: then each is tried by itself.
        """
        try:
            with tx.begin_nested(), tx.no_autoflush, ending(tx):
                return self._mint(tx, due)
        except OperationalError:
            raise  # the database itself: nothing else would go through either
        except Exception as error:
            if len(due) > 1:
                return sum(self._minted(tx, [request]) for request in due)
            log.error("cannot be launched: %s (%s)", due[0].id, type(error).__name__)
        return 0

    def _mint(self, tx: Session, due: Sequence[Request]) -> int:
        """The next runs of these, and their next moments after the last of each; how many."""
        made, now = queries.operations_minted(tx, [request.id for request in due]), self._now()
        runs: list[Operation] = []
        through: list[Request] = []
        for request in due:
            is_left_out = _is_left_out(request)
            rows = () if is_left_out else _rows_left(tx, request, made.get(request.id, 0))
            runs += [_run(request, row, now) for row in rows[:PART]]
            if len(rows) <= PART:
                request.made += not is_left_out
                through.append(request)
            if len(runs) + len(through) >= PART:
                break
        enter(tx, *runs, actor=ACTOR, at=now)
        self._hand_over(tx, runs)
        for request in through:
            self._go_on(tx, request)
        return len(runs) + len(through)

    def _hand_over(self, tx: Session, runs: Sequence[Operation]) -> None:
        """What is ready, account by account."""
        ready: dict[str, list[Operation]] = {}
        for run in runs:
            if run.state is Progress.READY:
                ready.setdefault(run.account, []).append(run)
        waiting = consent.due_by_account(tx, self._now()) if len(runs) > 1 else {}
        for account, some in ready.items():
            self._submit(tx, *some, due=max(waiting.get(account, 0), len(some)))

    def run_late(self, operation: str, *, actor: str) -> Operation:
        """A person lets a run go that was held; of a sheet, all rows of it.

        In quiet hours and on blackout days it takes one more yes.
        """
        person = self._people(actor)

        def let_go(tx: Session, held: Operation) -> None:
            words = WITH_ONE_MORE.get(held.held_for, "Run late")
            self._release(tx, held, actor=actor, because=words)

        with self._deciding("run late", queries.operation, operation, actor, person) as (tx, held):
            request = _check(tx, held, person)
            if held.held_for in WITH_ONE_MORE:
                _one_more(tx, request, person)
            why = held.held_for
            let_go(tx, held)
        for_others(self._store, held, why, let_go)
        return held

    def release_due(self) -> None:
        """Let go what was held for quiet hours, blackout days or a stop, when they are over."""
        with self._store.look() as tx:
            over = [operation.id for operation in consent.held_runs(tx, self._now())]
        for id in over:
            with self._store.begin() as tx:
                held = queries.operation(tx, id)
                if held and held.state is Progress.HELD and self._is_over(tx, held):
                    self._release(tx, held, actor=ACTOR, because="What held it is over")

    def _is_over(self, tx: Session, held: Operation) -> bool:
        if held.held_for in WITH_ONE_MORE:
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

        with self._deciding("skip", queries.operation, operation, actor, person) as (tx, held):
            _check(tx, held, person)
            why = held.held_for
            drop(tx, held)
        for_others(self._store, held, why, drop)
        return held

    def _go_on(self, tx: Session, request: Request) -> None:
        """To the next moment of a series, blackout days left out and on record; or it is spent."""
        now, due = self._now(), _due(request)
        following = upcoming(request, due, 1) if request.crontab else []
        if request.crontab and (words := _left_out(request, due, following)):
            note(tx, LEFT_OUT, actor=ACTOR, at=now, about=request, because=words, tell=True)
        if following:
            request.next_at = following[0]
            tx.add(request)
        else:
            move(tx, request, Consent.SPENT, actor=ACTOR, at=now, next_at=None, made=request.made)


def _due(request: Request) -> datetime:
    if request.next_at is None:
        raise ValueError(f"{request.id} is never due")
    return request.next_at


def _run(request: Request, row: int, now: datetime) -> Operation:
    """A run of that row, at the moment that the request is due."""
    due = _due(request)
    late = now - due > timedelta(seconds=request.lateness)
    return Operation(
        id=f"{request.id}.{due:%Y%m%dT%H%M%S%f}.{row}",
        request=request.id,
        edition=request.edition,
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


def _is_left_out(request: Request) -> bool:
    """Moments of a series on blackout days; and those before it was agreed to."""
    if not request.crontab:
        return False
    due, granted_at = _due(request), request.granted_at
    missed_while_waiting = granted_at is not None and due < granted_at
    return missed_while_waiting or is_left_out(due, terms_of(request))


def _left_out(request: Request, due: datetime, following: Sequence[datetime]) -> str:
    """Words for the record, when `due` or what would come after it falls on blackout days."""
    terms, zone = terms_of(request), request.timezone
    after = moments(request.crontab, zone, due, request.until)
    first = next((each for each in (due, *islice(after, 1)) if is_left_out(each, terms)), None)
    if first is None or first in following or request.made == request.runs:
        return ""
    said = f"{first.astimezone(zone_of(zone)):%Y-%m-%d %H:%M} ({zone})"
    return f"Blackout days: no run from {said} until {last_blackout_day(first, terms)} is over."


def _rows_left(tx: Session, request: Request, made: int) -> Sequence[int]:
    """The rows to be launched. What was agreed to twice is done once: dropped rows only.

    What it was before the person who asked changed it is something else.
    """
    if request.crontab or request.version == 1:
        return range(made, len(request.inputs))
    launched = consent.rows_launched(tx, request.id, request.edition)
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
    """At such times it takes the yes of one more person than has agreed."""
    if person.id in (request.actor, request.moved_by):
        raise OwnRequest()
    if any(person.id in (each.person, each.on_behalf) for each in queries.approvals(tx, request)):
        raise SaidAlready("You have agreed already; to send it now takes one more person.")
    if not policy.may_approve(person, terms_of(request)):
        raise NotAllowed("Only approvers can send it now.")
