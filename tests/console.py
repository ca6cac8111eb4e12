"""The command line in this process: starting one for each command takes too long."""

from collections.abc import Mapping

import structlog
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.console import out
from bot.settings import Settings

UNSET = {name.upper(): None for name in Settings.model_fields}


def vouchdesk(settings: Mapping[str, str], *words: str) -> Result:
    """What it prints, and how it exits, under these settings and no others."""
    out.width = 200
    try:
        return CliRunner().invoke(app, words, env={**UNSET, **settings})
    finally:
        structlog.reset_defaults()
