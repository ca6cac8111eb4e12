"""`vouchdesk follow`: how far a request is, as a bar on a terminal, else as lines."""

import time
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from actions.catalog import CATALOG
from bot.console import office, out, refuse, trouble
from bot.office import Office
from bot.progressing import far
from bot.views.batch import Far
from store import queries
from store.queries import OPEN
from store.tables import Operation, Progress as State, Request

PAUSE = 0.5
"""Seconds between two looks."""
MOVING = (State.READY, State.RUNNING)
Seen = tuple[Request, Operation | None]


def register(app: typer.Typer) -> None:
    """The command, beside the others."""
    app.command()(follow)


def follow(
    id: Annotated[str, typer.Argument(help="A request, as `ask` has said.")],
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Say where it stands, once.")] = False,
) -> None:
    """Watch a request until it rests. A running bot carries it out; Ctrl-C ends only this."""
    with trouble(), office() as at_work:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(
            *columns, TimeRemainingColumn(), console=out, disable=not out.is_terminal
        ) as bar:
            task = bar.add_task(id, total=None)
            last, said = _look(at_work, id), ""
            for seen in _looks(at_work, id, once=no_wait):
                last = seen
                words, there = _words(at_work, seen)
                if there:
                    bar.update(task, total=there.asked, completed=there.came)
                bar.update(task, description=words)
                if words != said and not out.is_terminal:
                    out.print(words, highlight=False, markup=False, soft_wrap=True)
                said = words
        if out.is_terminal:
            out.print(said, highlight=False, markup=False, soft_wrap=True)
        _end(last, no_wait)


def _looks(at_work: Office, id: str, *, once: bool) -> Iterator[Seen]:
    while True:
        seen = _look(at_work, id)
        yield seen
        if once or _rests(*seen):
            return
        time.sleep(PAUSE)


def _look(at_work: Office, id: str) -> Seen:
    with at_work.store.look() as tx:
        request = queries.request_seen(tx, id)
        if request is None:
            refuse(f"There is nothing on record as {id}.")
        return request, next(iter(queries.operations_of(tx, id, most=1)), None)


def _rests(request: Request, run: Operation | None) -> bool:
    """Whether nothing more comes of it by itself; a series rests between its runs."""
    if run is None:
        return request.state not in OPEN
    return run.state not in MOVING


def _words(at_work: Office, seen: Seen) -> tuple[str, Far | None]:
    request, run = seen
    if run is None:
        return f"{request.id}: {request.state}", None
    is_long = run.action in CATALOG and CATALOG[run.action].is_long
    now = at_work.now()
    there = far(at_work.store, CATALOG, at_work.vault, run, now) if is_long else None
    part = f", part {there.part} of {there.parts}" if there and there.parts > 1 else ""
    count = f", {there.came:,} of {there.asked:,}" if there else ""
    return f"{request.id}: {run.state}{part}{count}", there


def _end(seen: Seen, no_wait: bool) -> None:
    """Done is 0; what rests otherwise is 1, with the reason."""
    request, run = seen
    state = run.state if run else request.state
    if state is State.DONE or (no_wait and not _rests(*seen)):
        return
    refuse((run.problem if run else request.problem) or f"It is {state}.")
