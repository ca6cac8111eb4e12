"""Whoever wants to know of calls, how long they take and what comes of them."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Watch(Protocol):
    """Around each call; it sees the error that the call raises, and nothing of what is said."""

    def waiting(self) -> AbstractContextManager[None]:
        """Until the pace of the account lets the call through."""

    def calling(self, endpoint: str) -> AbstractContextManager[None]:
        """From the first byte sent until the answer is read."""


class Unwatched:
    """Nobody does."""

    def waiting(self) -> AbstractContextManager[None]:
        return nullcontext()

    def calling(self, endpoint: str) -> AbstractContextManager[None]:  # noqa: ARG002  a Watch
        return nullcontext()


UNWATCHED = Unwatched()
