"""Reads that take several calls: each made as one that may be repeated, then put together."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from actions.action import Reads, Step
from actions.fields import Inputs
from coupontools.endpoint import Endpoint
from coupontools.errors import Garbled
from coupontools.paging import pages, stubborn

TRIES = 3


class Reading:
    """The API for reads: every endpoint that changes something is refused."""

    def __init__(self, api: Reads) -> None:
        self._api = api

    def call(self, endpoint: Endpoint, payload: Mapping[str, Any]) -> Any:
        """The answer of one read, asked for again if need be."""
        if not endpoint.reads:
            raise ValueError(f"A read may not call {endpoint.id}")
        return stubborn(self._api.call, TRIES)(endpoint, payload)

    def pages(self, endpoint: Endpoint, payload: Mapping[str, Any]) -> Iterator[Any]:
        """The answers of a paged read."""
        return pages(self.call, endpoint, payload)


def answer(step: Step[Any], asked: Inputs, api: Reads, at: datetime) -> Any:
    """What a read answers, whether it takes one call or several; raises `ApiError`."""
    if step.gather is None:
        return api.call(step.endpoint, step.payload(asked, {}))
    try:
        return step.gather(asked, Reading(api), at)
    except ValidationError as error:
        raise Garbled(f"An answer has another form ({error.title}).") from None
