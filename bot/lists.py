"""Whole lists as files of this machine, for the command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from actions.action import Risk
from actions.desk import Desk
from actions.errors import Declined
from actions.exporting import Exporting
from bot.files import Written


def save(
    desk: Desk, exporting: Exporting, name: str, raw: Mapping[str, Any], *, actor: str, file: Path
) -> int:
    """Read it to its end; says how many rows. What breaks off leaves no file behind."""
    action = desk.catalog[name]
    if action.risk is Risk.READ and action.rows is None:
        found = desk.read(name, raw, actor=actor, surface="cli").card.attachment
        if found is None:
            raise Declined(f"“{action.title}” gives no list that would need a file.")
    else:
        found = exporting(name, raw, actor=actor, surface="cli")
    return written(found, file)


def written(attachment: Written, file: Path) -> int:
    """Write it there as a whole or not at all; says how many rows."""
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as into:
            rows = attachment.write(into)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return rows
