"""The chain of the record, for an auditor: `vouchdesk audit verify`, `key`, and what it reads."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.console import Json, err, office, out, show_json, trouble
from bot.office import Office, utc_now
from store.chained import lines, verify_store
from store.checkpoints import Checkpoints
from store.ledger import NoChain, Verdict
from store.sealing import Sealing
from store.signing import PUBLIC, BadAuditKey, Public, Signer, Statement, Unreadable, publics, read
from store.verifying import verify as verify_lines

SAID = re.compile(r'\{"at":[^{}]*\}')
"""A checkpoint among whatever was copied with it."""

PublicKeys = Annotated[
    list[str] | None,
    typer.Option("--public-key", help=f"{PUBLIC}…; several, if keys were changed."),
]


def register(audit: typer.Typer) -> None:
    """Put these beside the search."""
    audit.command()(verify)
    audit.command()(key)


def verify(
    file: Annotated[Path | None, typer.Argument(help="An export; else the database.")] = None,
    checkpoints: Annotated[
        Path | None, typer.Option(help="What was posted to the audit channel, as copied.")
    ] = None,
    public_key: PublicKeys = None,
    as_json: Json = False,
) -> None:
    """Is the record as it was sealed? Names the first entry that is wrong.

    Exits with 0 if it is whole, with 1 if not, with 2 if it cannot be verified.
    """
    with trouble():
        with _usage():
            named = publics(public_key or ())
            posted = _posted(checkpoints) if checkpoints else []
        if file is not None:
            with _usage(), file.open("rb") as opened:
                verdict, waiting = verify_lines(opened, named, posted), 0
        else:
            with office() as at_work:
                keys = {**at_work.signer.publics, **named}
                verdict, waiting = verify_store(at_work.store, keys, posted, at=utc_now())
                named = keys
    if file is None:
        verdict = replace(verdict, line=0)
    _show(verdict, named, posted, waiting, as_json)
    if not verdict.is_whole:
        raise typer.Exit(1)


def write_chain(at_work: Office, to: Path) -> int:
    """All that is on record by now, sealed and signed at its end; how many lines that is."""
    store, count = at_work.store, 0
    Sealing(store).seal()
    Checkpoints(store, at_work.signer, at_work.now).sign_now()
    with store.snapshot() as tx, to.open("xb") as file:
        try:
            for line in lines(tx, at_work.signer, at_work.now()):
                count += file.write(line) > 0
        except BaseException:
            to.unlink()
            raise
    return count


def key() -> None:
    """Make a key for VOUCHDESK_AUDIT_KEY; the public half is for whoever verifies."""
    made = Signer.new_key()
    out.print(f"VOUCHDESK_AUDIT_KEY={made}", highlight=False, soft_wrap=True)
    out.print(f"Public key: {Signer([made]).public_keys[0]}", highlight=False, soft_wrap=True)


def _posted(file: Path) -> list[Statement]:
    """Every checkpoint and stub in the file; names and times around them do not matter."""
    try:
        found = [read(each) for each in SAID.findall(file.read_text())]
    except Unreadable:
        raise NoChain(f"A checkpoint in {file} is damaged: copy it again.") from None
    if not found:
        raise NoChain(f"There is no checkpoint in {file}.")
    return found


@contextmanager
def _usage() -> Iterator[None]:
    """What cannot be verified at all is wrong usage."""
    try:
        yield
    except (NoChain, BadAuditKey, OSError, UnicodeDecodeError) as error:
        _misused(str(error))


def _misused(words: str) -> NoReturn:
    err.print(words, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(2)


def _show(
    verdict: Verdict,
    keys: dict[str, Public],
    posted: Sequence[Statement],
    waiting: int,
    as_json: bool,
) -> None:
    notes = [*_notes(verdict, bool(keys), len(posted), waiting)]
    if as_json:
        show_json(
            {
                "whole": verdict.is_whole,
                "fault": verdict.fault,
                "entry": None if verdict.is_whole else verdict.number,
                "words": verdict.words,
                "line": verdict.line or None,
                "first": verdict.first,
                "last": verdict.number if verdict.is_whole else None,
                "signed_statements": verdict.matched,
                "covered": verdict.covered,
                "unsealed": waiting,
                "notes": notes,
            }
        )
        return
    words = "Whole: " if verdict.is_whole else f"Not whole ({verdict.fault}): "
    style = "green" if verdict.is_whole else "red"
    out.print(f"{words}{verdict.words}.", style=style, highlight=False, soft_wrap=True)
    for note in notes:
        out.print(f"  {note}", highlight=False, soft_wrap=True)


def _notes(verdict: Verdict, has_key: bool, posted: int, waiting: int) -> Iterator[str]:
    """What it is worth, and what it does not say."""
    if not verdict.is_whole:
        where = f"It is line {verdict.line:,} of the file. " if verdict.line else ""
        yield f"{where}What comes after it was not looked at."
        return
    if verdict.first > 1:
        yield f"It begins at entry {verdict.first:,}: what was before it is removed, by a stub."
    yield f"{verdict.matched:,} signed statements fit, {posted:,} of them given with --checkpoints."
    if after := verdict.number - verdict.covered:
        yield f"The last {after:,} entries are spoken of by none: the next checkpoint will."
    if not has_key:
        yield "No public key was named: whoever can write could have signed all of it anew."
    if waiting:
        yield f"{waiting:,} entries are not sealed yet; a running bot does it within a second."
