"""One call of an operation: what is asked, and how the answer is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from actions.action import Looks, Step
from actions.errors import NotKept
from actions.fields import Inputs, fields, is_private, masked
from coupontools.client import Client
from coupontools.errors import ApiError, Refused
from coupontools.heard import Heard, listening
from store.shelf import Shelf
from store.tables import Effect, Operation, StepRun

CHUNKS = "chunks"
"""Under this name the reply says in how many chunks its lines are kept: that is their end."""

SHORT = 3
"""Characters of a value that may as well stand in any sentence."""


@dataclass(frozen=True)
class Call:
    """A call whose intent is on record."""

    operation: Operation
    run: StepRun
    step: Step[Any]
    is_last: bool
    inputs: Inputs
    client: Client
    payload: Mapping[str, Any]
    heard: Heard = field(default_factory=Heard)

    def answer(self, shelf: Shelf, looking: Looks) -> Any:
        """Its answer, a long one kept line by line; raises `ApiError` or `NotKept`."""
        if self.step.intake is None:
            return self._send(self.payload)
        intake, keeping = self.step.intake(self.inputs), shelf.keep(self.run)
        work = self.step.work

        def keep(line: Sequence[Any]) -> None:
            keeping.add(line, intake.names(line))

        try:
            if work is None:
                with listening(self.heard):
                    self.client.rows(
                        self.step.endpoint,
                        self.payload,
                        lambda record: keep(intake.line(record)),
                    )
            else:
                for record in work(self.inputs, looking, self._send):
                    keep(intake.line(record))
        finally:
            keeping.end()  # should it break off, what has come is evidence
        return {**intake.told(), CHUNKS: keeping.chunks}

    def line(self, reply: Any = None) -> dict[str, Any]:
        """What the record says of it; of what a step looks at before its call, nothing."""
        heard, made = self.heard, _campaign(reply)
        return {
            **line_of(self.run),
            "status": heard.status,
            "code": ", ".join(map(str, heard.codes)),
            "took_ms": round(heard.seconds * 1000),
            **({"campaign": made} if made else {}),
        }

    def known(self, error: ApiError | NotKept) -> Effect:
        """What is known of it, as it went wrong."""
        if isinstance(error, Refused | NotKept):
            return Effect.REFUSED
        if error.happened is False or self.step.endpoint.repeatable:
            return Effect.NOT_SENT  # or it does no harm to send it again
        return Effect.UNCLEAR

    def told(self, error: Exception) -> str:
        """Its words; what is about a person is masked, should the API have quoted it back at us."""
        words = str(error)
        for name, declared, _ in fields(type(self.inputs)):
            value = getattr(self.inputs, name)
            if is_private(declared) and isinstance(value, str) and len(value) > SHORT:
                words = words.replace(value, masked(value))
        return words

    def _send(self, payload: Mapping[str, Any]) -> Any:
        with listening(self.heard):
            return self.client.call(self.step.endpoint, payload)


def planned(operation: Operation, step: Step[Any], position: int, now: datetime) -> StepRun:
    """Its row of the ledger, before it is sent."""
    return StepRun(
        operation=operation.id,
        position=position,
        round=operation.round,
        step=step.name,
        endpoint=step.endpoint.id,
        effect=Effect.SENT,
        sent_at=now,
    )


def line_of(run: StepRun) -> dict[str, Any]:
    """Which call of the ledger a line of the record is about."""
    return {"step": f"{run.position}/{run.round}", "endpoint": run.endpoint}


def _campaign(reply: Any) -> str:
    """The one that a call has made."""
    made = reply.get("coupon_info") if isinstance(reply, dict) else None
    return str(made.get("ID") or "") if isinstance(made, dict) else ""


def confirmed(runs: Sequence[StepRun]) -> list[StepRun]:
    """The calls that happened, in their order; of one that did so twice, the last."""
    return list({run.position: run for run in runs if run.effect is Effect.CONFIRMED}.values())


def newest_of(runs: Sequence[StepRun]) -> dict[int, StepRun]:
    """The last try of each call, by position."""
    return {run.position: run for run in sorted(runs, key=lambda run: run.round)}


def newest(runs: Sequence[StepRun], position: int) -> StepRun | None:
    """The last try of that call."""
    return max((r for r in runs if r.position == position), key=lambda r: r.round, default=None)
