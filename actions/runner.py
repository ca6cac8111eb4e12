"""Carrying out: one step, its row first, then the call, then the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from actions import policy
from actions.action import AnyAction, Catalog, Step
from actions.card import Preview
from actions.desk import Now
from actions.preparer import Preparer, pause
from actions.privacy import opened
from coupontools.client import Client
from coupontools.errors import ApiError, Refused, Unreached
from store import queries
from store.db import Store
from store.lifecycle import move
from store.secrets import Vault
from store.tables import Account, Consent, Effect, Operation, Progress, Request, StepRun

AS_LONG_AS_IT_TAKES = 60.0
"""Seconds to wait for a lock while carrying out: what the API answered must not be lost."""

ACTOR = "runner"


@dataclass(frozen=True)
class Call:
    """A call whose intent is on record."""

    operation: Operation
    run: StepRun
    action: AnyAction
    client: Client
    payload: Mapping[str, Any]

    @property
    def step(self) -> Step[Any]:
        return self.action.steps[self.run.position]

    @property
    def is_last(self) -> bool:
        return self.run.position + 1 == len(self.action.steps)


class Runner:
    """Takes operations further, one call at a time."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        vault: Vault,
        preparer: Preparer,
        clients: Callable[[Account], Client],
        now: Now,
    ) -> None:
        self._store, self._catalog, self._vault = store, catalog, vault
        self._preparer, self._clients, self._now = preparer, clients, now

    def take(self, id: str) -> float | None:
        """Do the next thing. Gives the seconds to wait before the one after, or None: at rest."""
        try:
            begun = self._begin(id)
        except ApiError as error:
            return self._not_yet(id, error)
        call = self._intend(id) if begun else None
        if call is None:
            return None
        try:
            reply = call.client.call(call.step.endpoint, call.payload)
        except ApiError as error:
            return self._troubled(call, error)
        return self._answered(call, reply)

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

    def _begin(self, id: str) -> bool:
        """Whether it is running; before its first call, today is held against what was agreed."""
        with self._store.look() as tx:
            operation = queries.operation_seen(tx, id)
            request = queries.request_to_run(tx, operation.request) if operation else None
        if operation is None or request is None or operation.state is not Progress.READY:
            return operation is not None and operation.state is Progress.RUNNING
        words, preview = self._outdated(request)
        with self._store.begin(patience=AS_LONG_AS_IT_TAKES) as tx:
            row = queries.operation(tx, id)
            if row is None or row.state is not Progress.READY:
                return row is not None and row.state is Progress.RUNNING
            if words:
                self._drop(tx, row, words, preview)
                return False
            if self._too_late(row):
                self._hold(tx, row)
                return False
            self._move(tx, row, Progress.RUNNING, started_at=self._now())
        return True

    def _outdated(self, request: Request) -> tuple[str, Preview | None]:
        """Why the consent does not cover it any more, with today's preview; or nothing."""
        if request.state is Consent.WITHDRAWN:
            return "It was withdrawn.", None
        if request.reach is None:
            return "", None
        try:
            preview = self._preparer.preview(request)
        except Refused as error:
            return str(error), None
        if not policy.outgrown(request.reach, preview.reach):
            return "", None
        people = "an unknown number of" if preview.reach is None else f"{preview.reach:,}"
        agreed = f"{request.reach:,}"
        return f"It would reach {people} people by now; {agreed} were agreed to.", preview

    def _not_yet(self, id: str, error: ApiError) -> float | None:
        """Coupontools cannot be asked whether the consent still holds: wait, but not for ever."""
        with self._store.begin(patience=AS_LONG_AS_IT_TAKES) as tx:
            operation = queries.operation(tx, id)
            if operation is None or operation.state is not Progress.READY:
                return None
            if self._too_late(operation):
                self._hold(tx, operation)
                return None
        return pause(3, error)

    def _drop(self, tx: Session, operation: Operation, words: str, preview: Preview | None) -> None:
        now = self._now()
        self._move(tx, operation, Progress.DROPPED, problem=words, ended_at=now)
        request = queries.request(tx, operation.request)
        if request is None or request.state not in (Consent.GRANTED, Consent.SPENT):
            return
        request.next_at = request.next_at if request.crontab else None
        also = self._preparer.shown(request, preview) if preview else {}
        move(
            tx,
            request,
            Consent.WAITING,
            actor=ACTOR,
            at=now,
            because=words,
            version=request.version + 1,
            next_at=request.next_at,
            expires_at=now + policy.EXPIRY,
            problem=words,
            **also,
        )

    def _hold(self, tx: Session, operation: Operation) -> None:
        words = "Too late to run without asking."
        self._move(tx, operation, Progress.HELD, problem=words)

    def _intend(self, id: str) -> Call | None:
        """Put the next call on record before it is made."""
        with self._store.begin(patience=AS_LONG_AS_IT_TAKES) as tx:
            operation = queries.operation(tx, id)
            if operation is None or operation.state is not Progress.RUNNING:
                return None
            action = self._catalog[operation.action]
            runs = queries.step_runs(tx, id)
            confirmed = [run for run in runs if run.effect is Effect.CONFIRMED]
            step = action.steps[len(confirmed)]
            payload = self._payload(action, step, operation, confirmed)
            run = _newest(runs, step)
            if run and run.effect is Effect.SENT and not step.endpoint.repeatable:
                self._unclear(tx, operation, run, "Vouchdesk stopped before the answer came.")
                return None
            if run is None and self._too_late(operation):
                self._move(tx, operation, Progress.READY)
                self._hold(tx, operation)
                return None
            if run is None or run.round < operation.round:
                run = self._planned(operation, step, len(confirmed))
            run.effect, run.tries, run.sent_at = Effect.SENT, run.tries + 1, self._now()
            tx.add(run)
            return Call(operation, run, action, self._client(tx, operation.account), payload)

    def _planned(self, operation: Operation, step: Step[Any], position: int) -> StepRun:
        return StepRun(
            operation=operation.id,
            position=position,
            round=operation.round,
            step=step.name,
            endpoint=step.endpoint.id,
            effect=Effect.SENT,
            sent_at=self._now(),
        )

    def _payload(
        self, action: AnyAction, step: Step[Any], operation: Operation, confirmed: list[StepRun]
    ) -> Mapping[str, Any]:
        done = {run.step: self._vault.open(run.reply or "") for run in confirmed}
        inputs = action.inputs.model_validate(opened(operation.inputs, self._vault))
        return step.payload(inputs, done)

    def _answered(self, call: Call, reply: Any) -> float | None:
        with self._store.begin(patience=AS_LONG_AS_IT_TAKES) as tx:
            self._settle(tx, call, Effect.CONFIRMED, reply=self._vault.seal(reply))
            operation = queries.operation(tx, call.operation.id)
            if operation is None or operation.state is not Progress.RUNNING:
                return None  # somebody settled it meanwhile; the answer stays as evidence
            if call.is_last:
                self._move(tx, operation, Progress.DONE, ended_at=self._now())
                return None
        return 0.0

    def _troubled(self, call: Call, error: ApiError) -> float | None:
        with self._store.begin(patience=AS_LONG_AS_IT_TAKES) as tx:
            effect = self._known(call, error)
            self._settle(tx, call, effect, problem=str(error))
            operation = queries.operation(tx, call.operation.id)
            if operation is None or operation.state is not Progress.RUNNING:
                return None
            if effect is Effect.UNCLEAR:
                self._move(tx, operation, Progress.UNCLEAR, problem=str(error))
            elif effect is Effect.REFUSED:
                self._move(tx, operation, Progress.FAILED, problem=str(error))
            elif self._too_late(operation):
                words = f"{error} Gave up after {call.run.tries} tries."
                self._move(tx, operation, Progress.FAILED, problem=words)
            else:
                return pause(call.run.tries, error)
        return None

    def _known(self, call: Call, error: ApiError) -> Effect:
        """What is known of a call that went wrong."""
        if isinstance(error, Refused):
            return Effect.REFUSED
        if error.happened is False or call.step.endpoint.repeatable:
            return Effect.NOT_SENT  # or it does no harm to send it again
        return Effect.UNCLEAR

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
        run.effect, run.reply, run.problem = effect, reply, problem
        run.answered_at = self._now()
        tx.merge(run)

    def _unclear(self, tx: Session, operation: Operation, run: StepRun, words: str) -> None:
        run.effect, run.problem = Effect.UNCLEAR, words
        tx.add(run)
        self._move(tx, operation, Progress.UNCLEAR, problem=words)

    def _too_late(self, operation: Operation) -> bool:
        late = self._now() - operation.run_at
        return late > policy.lateness(self._catalog[operation.action])

    def _move(self, tx: Session, operation: Operation, to: Progress, **also: Any) -> None:
        because = str(also.get("problem", ""))
        move(tx, operation, to, actor=ACTOR, at=self._now(), because=because, **also)

    def _client(self, tx: Session, name: str) -> Client:
        account = queries.account(tx, name)
        if account is None:
            raise Unreached(f"There is no account “{name}” any more.")
        return self._clients(account)


def _newest(runs: Sequence[StepRun], step: Step[Any]) -> StepRun | None:
    return max((r for r in runs if r.step == step.name), key=lambda r: r.round, default=None)
