"""The calendar at the command line: a table, JSON, or a file for other calendars."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from actions.catalog import CATALOG
from bot.calendar_file import DAYS, MOST, CalendarFiles
from bot.console import Json, office, out, refuse, show_json, trouble
from bot.ics import Run
from bot.lists import written
from bot.office import Office
from bot.people import at_the_console
from bot.stories import Stories
from bot.views.lines import about
from bot.views.times import clock_words, zone_of

FORTNIGHT = 14


def register(app: typer.Typer) -> None:
    """The command, beside the others."""
    app.command()(calendar)


def calendar(
    days: Annotated[
        int | None,
        typer.Option(min=1, max=366, help="How far ahead; 14, and 90 for a file, if left out."),
    ] = None,
    account: Annotated[str, typer.Option(help="Only of this account.")] = "",
    ics: Annotated[Path | None, typer.Option(help="Write it to this file, as iCalendar.")] = None,
    actor: Annotated[str, typer.Option("--as", help="Who takes the file.")] = "operator",
    as_json: Json = False,
) -> None:
    """What comes, series run by run: the same as `/coupon-schedule`."""
    with trouble(), office() as at_work:
        stories = Stories(at_work.store, CATALOG, at_work.vault, at_work.now)
        files = CalendarFiles(at_work.store, stories, at_the_console, at_work.now)
        if ics is not None:
            _save(files, ics, days or DAYS, account, actor, as_json)
            return
        entries = files.entries(account, days or FORTNIGHT)
        runs = files.runs(entries[:MOST])
        if as_json:
            show_json([_told(run) for run in runs])
            return
        _show(at_work, runs)
        if len(entries) > MOST:
            out.print(f"… and more: these are the first {MOST:,}. --days looks less far ahead.")


def _save(
    files: CalendarFiles, to: Path, days: int, account: str, actor: str, as_json: bool
) -> None:
    file = files(actor=actor, account=account, days=days, surface="cli")
    if file.is_cut:
        refuse(f"That is more than {MOST:,} runs. --days looks less far ahead.")
    count = written(file, to)
    if as_json:
        show_json({"runs": count, "file": str(to)})
    else:
        out.print(f"{count:,} runs in {to}", highlight=False, markup=False)


def _show(at_work: Office, runs: Iterable[Run]) -> None:
    zone = at_work.settings.vouchdesk_timezone
    table = Table(f"when ({zone_of(zone).key})", "what", "about", "state", "asked by", "request")
    for run in runs:
        request = run.story.request
        table.add_row(
            *(clock_words(run.at, zone), request.action, escape(about(run.story))),
            *(request.state, escape(request.actor), request.id),
        )
    out.print(table if table.row_count else "Nothing is planned.")


def _told(run: Run) -> dict[str, Any]:
    request = run.story.request
    return {
        "at": run.at.isoformat(),
        "request": request.id,
        "action": request.action,
        "about": about(run.story),
        "state": request.state,
        "reach": request.reach,
        "series": request.crontab or None,
        "zone": request.timezone,
        "account": request.account,
        "asked_by": request.actor,
    }
