"""The command line: serve, demo, catalog, ask, decide, schedules, policy, audit, doctor, db …"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from actions.action import AnyAction
from actions.announced import is_read_now
from actions.catalog import CATALOG
from actions.errors import UnknownThing
from actions.origins import Answer
from bot import (
    audit_commands,
    calendar_commands,
    deciding_commands,
    erasing_commands,
    following,
    hook_commands,
    policy_commands,
    record_commands,
    schedule_commands,
)
from bot.console import Json, office, out, pairs, refuse, show_json, trouble
from bot.db_commands import db
from bot.doctor import examine, live as examine_live
from bot.explain import of_action, surfaces
from bot.lists import save
from bot.office import console_desk
from bot.serve import serve as run_server
from bot.settings import Settings
from bot.stories import Stories
from bot.views.outlook import next_lines, next_title, warnings
from bot.why import Whys, link_of
from schedules.foresight import Outlook
from schedules.planning import plan
from store.secrets import Vault

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="A Coupontools account in Slack."
)
audit = typer.Typer(no_args_is_help=True, help="The record of who did what.")
audit_commands.register(audit)
app.add_typer(audit, name="audit")
record_commands.register(audit)
app.add_typer(db, name="db")
app.add_typer(hook_commands.commands, name="webhooks")
app.add_typer(policy_commands.commands, name="policy")
deciding_commands.register(app)
calendar_commands.register(app)
schedule_commands.register(app)
following.register(app)
erasing_commands.register(app)


@app.command()
def serve(
    http: Annotated[str | None, typer.Option(help="HOST:PORT; 127.0.0.1:3000 if left out.")] = None,
    socket: Annotated[bool, typer.Option("--socket", help="Connect by Socket Mode.")] = False,
) -> None:
    """Run the bot. Refuses to start half configured, and says what is missing."""
    with trouble():
        run_server(Settings(), http, socket)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Of the workspace page.")] = 8765,
    check: Annotated[bool, typer.Option("--check", help="Play the main job through.")] = False,
) -> None:
    """A Slack and a Coupontools on this machine, the bot between them, and a page to use it."""
    from bot.demo import demo as run_demo  # both sandboxes: no other command needs them

    with trouble():
        raise typer.Exit(run_demo(port, check=check, out=out))


@app.command()
def catalog(as_json: Json = False) -> None:
    """Every action: name, risk, endpoints, surfaces."""
    rows = [_entry(action) for action in CATALOG.values()]
    if as_json:
        show_json(rows)
        return
    table = Table("name", "title", "risk", "endpoints", "proven")
    for row in rows:
        proven = "yes" if row["proven"] else "inferred"
        table.add_row(row["name"], row["title"], row["risk"], ", ".join(row["endpoints"]), proven)
    out.print(table)


@app.command()
def ask(
    name: str,
    given: Annotated[list[str] | None, typer.Option("--input", help="KEY=VALUE")] = None,
    at: Annotated[str, typer.Option(help="A moment, ISO 8601.")] = "",
    zone: Annotated[str, typer.Option(help="The zone of --at and --cron.")] = "",
    cron: Annotated[str, typer.Option(help="Minute hour day month weekday.")] = "",
    until: Annotated[str, typer.Option(help="The last day of --cron: 2026-12-24.")] = "",
    runs: Annotated[str, typer.Option(help="How often --cron runs at the most.")] = "",
    csv: Annotated[Path | None, typer.Option(help="A whole list into this file.")] = None,
    actor: Annotated[str, typer.Option("--as", help="Who asks.")] = "operator",
    as_json: Json = False,
) -> None:
    """Ask for an action: the same checks, approvals and record as in Slack."""
    with trouble(), office() as at_work:
        desk, raw = console_desk(at_work), pairs(given or [])
        if csv is not None:
            if at or cron:
                raise typer.BadParameter("--csv reads now: leave --at and --cron out")
            lists = at_work.exporting(desk)
            show_saved(save(desk, lists, name, raw, actor=actor, file=csv), csv, as_json)
            return
        if not (at or cron) and is_read_now(CATALOG[name], raw):
            answer = at_work.origins(desk).read(desk, name, raw, actor=actor, surface="cli")
            show_read(*answered(answer), as_json)
            return
        said = {"at": at, "crontab": cron, "timezone": zone or at_work.settings.vouchdesk_timezone}
        when = plan(said | {"until": until, "runs": runs}, at_work.now())
        account, person = desk.account(), desk.person(actor)
        found = at_work.foresight(name, raw, when, account, person)
        request = desk.ask(name, raw, actor=actor, when=when, surface="cli")
        if as_json:
            state = {"state": request.state, "quorum": request.quorum}
            show_json({"request": request.id, **state, **ahead(found)})
        else:
            show_ahead(found)
            out.print(f"On record as {request.id}; approvals needed: {request.quorum}.")
            out.print(f"A running bot takes it on. To watch it: vouchdesk follow {request.id}")


@app.command()
def explain(what: Annotated[str, typer.Argument(help="An action, or an id.")]) -> None:
    """An action: everything derived from it. A request, run or line: its whole story."""
    with trouble():
        if what in CATALOG:
            show_lines(of_action(CATALOG[what]))
            return
        with office() as at_work:
            stories = Stories(at_work.store, CATALOG, at_work.vault, at_work.now)
            try:
                lines = list(Whys(at_work.store, stories, link_of(at_work.settings))(what))
            except UnknownThing:
                refuse(f"Neither an action nor anything on record: {what}")
        show_lines(lines)


@app.command()
def doctor(
    live: Annotated[bool, typer.Option("--live", help="Call every read endpoint.")] = False,
    new_key: Annotated[bool, typer.Option("--new-key", help="Make a secret key.")] = False,
    as_json: Json = False,
) -> None:
    """Settings, database, Slack, account: what is set, what answers, what is missing."""
    if new_key:
        out.print(Vault.new_key(), highlight=False)
        return
    with trouble():
        given = Settings()
        settings = list(given.shown())
        with office(given.model_copy(update={"vouchdesk_policy": None})) as at_work:
            found = [*examine(at_work, given), *(examine_live(at_work) if live else ())]
    if as_json:
        show_json(
            {
                "settings": {name: value for name, value, _ in settings},
                "findings": [vars(finding) for finding in found],
            }
        )
    else:
        table = Table("setting", "value", "meaning")
        for setting in settings:
            table.add_row(*setting)
        out.print(table)
        marks = {True: "[green]ok[/]", False: "[red]no[/]", None: "  "}
        for finding in found:
            out.print(
                f"{marks[finding.ok]} {finding.what}: {finding.words}",
                highlight=False,
                soft_wrap=True,
            )
    if any(finding.ok is False for finding in found):
        raise typer.Exit(1)


def answered(answer: Answer) -> tuple[dict[str, Any], str]:
    """What was read, and the line above it; with the batch that a code is from."""
    batch = answer.origin
    if batch is None:
        return dict(answer.output), answer.card.text
    words = f"{answer.card.text}\nFrom {batch.words}. Its story: vouchdesk explain {batch.request}"
    return {**answer.output, "batch": {**vars(batch), "at": batch.at.isoformat()}}, words


def ahead(found: Outlook) -> dict[str, Any]:
    """The next moments and the warnings, for scripts."""
    moments = [coming.at.isoformat() for coming in found.coming]
    return {"next": moments, "warnings": [*warnings(found)]}


def show_ahead(found: Outlook) -> None:
    if found.coming:
        out.print(f"{next_title(found)}:", highlight=False)
    for words in next_lines(found):
        out.print(f"  {words}", highlight=False, soft_wrap=True, markup=False)
    for words in warnings(found):
        out.print(f"Note: {words}.", highlight=False, soft_wrap=True, markup=False)


def show_lines(lines: Iterable[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2))
    for title, words in lines:
        table.add_row(f"[bold]{escape(title)}[/]", escape(words))
    out.print(table)


def show_saved(rows: int, file: Path, as_json: bool) -> None:
    if as_json:
        show_json({"rows": rows, "file": str(file)})
    else:
        out.print(f"{rows:,} rows in {file}", highlight=False, markup=False)


def show_read(output: Any, words: str, as_json: bool) -> None:
    if as_json:
        show_json(output)
    else:
        out.print(words, highlight=False, markup=False, soft_wrap=True)
        out.print_json(data=output)


def _entry(action: AnyAction) -> dict[str, Any]:
    return {
        "name": action.name,
        "area": action.area,
        "title": action.title,
        "risk": action.risk,
        "endpoints": [step.endpoint.id for step in action.steps],
        "surfaces": surfaces(action),
        "proven": action.proven,
    }


def main() -> None:
    app()
