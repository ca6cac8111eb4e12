"""What happens, for those who look from outside: figures, traces, and ids beside each log line."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import copy_context
from datetime import datetime
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from structlog.contextvars import bound_contextvars

from actions.runner import Runner
from bot.metrics import Metrics, Standing
from bot.tracing import NoSpans, Spans
from store.db import Store
from store.lifecycle import MOVED

P = ParamSpec("P")
R = TypeVar("R")


class Watching:
    """Figures and traces together; a `Watch` of the client among other things."""

    def __init__(self, spans: Spans | None = None) -> None:
        self.metrics, self.spans = Metrics(), spans or NoSpans()

    def look_at(self, store: Store, policy: Callable[[], str], now: Callable[[], datetime]) -> None:
        """From now on what comes on record there is counted, and how things stand is told."""
        store.on_commit.append(self._committed)
        self.metrics.registry.register(Standing(store, policy, now))

    def waiting(self) -> AbstractContextManager[None]:
        return self.metrics.waiting()

    @contextmanager
    def calling(self, endpoint: str) -> Iterator[None]:
        with self.spans.span(f"call {endpoint}", endpoint=endpoint), self.metrics.calling(endpoint):
            yield

    def _committed(self, info: Mapping[str, Any]) -> None:
        """A transaction is on record."""
        self.metrics.committed(info)
        for moved in info.get(MOVED, ()):
            self.spans.tell(moved)

    @contextmanager
    def about(self, what: str, **ids: str) -> Iterator[None]:
        """All that happens within is about these."""
        with ExitStack() as within:
            within.enter_context(bound_contextvars(**ids))
            within.enter_context(self.spans.span(what, **ids))
            yield

    def verbs(self, what: str, thing: object, *names: str) -> None:
        """From now on each call of these methods is such a stretch."""
        for name in names:
            setattr(thing, name, self._verb(f"{what}.{name}", getattr(thing, name)))

    def _verb(self, title: str, method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def watched(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.about(title, **_ids(args)):
                return method(*args, **kwargs)

        return watched


class WatchedRunner(Runner):
    """Says of which operation everything is that happens while it is carried out."""

    watching: Watching

    def take(self, id: str, round: int | None = None) -> float | None:
        with self.watching.about("operation.take", **_ids((id,))):
            return super().take(id, round)

    def give_up(self, id: str, error: str) -> None:
        with self.watching.about("operation.give_up", **_ids((id,))):
            super().give_up(id, error)


class Threads(ThreadPoolExecutor):
    """Threads that know on whose behalf they work, and how much is still to be done."""

    def __init__(self, size: int, name: str) -> None:
        super().__init__(size, name)
        self.at_work, self._change = 0, Lock()

    def submit(self, work: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        self._count(1)
        future = super().submit(copy_context().run, work, *args, **kwargs)
        future.add_done_callback(lambda _: self._count(-1))
        return future

    def _count(self, change: int) -> None:
        with self._change:
            self.at_work += change


def _ids(given: tuple[Any, ...]) -> dict[str, str]:
    """The id that a method is called with: of a request, or of one of its runs."""
    first = given[0] if given else ""
    if not isinstance(first, str) or not first.startswith("req_"):
        return {}
    request, dot, _ = first.partition(".")
    return {"request": request, "operation": first} if dot else {"request": request}
