"""Looking before asking people: what would a request do, to how many?"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from actions import policy
from actions.action import Catalog, Reads
from actions.card import Preview
from actions.desk import Now, grant
from actions.errors import UnknownAction
from actions.privacy import opened
from coupontools.endpoint import Endpoint
from coupontools.errors import ApiError, Busy, Garbled, Refused
from store import queries
from store.db import Store
from store.lifecycle import move, note
from store.secrets import Vault
from store.tables import Account, Consent, Request

SLOWEST = 300.0
"""Seconds between two tries, at the most."""

ACTOR = "runner"


class OnlyReads:
    """The API for previews: refuses every endpoint that changes something."""

    def __init__(self, api: Reads) -> None:
        self._api = api

    def call(self, endpoint: Endpoint, payload: Mapping[str, Any]) -> Any:
        return self._api.call(_reading(endpoint), payload)

    def pages(self, endpoint: Endpoint, payload: Mapping[str, Any]) -> Iterator[Any]:
        return self._api.pages(_reading(endpoint), payload)


def _reading(endpoint: Endpoint) -> Endpoint:
    if not endpoint.reads:
        raise ValueError(f"A preview may not call {endpoint.id}")
    return endpoint


class Preparer:
    """Takes requests from ASKED to WAITING, GRANTED or VOID. Its job may be called at any time."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        vault: Vault,
        clients: Callable[[Account], Reads],
        now: Now,
    ) -> None:
        self._store, self._catalog, self._vault = store, catalog, vault
        self._clients, self._now = clients, now

    def prepare_asked(self) -> None:
        """Look at every new request, and let those lapse that nobody answered."""
        with self._store.look() as tx:
            asked = queries.requests_asked(tx, self._now())
            lapsed = queries.requests_lapsed(tx, self._now())
        for request in asked:
            try:
                self.prepare(request)
            except OperationalError:
                raise  # the database itself: nothing else would go through either
            except Exception as error:  # what is odd about one must not keep the others waiting
                words = f"Vouchdesk stumbled over it ({type(error).__name__})."
                self._later(request, words, SLOWEST)
        for request in lapsed:
            self._end(request, Consent.WAITING, Consent.EXPIRED, "Nobody answered in time.")

    def prepare(self, request: Request) -> None:
        """Read what it would do; then it waits for people, or is granted, or is void."""
        try:
            preview = self.preview(request)
        except Refused as error:
            self._end(request, Consent.ASKED, Consent.VOID, str(error))
        except ApiError as error:
            self._later(request, str(error), pause(request.tries + 1, error))
        except (ValidationError, UnknownAction) as error:
            words = f"This release cannot read it any more ({type(error).__name__})."
            self._end(request, Consent.ASKED, Consent.VOID, words)
        else:
            self._prepared(request, preview)

    def preview(self, request: Request) -> Preview:
        """What the request would do if it ran now; raises `ApiError`."""
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
        with self._store.look() as tx:
            account = queries.account(tx, request.account)
        if account is None:
            raise UnknownAction(request.account)
        try:
            return action.preview(inputs, OnlyReads(self._clients(account)))
        except ValidationError as error:
            raise Garbled(f"Its answer has another form ({error.title}).") from None

    def shown(self, request: Request, preview: Preview) -> dict[str, Any]:
        """The columns that hold what people are shown, and the digest of it."""
        return {
            "preview": preview.text.replace("\0", ""),  # PostgreSQL keeps no such character
            "facts": [list(fact) for fact in preview.facts],
            "reach": preview.reach,
            "digest": policy.digest(
                account=request.account,
                action=request.action,
                inputs=[opened(row, self._vault) for row in request.inputs],
                when=request.next_at,
                crontab=request.crontab,
                timezone=request.timezone,
                reach=preview.reach,
            ),
        }

    def _prepared(self, request: Request, preview: Preview) -> None:
        now = self._now()
        with self._store.begin() as tx:
            row = queries.request(tx, request.id)
            if row is None or row.state is not Consent.ASKED:
                return
            row.sqlmodel_update({**self.shown(row, preview), "problem": ""})
            if row.quorum:
                row.expires_at = now + policy.EXPIRY
            tx.flush()
            if row.quorum:
                move(tx, row, Consent.WAITING, actor=ACTOR, at=now)
            else:
                grant(tx, row, actor=ACTOR, at=now)

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
                    "later",
                    actor=ACTOR,
                    at=self._now(),
                    about=row,
                    because=row.problem,
                    tell=True,
                )


def pause(tries: int, error: ApiError) -> float:
    """Seconds before the next try: what the API asks for, else twice as long each time."""
    asked = error.retry_after if isinstance(error, Busy) and error.retry_after else 0.0
    return max(asked, min(SLOWEST, 2.0 ** min(tries, 10) / 2))
