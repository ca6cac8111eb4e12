"""The command line in this process: starting one for each command takes too long."""

from collections.abc import Mapping

import structlog
from typer.testing import CliRunner, Result

from bot.cli import app


def vouchdesk(settings: Mapping[str, str], *words: str) -> Result:
    """What it prints, and how it exits, under these settings."""
    try:
        return CliRunner().invoke(app, words, env=settings)
    finally:
        structlog.reset_defaults()
