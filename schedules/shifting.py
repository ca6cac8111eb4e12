"""Moving a run to another moment: the time is part of what is agreed to, so people decide again.

What is asked for once is asked for anew, at the other moment. Of a series one run is left out, and
asked for by itself; the series stays as it was agreed to.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from actions import rights
from actions.deciding import Deciding
from actions.desk import AFRESH, CHANGEABLE
from actions.errors import Declined, StaleCard, UnknownThing
from actions.policy import People, Person
from actions.weighing import Weighing, allow
from schedules.alike import for_others
from schedules.upcoming import upcoming
from store import queries
from store.db import Store
from store.kinds import Kind
from store.lifecycle import TooLate, enter, move, note
from store.tables import Consent, Operation, Progress, Request

MOVED = Kind.MOVED
"""What the record calls it when a series goes on without one of its runs."""
BEGUN = "A part of it has been sent already: run it, or skip it."
TIMES = ("late", "quiet", "blackout")
"""What a run may be held for that can be moved; what a stop holds goes on by itself."""


class Shifting:
    """By the person who asked, or an approver. Raises `Declined` or `TooLate`."""

    def __init__(
        self,
        store: Store,
        people: People,
        weighing: Weighing,
        now: Callable[[], datetime],
        surface: str = "slack",
    ) -> None:
        self._store, self._people, self._weighing = store, people, weighing
        self._now, self._surface = now, surface
        self._deciding = Deciding(store, now, surface)

    def shift(
        self, id: str, version: int, at: datetime, *, actor: str, token: str | None = None
    ) -> Request:
        """Move what is asked for once, or the next run of a series; gives what runs then.

        The same token again changes nothing and finds the first.
        """
        mover, asker = self._people(actor), self._asker(id)
        with self._deciding("shift", queries.request, id, actor, mover) as (tx, request):
            if token and (known := queries.request_of_token(tx, token)):
                return known
            rights.to_settle(mover, request.actor, again=False)
            if request.version != version:
                raise StaleCard()
            if request.crontab:
                return self._without_next(tx, request, at, mover, asker, token)
            if request.state not in CHANGEABLE:
                raise TooLate(request.state)
            return self._asked_anew(tx, request, at, mover, asker)

    def shift_run(self, id: str, at: datetime, *, actor: str, token: str | None = None) -> Request:
        """Move a run that is held; of a sheet, all rows of it that are."""
        mover, asker = self._people(actor), self._asker(id.partition(".")[0])

        def drop(tx: Session, held: Operation) -> None:
            if queries.step_runs(tx, held.id):
                raise TooLate(held.state)
            words = {"because": _words(held.due, at), "problem": _words(held.due, at)}
            now = self._now()
            move(tx, held, Progress.DROPPED, actor=actor, at=now, ended_at=now, **words)

        with self._deciding("shift", queries.operation, id, actor, mover) as (tx, held):
            if token and (known := queries.request_of_token(tx, token)):
                return known
            request = self._of_held(tx, held, mover)
            why, rows = held.held_for, _rows(tx, held)
            drop(tx, held)
            if request.crontab:
                found = self._by_itself(tx, request, rows, at, mover, asker, token)
            elif request.state is Consent.SPENT:
                found = self._asked_anew(tx, request, at, mover, asker)
            else:
                raise TooLate(request.state)
        for_others(self._store, held, why, drop)
        return found

    def _of_held(self, tx: Session, held: Operation, mover: Person) -> Request:
        """The request of a run that can be moved by that person."""
        if held.state is not Progress.HELD:
            raise TooLate(held.state)
        if held.held_for not in TIMES:
            raise Declined("It goes on when everything is let go again; then it can be moved.")
        if queries.step_runs(tx, held.id):
            raise Declined(BEGUN)
        request = queries.request(tx, held.request)
        if request is None:
            raise UnknownThing()
        rights.to_settle(mover, request.actor, again=False)
        return request

    def _asked_anew(
        self, tx: Session, request: Request, at: datetime, mover: Person, asker: Person
    ) -> Request:
        """The same at another moment: whoever has agreed is asked again."""
        words = _moved(request, at, mover)
        move(
            tx,
            request,
            Consent.ASKED,
            actor=mover.id,
            at=self._now(),
            because=words,
            version=request.version + 1,
            moved_by=_other(mover, request),
            planned_at=at,
            next_at=at,
            **AFRESH,
        )
        self._provide(tx, request, asker)
        return request

    def _without_next(
        self,
        tx: Session,
        request: Request,
        at: datetime,
        mover: Person,
        asker: Person,
        token: str | None,
    ) -> Request:
        """A series goes on without its next run, and that is asked for by itself."""
        due, now = request.next_at, self._now()
        if request.state is not Consent.GRANTED:
            raise Declined("It has not been agreed to, or is stopped: change it instead.")
        if due is None or due <= now:
            raise TooLate(request.state)
        rows = range(len(request.inputs))
        found = self._by_itself(tx, request, rows, at, mover, asker, token)
        request.made += 1
        words = f"{_moved(request, at, mover)}: {found.id}"
        note(tx, MOVED, actor=mover.id, at=now, about=request, because=words, tell=True)
        if following := upcoming(request, due, 1):
            request.next_at = following[0]
            tx.add(request)
        else:
            spent = {"next_at": None, "made": request.made}
            move(tx, request, Consent.SPENT, actor=mover.id, at=now, because=words, **spent)
        return found

    def _by_itself(
        self,
        tx: Session,
        series: Request,
        rows: Sequence[int],
        at: datetime,
        mover: Person,
        asker: Person,
        token: str | None,
    ) -> Request:
        """One run of a series as a request of its own, by the person who asked for the series."""
        found = Request(
            token=token,
            team=series.team,
            account=series.account,
            action=series.action,
            inputs=[series.inputs[row] for row in rows],
            template=series.template,
            audience=series.audience,
            actor=series.actor,
            surface=self._surface,
            asked_at=self._now(),
            state=Consent.ASKED,
            lateness=series.lateness,
            planned_at=at,
            next_at=at,
            timezone=series.timezone,
            moved_by=_other(mover, series),
        )
        words = f"A run of {series.id}. {_moved(series, at, mover)}"
        enter(tx, found, actor=mover.id, at=self._now(), because=words)
        self._provide(tx, found, asker)
        return found

    def _asker(self, request: str) -> Person:
        """Who asked, looked up while nothing is locked."""
        with self._store.look() as tx:
            known = queries.request_to_run(tx, request)
        if known is None:
            raise UnknownThing(f"There is nothing on record as {request}.")
        return self._people(known.actor)

    def _provide(self, tx: Session, request: Request, asker: Person) -> None:
        """What the policy can say before anybody looks: a plain no, or about how many."""
        account = queries.account(tx, request.account)
        if account is None:
            raise UnknownThing()
        terms = self._weighing.of(tx, request, account, asker, reach=None, looked=False)
        allow(terms)
        request.quorum = terms.quorum
        tx.add(request)


def _rows(tx: Session, held: Operation) -> list[int]:
    """The rows of a sheet that are held as that one is."""
    every = queries.operations_due(tx, held.request, held.due, most=10_000)
    alike = (run for run in every if run.state is Progress.HELD and run.held_for == held.held_for)
    return [run.row for run in alike]


def _other(mover: Person, request: Request) -> str:
    return "" if mover.id == request.actor else mover.id


def _moved(request: Request, at: datetime, mover: Person) -> str:
    there = at.astimezone(ZoneInfo(request.timezone))
    return f"Moved to {there:%Y-%m-%d %H:%M} ({request.timezone}) by {mover.name}"


def _words(due: datetime, at: datetime) -> str:
    return f"Moved from {due:%Y-%m-%d %H:%M} to {at:%Y-%m-%d %H:%M} UTC"
