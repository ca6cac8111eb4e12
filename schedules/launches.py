"""When: plans, and the runs that are due, each made exactly once."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from actions import rights
from actions.deciding import Deciding
from actions.desk import Now, Submit, When
from actions.errors import InvalidInputs
from actions.policy import People, Person
from schedules import recurrence
from store import queries
from store.db import Store
from store.lifecycle import TooLate, enter, move
from store.tables import Consent, Operation, Progress, Request

log = logging.getLogger(__name__)

ACTOR = "calendar"
PAST = timedelta(minutes=1)
"""How old a chosen moment may be: people take a while to press the button."""
PART = 100
"""Rows of a sheet that are launched in one transaction: while it is open, clicks wait."""
PARTS = 5
"""Parts of a sheet at one beat: what becomes due meanwhile waits."""


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
        """Make the operations that are due."""
        with self._store.begin() as tx:
            due = [request.id for request in queries.requests_due(tx, self._now())]
        for _ in range(PARTS):  # what is left of long sheets comes with the next beat
            due = [id for id in due if self._mint_some(id)]

    def _mint_some(self, id: str) -> bool:
        """Make a part of the operations of a request; whether more are to be made."""
        try:
            with self._store.begin() as tx:
                request = queries.request(tx, id)
                if request and _is_due(request, self._now()):  # still, now that it is locked
                    return self._mint(tx, request)
        except OperationalError:
            raise  # the database itself: nothing else would go through either
        except Exception as error:  # what is odd about one must not keep the others waiting
            log.error("cannot be launched: %s (%s)", id, type(error).__name__)
        return False

    def run_late(self, operation: str, *, actor: str) -> Operation:
        """A person lets a run go that was held for being late; of a sheet, all rows of it."""
        person = self._people(actor)

        def let_go(tx: Session, held: Operation) -> None:
            now, again = self._now(), held.round + 1
            words = {"because": "Run late", "problem": ""}
            move(tx, held, Progress.READY, actor=actor, at=now, round=again, run_at=now, **words)
            self._submit(tx, held)

        with self._deciding("run late", queries.operation, operation, actor) as (tx, held):
            _check(tx, held, person)
            let_go(tx, held)
        self._others(held, let_go)
        return held

    def skip(self, operation: str, *, actor: str) -> Operation:
        """A person drops a run that was held for being late; of a sheet, all rows of it."""
        person = self._people(actor)

        def drop(tx: Session, held: Operation) -> None:
            now, words = self._now(), {"because": "Skipped", "problem": "Skipped"}
            move(tx, held, Progress.DROPPED, actor=actor, at=now, ended_at=now, **words)

        with self._deciding("skip", queries.operation, operation, actor) as (tx, held):
            _check(tx, held, person)
            drop(tx, held)
        self._others(held, drop)
        return held

    def _others(self, first: Operation, decide: Callable[[Session, Operation], None]) -> None:
        """The same for the other rows of a sheet that are held for that moment, part by part."""
        after = -1
        while True:
            with self._store.begin() as tx:
                part = queries.operations_due(tx, first.request, first.due, after, PART)
                for run in part:
                    if run.state is Progress.HELD:
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

    def _mint(self, tx: Session, request: Request) -> bool:
        """The next rows of a request that is due; whether any are left for another time."""
        now = self._now()
        due = request.next_at or now
        # A series that was agreed to after a moment of it had passed begins with the next one.
        missed_while_waiting = request.crontab and request.granted_at and due < request.granted_at
        if not missed_while_waiting:
            begun = queries.operations_minted(tx, request.id, due)
            end = min(begun + PART, len(request.inputs))
            for row in range(begun, end):
                self._mint_row(tx, request, due, row, now)
            if end < len(request.inputs):
                return True
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
        return False

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
        )
        enter(tx, operation, actor=ACTOR, at=now, because=operation.problem)
        if not late:
            self._submit(tx, operation)


def _check(tx: Session, held: Operation, person: Person) -> None:
    """Is it held, and has this person a say?"""
    if held.state is not Progress.HELD:
        raise TooLate(held.state)
    request = queries.request_seen(tx, held.request)
    rights.to_settle(person, request.actor if request else "", again=False)


def _is_due(request: Request, now: datetime) -> bool:
    due = request.next_at is not None and request.next_at <= now
    return request.state is Consent.GRANTED and due
