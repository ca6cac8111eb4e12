"""What every command needs: the office, words on stderr when something is in the way, JSON."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import DBAPIError

from bot.errors import OURS, explain as in_words
from bot.logs import to_stderr
from bot.office import Office, open_office
from bot.settings import Settings
from store.lifecycle import TooLate

out, err = Console(), Console(stderr=True)
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@contextmanager
def office(settings: Settings | None = None) -> Iterator[Office]:
    """Store, keys and clients from the settings."""
    opened = open_office(settings or Settings())
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def trouble() -> Iterator[None]:
    """What is foreseen ends in words on stderr and exit code 1."""
    to_stderr()
    try:
        yield
    except ValidationError as error:
        faults = [f"{str(f['loc'][0]).upper()}: {f['msg']}" for f in error.errors()]
        refuse("Settings: " + "; ".join(faults))
    except (*OURS, TooLate, DBAPIError) as error:
        refuse(in_words(error))
    except (ValueError, OSError) as error:
        refuse(str(error))


def refuse(words: str) -> NoReturn:
    err.print(words, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1)


def show_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def pairs(given: list[str]) -> dict[str, str]:
    """What `--input KEY=VALUE` says."""
    found = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"{pair} is not KEY=VALUE")
        found[key] = value
    return found
