"""The record at the command line: found, taken along as files or as a stream, and compared."""

import json
import sys
import time
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import typer
from rich.markup import escape
from rich.table import Table

from actions.rules import OPERATOR
from bot.audit_commands import write_chain
from bot.console import Json, err, office, out, refuse, show_json, trouble
from bot.filters import looked_back, told, wanted
from bot.lists import written
from bot.ocsf import event
from bot.office import Office
from bot.record_files import RecordFiles, as_json
from bot.streaming import Sink, Stream
from store.kinds import Kind
from store.lifecycle import note
from store.queries import record
from store.tables import AuditEntry

CLI = "cli"
LONGEST_PAUSE = 60.0


class As(StrEnum):
    """What lines look like in a file."""

    CSV = "csv"
    JSONL = "jsonl"
    OCSF = "ocsf"


class Streamed(StrEnum):
    """And in a stream."""

    JSONL = "jsonl"
    OCSF = "ocsf"


Person = Annotated[str, typer.Option(help="Who did it: a Slack id, or a name of ours.")]
Action = Annotated[str, typer.Option(help="Such as campaign.push_all.")]
Campaign = Annotated[str, typer.Option(help="cam_…; of lines that are about a single one.")]
Account = Annotated[str, typer.Option(help="By its name.")]
RequestId = Annotated[str, typer.Option("--request", help="req_…, or one of its runs.")]
Outcome = Annotated[str, typer.Option("--outcome", "--kind", help="done, failed, declined …")]
Since = Annotated[str, typer.Option(help="7d, 2026-11-01 or 2026-11-01T09:00, UTC.")]
Until = Annotated[str, typer.Option(help="The same; a day is in it.")]
Words = Annotated[str, typer.Option("--text", help="What was said with it, in any case.")]
Who = Annotated[str, typer.Option("--as", help="Who takes them along.")]


def register(audit: typer.Typer) -> None:
    """The commands, beside those of the chain."""
    for command in (search, export, stream, complete):
        audit.command()(command)


def search(
    person: Person = "",
    action: Action = "",
    campaign: Campaign = "",
    account: Account = "",
    request: RequestId = "",
    kind: Outcome = "",
    since: Since = "",
    until: Until = "",
    text: Words = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Lines on a page.")] = 50,
    below: Annotated[int, typer.Option(help="Only lines before this one: the next page.")] = 0,
    as_json: Json = False,
) -> None:
    """Lines of the record that match all that is given, newest first."""
    given = locals()
    with trouble(), office() as at_work:
        asked = _wanted(at_work, given, below or None)
        with at_work.store.look() as tx:
            page = record.page(tx, asked, limit)
        if as_json:
            show_json([line.model_dump(mode="json") for line in page.lines])
        else:
            out.print(_table(page.lines) if page.lines else "Nothing on record matches.")
        if said := looked_back(page):
            err.print(said, highlight=False)
        if page.older is not None:
            err.print(f"There are elder ones: --below {page.older}", highlight=False)


def export(
    file: Annotated[Path, typer.Option("--out", help="The file to write.")],
    format: Annotated[As, typer.Option(help="What lines look like.")] = As.JSONL,
    person: Person = "",
    action: Action = "",
    campaign: Campaign = "",
    account: Account = "",
    request: RequestId = "",
    kind: Outcome = "",
    since: Since = "",
    until: Until = "",
    text: Words = "",
    actor: Who = "operator",
    as_json: Json = False,
) -> None:
    """Lines as a file, in order; it says itself by what they were found, and how many they are.

    All of it as JSON lines is the chain, into a new file: `vouchdesk audit verify` reads that.
    """
    given = locals()
    with trouble(), office() as at_work:
        asked = _wanted(at_work, given)
        if format is As.JSONL and asked == record.Wanted():
            _note_exported(at_work, "the whole chain", actor)
            count = write_chain(at_work, file)
        else:
            files = RecordFiles(at_work.store, at_work.now)
            count = written(files(asked, format.value, actor=actor, surface=CLI), file)
        if as_json:
            show_json({"file": str(file), "format": format, "lines": count, "filter": told(asked)})
        else:
            out.print(f"{count:,} lines in {file}", highlight=False, markup=False)


