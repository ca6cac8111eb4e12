"""Carrying out: one step, its row first, then the call, then the answer."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from actions import holding, policy
from actions.action import Catalog
from actions.batch_kept import KeptBatches
from actions.calls import Call, confirmed, line_of, newest, planned
from actions.desk import Now
from actions.errors import Declined, NotKept
from actions.gate import GONE, Gate, Looked, Standing, standing_of
from actions.holding import Wait
from actions.looking import Looking, Used
from actions.preparer import look_anew, pause
from actions.privacy import opened
from coupontools.client import Client
from coupontools.errors import ApiError, Unreached
from store import queries
from store.db import Store
from store.joint import APART, Joint
from store.kinds import Kind
from store.lifecycle import move, note, says
from store.queries import locking
from store.secrets import Vault
from store.shelf import Shelf
from store.tables import Account, Consent, Effect, Operation, Progress, StepRun

AS_LONG_AS_IT_TAKES = 60.0
"""Seconds to wait for a lock while carrying out: what the API answered must not be lost."""

ACTOR = "runner"


class Runner:
    """Takes operations further, one call at a time."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        vault: Vault,
        gate: Gate,
        clients: Callable[[Account], Client],
        now: Now,
    ) -> None:
        self._shelf = Shelf(store, vault, now)
        self._store, self._catalog, self._vault = store, catalog, vault
        self._gate, self._clients, self._now = gate, clients, now
        self._batches, self._used = KeptBatches(store, catalog, vault, now), Used(now)
        begin = partial(store.begin, patience=AS_LONG_AS_IT_TAKES)
        self._intents = Joint(begin, store.committed, locking.lock_to_run, APART)
        self._answers = Joint(begin, store.committed, locking.lock_operations, APART)

    def take(self, id: str, round: int | None = None) -> float | None:
        """Do the next thing. Gives the seconds to wait before the one after, or None: at rest.

        So it is for a `round` that is over, since it was handed over anew.
        """
        try:
            looked = self._gate.look(id, round)
        except (ApiError, Declined) as error:
            return self._not_yet(id, error)
        call = self._intents.write(lambda tx: self._intend(tx, id, round, looked), id)
        if call is None:
            return None
        try:
            reply = call.answer(self._shelf, Looking(call.client, self._batches, self._used))
        except (ApiError, NotKept) as error:
            trouble = error
            return self._answers.write(lambda tx: self._troubled(tx, call, trouble), id)
        return self._answers.write(lambda tx: self._answered(tx, call, reply), id)

    def give_up(self, id: str, error: str) -> None:
        """Something broke on our side: say what is known, and leave it to a person."""
        words = f"Vouchdesk stumbled over it ({error})."
        with self._store.begin(patience=AS_LONG_AS_IT_TAKES) as tx:
            operation = queries.operation(tx, id)
            if operation is None or operation.state not in (Progress.READY, Progress.RUNNING):
                return
            if operation.state is Progress.READY:
                self._move(tx, operation, Progress.RUNNING)
            unsettled = [run for run in queries.step_runs(tx, id) if run.effect is Effect.SENT]
            if unsettled:
                self._unclear(tx, operation, unsettled[-1], words)
            else:
                self._move(tx, operation, Progress.FAILED, problem=words)

    def _begin(self, tx: Session, operation: Operation, standing: Standing, looked: Looked) -> None:
        """It runs, unless something keeps it from that."""
        if looked.words:
            self._drop(tx, operation, looked.words, void=True)
            return
        request, account = standing.request, standing.account
        lateness, now = self._lateness(operation), self._now()
        wait = holding.before_it(operation, request, account, lateness, now)
        if looked.stop and wait is None:  # let go meanwhile, but nobody has looked at it
            wait = Wait(looked.stop, holding.STOPPED)
        if wait:
            self._rest(tx, operation, wait)
        else:
            self._move(tx, operation, Progress.RUNNING, started_at=self._now())

    def _not_yet(self, id: str, error: ApiError | Declined) -> float | None:
        """Nobody can say now whether the consent still holds: wait, but not for ever."""
        with self._store.begin(patience=AS_LONG_AS_IT_TAKES) as tx:
            operation = queries.operation(tx, id)
            if operation is None or operation.state is not Progress.READY:
                return None
            if self._too_late(operation):
                self._hold(tx, operation, holding.LATE_ONE)
                return None
        return pause(3, error if isinstance(error, ApiError) else None)

    def _drop(self, tx: Session, operation: Operation, words: str, void: bool = False) -> None:
        """This run does not come; what people agreed to, or what is `void`, is looked at anew."""
        now = self._now()
        self._move(tx, operation, Progress.DROPPED, problem=words, ended_at=now)
        request = queries.request(tx, operation.request)
        if request is None or request.edition != operation.edition:
            return  # what it was changed to stands
        if words == GONE and request.state is Consent.GRANTED:  # a series
            move(tx, request, Consent.PAUSED, actor=ACTOR, at=now, because=words, problem=words)
        elif (void or request.quorum) and request.state in (Consent.GRANTED, Consent.SPENT):
            series = bool(request.crontab)
            request.next_at = request.next_at if series else None
            planned_at = request.planned_at if series else None
            look_anew(tx, request, at=now, words=words, planned_at=planned_at)

    def _rest(self, tx: Session, operation: Operation, wait: Wait) -> None:
        """A stop begins anew what has not begun; all else goes on where it is held."""
        if wait.why == holding.STOPPED and not holding.is_under_way(tx, operation):
            self._drop(tx, operation, wait.words)
        else:
            self._hold(tx, operation, wait)

    def _hold(self, tx: Session, operation: Operation, wait: Wait) -> None:
        why, until = {"held_for": wait.why}, wait.until
        self._move(tx, operation, Progress.HELD, problem=wait.words, **why, held_until=until)

    def _intend(
        self, tx: Session, id: str, round: int | None, looked: Looked | None
    ) -> Call | None:
        """Put the next call on record before it is made; the first, together with its begin."""
        operation = queries.operation_seen(tx, id)
        if operation is None or round not in (None, operation.round):
            return None
        standing, is_ready = standing_of(tx, operation), operation.state is Progress.READY
        is_new = is_ready and operation.started_at is None
        if is_ready and looked:
            self._begin(tx, operation, standing, looked)
        if operation.state is Progress.RUNNING:
            runs = () if is_new else queries.step_runs(tx, operation.id)
            return self._next(tx, operation, standing, runs)
        return None

    def _next(
        self, tx: Session, operation: Operation, standing: Standing, runs: Sequence[StepRun]
    ) -> Call | None:
        """The call after those that were answered, now on record; None: it rests."""
        action = self._catalog[operation.action]
        inputs = action.inputs.model_validate(opened(operation.inputs, self._vault))
        steps, position = action.steps_of(inputs), len(done := confirmed(runs))
        if position == len(steps):  # an answer came after all, while a person looked
            self._move(tx, operation, Progress.DONE, ended_at=self._now())
            return None
        step, run = steps[position], newest(runs, position)
        payload = step.payload(inputs, {} if step.work else self._replies(done))
        if run and run.effect is Effect.SENT and not step.endpoint.repeatable:
            self._unclear(tx, operation, run, "Vouchdesk stopped before the answer came.")
            return None
        if words := holding.ended(operation, standing.request):
            self._end_early(tx, operation, runs, words)
            return None
        if wait := self._why_wait(operation, standing.account, run):
            self._move(tx, operation, Progress.READY)
            self._rest(tx, operation, wait)
            return None
        if run is None or run.round < operation.round:
            run = planned(operation, step, position, self._now())
        run.effect, run.tries, run.sent_at = Effect.SENT, run.tries + 1, self._now()
        tx.add(run)
        is_last, client = position + 1 == len(steps), self._client(operation, standing.account)
        return Call(operation, run, step, is_last, inputs, client, payload)

    def _end_early(
        self, tx: Session, operation: Operation, runs: Sequence[StepRun], why: str
    ) -> None:
        """It ends in the middle: no more calls, and what is done is said."""
        done = [run.step for run in runs if run.effect in (Effect.CONFIRMED, Effect.SENT)]
        words = f"{why}."
        if done:
            words = f"{why} after “{done[-1]}” was sent. What was to follow was not."
            self._move(tx, operation, Progress.FAILED, problem=words)
            return
        self._move(tx, operation, Progress.READY)
        self._move(tx, operation, Progress.DROPPED, problem=words, ended_at=self._now())

    def _why_wait(
        self, operation: Operation, account: Account | None, run: StepRun | None
    ) -> Wait | None:
        """Between two calls, and before one is made again: does anything hold it there?"""
        wait = holding.between_calls(operation, account, self._lateness(operation), self._now())
        if run is None or (wait and wait.why == holding.STOPPED):
            return wait
        return None  # what is late by now fails where the answer comes

    def _replies(self, done: Sequence[StepRun]) -> dict[str, Any]:
        """What was answered so far; of a call that a person vouches for nothing is known."""
        return {run.step: self._vault.open(run.reply) for run in done if run.reply}

    def _answered(self, tx: Session, call: Call, reply: Any) -> float | None:
        self._settle(tx, call, Effect.CONFIRMED, reply=self._vault.seal(reply))
        operation = queries.operation_seen(tx, call.operation.id)
        if operation is None or operation.state is not Progress.RUNNING:
            self._late(tx, operation, call)  # the answer stays as evidence
            return None
        says(tx, **call.line(reply))
        if call.is_last:
            self._move(tx, operation, Progress.DONE, ended_at=self._now())
            return None
        note(tx, Kind.CALLED, actor=ACTOR, at=self._now(), about=operation)
        return 0.0

    def _troubled(self, tx: Session, call: Call, error: ApiError | NotKept) -> float | None:
        effect, words = call.known(error), call.told(error)
        self._settle(tx, call, effect, problem=words)
        operation = queries.operation_seen(tx, call.operation.id)
        if operation is None or operation.state is not Progress.RUNNING:
            self._late(tx, operation, call, words)
            return None
        says(tx, **call.line())
        if effect is Effect.UNCLEAR:
            self._move(tx, operation, Progress.UNCLEAR, problem=words)
        elif effect is Effect.REFUSED:
            self._move(tx, operation, Progress.FAILED, problem=words)
        elif self._too_late(operation):
            words = f"{words} Gave up after {call.run.tries} tries."
            self._move(tx, operation, Progress.FAILED, problem=words)
        else:
            return pause(call.run.tries, error if isinstance(error, ApiError) else None)
        return None

    def _late(self, tx: Session, about: Operation | None, call: Call, words: str = "") -> None:
        """Somebody settled it while it was out."""
        says(tx, **call.line())
        note(tx, Kind.ANSWERED_LATE, actor=ACTOR, at=self._now(), about=about, because=words)

    def _settle(
        self,
        tx: Session,
        call: Call,
        effect: Effect,
        *,
        reply: str | None = None,
        problem: str = "",
    ) -> None:
        run = call.run
        tx.add(run)
        run.effect, run.reply, run.problem = effect, reply, problem
        run.answered_at = self._now()

    def _unclear(self, tx: Session, operation: Operation, run: StepRun, words: str) -> None:
        run.effect, run.problem = Effect.UNCLEAR, words
        tx.add(run)
        says(tx, **line_of(run))
        self._move(tx, operation, Progress.UNCLEAR, problem=words)

    def _too_late(self, operation: Operation) -> bool:
        return holding.too_late(operation, self._lateness(operation), self._now())

    def _lateness(self, operation: Operation) -> timedelta:
        return policy.lateness(self._catalog[operation.action])

    def _move(self, tx: Session, operation: Operation, to: Progress, **also: Any) -> None:
        because = str(also.get("problem", ""))
        move(tx, operation, to, actor=ACTOR, at=self._now(), because=because, **also)

    def _client(self, operation: Operation, account: Account | None) -> Client:
        if account is None:
            raise Unreached(f"There is no account “{operation.account}” any more.")
        return self._clients(account)
