"""Erasing one person's private inputs, at the command line."""

from typing import Annotated

import typer

from actions.rules import OPERATOR
from bot.console import Json, office, out, show_json, trouble


def register(app: typer.Typer) -> None:
    """The command, beside the others."""
    app.command()(erase)


def erase(
    because: Annotated[str, typer.Option(help="Such as the number of their request.")],
    value: Annotated[
        str, typer.Option(prompt="E-mail address or phone number", help="Asked for if left out.")
    ],
    actor: Annotated[str, typer.Option("--as", help="Who erases.")] = OPERATOR,
    as_json: Json = False,
) -> None:
    """Remove what is private of one person from requests, runs, answers and forms. For good."""
    with trouble(), office() as at_work:
        erased = at_work.erasing(value, actor=actor, reason=because)
        if as_json:
            show_json(vars(erased))
        else:
            out.print(f"Erased. {erased.words}", highlight=False, markup=False)
