"""The durable workflow: runs of one account, carried out one after the other."""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from threading import Event
from time import monotonic
from typing import ParamSpec, TypeVar

from dbos import DBOS
from sqlalchemy.exc import DBAPIError
from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_when_event_set,
    wait_exponential,
)

from actions.runner import Runner

TRIES, FIRST_WAIT = 8, 0.5
"""What the database did not let through is tried again, each time after twice as many seconds."""

P = ParamSpec("P")
R = TypeVar("R")


class Leaving(BaseException):
    """This process stops: the workflow goes on elsewhere. Not an error, so nothing records it."""


class AtWork:
    """DBOS wants its functions at import; what they work with comes at start."""

    def __init__(self, runner: Runner) -> None:
        self.runner, self.leaves = runner, Event()


present: list[AtWork] = []


@DBOS.workflow(name="carry_out")
def carry_out(*operations: str) -> None:
    """These, from READY until each of them rests.

    No step of the engine's: the effect ledger says what comes next, whoever begins it anew.
    """
    mine, round = present[-1], round_of(str(DBOS.workflow_id))
    in_turn(operations, lambda id: _carry(mine, id, round), mine.leaves.wait)


def in_turn(
    operations: Sequence[str], carry: Callable[[str], float | None], wait: Callable[[float], object]
) -> None:
    """One after the other; while one has to wait for some seconds, it is the turn of the next."""
    coming = [(0.0, place) for place in range(len(operations))]
    while coming:
        due, place = heappop(coming)
        wait(max(due - monotonic(), 0.0))
        if (pause := carry(operations[place])) is not None:
            heappush(coming, (monotonic() + pause, place))


def round_of(workflow: str) -> int:
    """How often what it carries had been handed over before."""
    return int(workflow.rpartition("/")[2])


def _carry(mine: AtWork, operation: str, round: int) -> float | None:
    """As far as it goes: the seconds that it has to wait, or None, when it rests."""
    try:
        while (pause := _patiently(mine, mine.runner.take, operation, round)) == 0:
            continue
    except Exception as error:
        if mine.leaves.is_set():
            raise Leaving from error
        words = type(error).__name__
        DBOS.logger.error(f"{operation} stumbled: {words}")
        _patiently(mine, mine.runner.give_up, operation, words)
        return None
    return pause


def _patiently(mine: AtWork, verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """A minute without the database is not the end of it."""
    if mine.leaves.is_set():
        raise Leaving
    tries = Retrying(
        retry=retry_if_exception_type(DBAPIError),
        stop=stop_after_attempt(TRIES) | stop_when_event_set(mine.leaves),
        wait=wait_exponential(FIRST_WAIT),
        sleep=sleep_using_event(mine.leaves),
        reraise=True,
    )
    return tries(verb, *args, **kwargs)