def stream(
    to: Annotated[str, typer.Option(help="A URL that takes POSTs; stdout if left out.")] = "",
    format: Annotated[Streamed, typer.Option(help="What lines look like.")] = Streamed.JSONL,
    name: Annotated[str, typer.Option(help="Of the bookmark; that of --to if left out.")] = "",
    once: Annotated[bool, typer.Option("--once", help="End when all are taken.")] = False,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 2.0,
) -> None:
    """Each line at least once, in order, as JSON lines; it goes on where the bookmark is."""
    with trouble(), office() as at_work:
        taker = Stream(at_work.store, name or _named(to), at_work.now)
        _note_begun(at_work, _named(to), taker.after)
        sink, pause = _sink(at_work, to, format), every
        while True:
            try:
                count, pause = taker.take(sink), every
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if once:
                    refuse(f"It was not taken ({_why(error)}); the bookmark stays.")
                err.print(f"It was not taken ({_why(error)}); it comes again.", highlight=False)
                count, pause = 0, min(pause * 2, LONGEST_PAUSE)
            if not count:
                if once:
                    return
                time.sleep(pause)


def complete(as_json: Json = False) -> None:
    """Compare ledger, record and what Coupontools lists, now; 1 if they do not agree."""
    with trouble(), office() as at_work:
        found = at_work.completeness.check(actor=OPERATOR)
        if as_json:
            gaps = [vars(gap) for gap in found.gaps]
            show_json({"compared": found.compared, "gaps": gaps})
        else:
            out.print(f"{found.compared}; gaps: {len(found.gaps):,}", highlight=False)
            for gap in found.gaps:
                out.print(f"  {gap.words}", highlight=False, markup=False, soft_wrap=True)
    if found.gaps:
        raise typer.Exit(1)


def _wanted(at_work: Office, given: dict[str, Any], below: int | None = None) -> record.Wanted:
    names = ("person", "action", "campaign", "account", "request", "text", "since", "until")
    said = {name: given[name] for name in names} | {"outcome": given["kind"]}
    found = wanted(said, at_work.now(), "UTC")
    return record.Wanted(**{**vars(found), "below": below})


def _table(lines: Sequence[AuditEntry]) -> Table:
    table = Table("line", "at (UTC)", "who", "what", "action", "request", "because")
    for line in lines:
        about = line.operation or line.request or ""
        when = f"{line.at:%Y-%m-%d %H:%M:%S}"
        said = (line.actor, line.kind, line.action, about, line.because)
        table.add_row(str(line.seq), when, *map(escape, said))
    return table


def _named(to: str) -> str:
    """Of a sink: what is secret in an address is no part of it."""
    parts = urlsplit(to)
    return f"{parts.scheme}://{parts.hostname}{parts.path}" if to else "stdout"


def _why(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return type(error).__name__


def _note_begun(at_work: Office, to: str, after: int) -> None:
    _note_exported(at_work, f"a stream to {to} from line {after + 1:,} on", OPERATOR)


def _note_exported(at_work: Office, what: str, actor: str) -> None:
    words = f"the record: {what}"
    with at_work.store.begin() as tx:
        note(tx, Kind.EXPORTED, actor=actor, at=at_work.now(), because=words, surface=CLI)


def _sink(at_work: Office, to: str, format: Streamed) -> Sink:
    def text(lines: Sequence[AuditEntry]) -> str:
        as_event = format is Streamed.OCSF
        said = (json.dumps(event(line)) if as_event else as_json(line) for line in lines)
        return "".join(f"{each}\n" for each in said)

    def post(lines: Sequence[AuditEntry]) -> None:
        token = at_work.settings.vouchdesk_stream_token.get_secret_value()
        headers = {"Content-Type": "application/x-ndjson"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        at_work.http.post(to, content=text(lines), headers=headers).raise_for_status()

    def write(lines: Sequence[AuditEntry]) -> None:
        sys.stdout.write(text(lines))
        sys.stdout.flush()

    return post if to else write
