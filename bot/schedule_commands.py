"""`vouchdesk schedules`: what is planned, agreed to or not, and when it runs next."""

from typing import Any

import typer
from rich.table import Table

from actions.catalog import CATALOG
from bot.console import Json, office, out, show_json, trouble
from bot.office import Office
from bot.views.outlook import warnings
from bot.views.times import clock_words, end_words, series_words
from schedules.foresight import Outlook, of_request
from store.queries import surfaces
from store.tables import Request


def register(app: typer.Typer) -> None:
    """The command, beside the others."""
    app.command()(schedules)


def schedules(as_json: Json = False) -> None:
    """What is to come: what waits for its moment, and what runs again and again."""
    with trouble(), office() as at_work:
        found = planned(at_work)
    if as_json:
        show_json([_entry(*each) for each in found])
        return
    table = Table("request", "what", "when", "next", "state", "asked by")
    notes = []
    for request, outlook in found:
        coming = outlook.coming
        then = f"{clock_words(coming[0].at, outlook.zone)} {outlook.zone}" if coming else "–"
        name = CATALOG[request.action].title if request.action in CATALOG else request.action
        table.add_row(request.id, name, _when(request), then, request.state, request.actor)
        notes += [f"{request.id}: {words}." for words in warnings(outlook)]
    out.print(table if found else "Nothing is scheduled.")
    for note in notes:
        out.print(note, highlight=False, soft_wrap=True, markup=False)


def planned(at_work: Office) -> list[tuple[Request, Outlook]]:
    """Each with what comes of it, soonest first; what is stopped comes last."""
    with at_work.store.look() as tx:
        requests = surfaces.requests_planned(tx)
        found = [(request, of_request(tx, request, at_work.now())) for request in requests]
    never = max((o.coming[0].at for _, o in found if o.coming), default=at_work.now())
    return sorted(found, key=lambda each: each[1].coming[0].at if each[1].coming else never)


def _when(request: Request) -> str:
    if not request.crontab:
        return "once"
    return series_words(request.crontab) + end_words(request.until, request.runs)


def _entry(request: Request, outlook: Outlook) -> dict[str, Any]:
    return {
        "request": request.id,
        "version": request.version,
        "action": request.action,
        "actor": request.actor,
        "account": request.account,
        "state": request.state,
        "crontab": request.crontab,
        "zone": request.timezone,
        "until": request.until.isoformat() if request.until else None,
        "runs": request.runs,
        "made": request.made,
        "next": [coming.at.isoformat() for coming in outlook.coming],
        "warnings": [*warnings(outlook)],
        "problem": request.problem,
    }
