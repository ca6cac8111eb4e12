"""Erasing what is private of one person, on their request. The record holds none of it, and stays.

Found by one value of theirs: an e-mail address, a phone number. Where it stands in a row of
inputs, all that is private in that row goes, and what was answered; so do other answers and forms
in which it stands, and the salt without which nobody can try out what a digest was made of.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from actions.errors import Declined
from actions.fields import masked
from store.db import Store
from store.hooks import Check
from store.kinds import Kind
from store.lifecycle import note
from store.queries import erasing, hooks, retention
from store.secrets import REMOVED, SEALED, BadKey, Vault
from store.tables import Operation, Progress, Request, StepRun

PART = 50
"""Rows in one transaction: while it is open, clicks wait."""
SHORTEST = 5
"""Characters of a value by which somebody is found: shorter ones stand everywhere."""
NAMED = 10
ASKED = {REMOVED: 0}
"""In place of a private value: removed on request."""


@dataclass(frozen=True)
class Erased:
    """How much of each."""

    requests: int = 0
    runs: int = 0
    answers: int = 0
    forms: int = 0
    webhooks: int = 0
    at_work: int = 0
    """Answers that a run still needs, webhooks not checked yet; asked for later, they go too."""

    @property
    def words(self) -> str:
        """For the record and for people."""
        parts = (f"{name.replace('_', ' ')}: {count:,}" for name, count in vars(self).items())
        return ", ".join(parts)


class Erasing:
    """What is still to be carried out with it has to be withdrawn first. Raises `Declined`."""

    def __init__(self, store: Store, vault: Vault, now: Callable[[], datetime]) -> None:
        self._store, self._vault, self._now = store, vault, now

    def __call__(self, value: str, *, actor: str, reason: str) -> Erased:
        """Erase; that it was done, and how much that was, is on record."""
        wanted = value.strip().casefold()
        if len(wanted) < SHORTEST:
            raise Declined(f"Name an e-mail address or a phone number: {SHORTEST} characters.")
        found = [*self._requests(wanted)]
        if waiting := [id for id, over in found if not over]:
            named = ", ".join(waiting[:NAMED])
            raise Declined(f"It is still to be carried out with that: withdraw or settle {named}.")
        erased = Erased()
        for id, _ in found:
            erased = self._erase(id, wanted, erased)
        erased = self._erase_forms(wanted, self._erase_answers(wanted, erased))
        erased = self._erase_webhooks(wanted, erased)
        said = " ".join(
            masked(word) if wanted in word.casefold() else word for word in reason.split()
        )
        words = f"{erased.words}. {said}".strip()
        with self._store.begin() as tx:
            note(tx, Kind.ERASED, actor=actor, at=self._now(), because=words)
        return erased

    def _requests(self, wanted: str) -> Sequence[tuple[str, bool]]:
        """Those with that value among their inputs, and whether they are over."""
        found, last = list[tuple[str, bool]](), ""
        while True:
            with self._store.begin() as tx:
                part = erasing.requests_after(tx, last, PART)
                for request in part:
                    if any(self._is_theirs(row, wanted) for row in request.inputs):
                        found.append((request.id, erasing.is_over(tx, request)))
            if len(part) < PART:
                return found
            last = part[-1].id

    def _erase(self, id: str, wanted: str, erased: Erased) -> Erased:
        with self._store.begin() as tx:
            request = tx.get(Request, id, with_for_update=True)
            if request is None or not erasing.is_over(tx, request):
                raise Declined(f"{id} has begun anew meanwhile: withdraw or settle it.")
            request.inputs = [self._without(row, wanted) for row in request.inputs]
            request.salt = ""
            if not any(_is_private(row) for row in request.inputs):
                request.pruned_at = self._now()
            tx.add(request)
            theirs = [r for r in erasing.runs_of(tx, id) if self._is_theirs(r.inputs, wanted)]
            for run in theirs:
                run.inputs, run.pruned_at = self._without(run.inputs, wanted), self._now()
                tx.add(run)
            answers = retention.forget_replies(tx, [run.id for run in theirs])
        return replace(
            erased,
            requests=erased.requests + 1,
            runs=erased.runs + len(theirs),
            answers=erased.answers + answers,
        )

    def _erase_answers(self, wanted: str, erased: Erased) -> Erased:
        """Whole answers in which it stands, those of other people's runs too."""
        gone, kept, last = erased.answers, 0, ("", 0, 0)
        while True:
            with self._store.begin() as tx:
                part = erasing.answers_after(tx, last, PART)
                theirs = [call for call in part if self._is_in(call.reply, wanted)]
                for call in theirs:
                    over = self._forget(tx, call)
                    gone, kept = gone + over, kept + (not over)
            if len(part) < PART:
                return replace(erased, answers=gone, at_work=kept)
            last = (part[-1].operation, part[-1].position, part[-1].round)

    def _forget(self, tx: Session, call: StepRun) -> bool:
        run = tx.get(Operation, call.operation)
        if run is not None and run.state in (Progress.READY, Progress.RUNNING, Progress.HELD):
            return False
        call.reply = None
        tx.add(call)
        return True

    def _erase_forms(self, wanted: str, erased: Erased) -> Erased:
        with self._store.begin() as tx:
            theirs = [each for each in erasing.drafts(tx) if self._is_in(each.values, wanted)]
            for draft in theirs:
                tx.delete(draft)
        return replace(erased, forms=len(theirs))

    def _erase_webhooks(self, wanted: str, erased: Erased) -> Erased:
        """Bodies in which it stands; one that is still to be checked goes within a day."""
        gone, kept, last = 0, erased.at_work, 0
        while True:
            with self._store.begin() as tx:
                part = hooks.bodies_after(tx, last, PART)
                for hook in part:
                    if self._is_in(hook.sealed, wanted):
                        waits = hook.state is Check.KEPT
                        hook.sealed = hook.sealed if waits else ""
                        gone, kept = gone + (not waits), kept + waits
                        tx.add(hook)
            if len(part) < PART:
                return replace(erased, webhooks=gone, at_work=kept)
            last = part[-1].id or 0

    def _is_theirs(self, row: dict[str, Any], wanted: str) -> bool:
        sealed = (each[SEALED] for each in row.values() if _is_sealed(each))
        return any(self._opened(each).casefold() == wanted for each in sealed)

    def _without(self, row: dict[str, Any], wanted: str) -> dict[str, Any]:
        """Of a row of theirs, nothing that is private stays."""
        if not self._is_theirs(row, wanted):
            return row
        return {name: ASKED if _is_sealed(each) else each for name, each in row.items()}

    def _is_in(self, sealed: str | None, wanted: str) -> bool:
        return sealed is not None and wanted in self._opened(sealed).casefold()

    def _opened(self, sealed: str) -> str:
        """As text; what a lost key has sealed nobody can read, nor be found by."""
        try:
            value = self._vault.open(sealed)
        except BadKey:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and SEALED in value


def _is_private(row: dict[str, Any]) -> bool:
    return any(map(_is_sealed, row.values()))
