"""A sheet: which action, and its rows, pasted or uploaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import FileInputElement
from slack_sdk.models.views import View

from actions.action import AnyAction
from bot.views.blocks import context, plain, section
from bot.views.kinds import VALUE
from bot.views.text import escape

TITLE = "From a sheet"
CHOSEN = "sheet_action"
PASTED = 3_000
FILES = ["csv", "tsv", "txt"]


@dataclass(frozen=True)
class Handed:
    """What somebody handed in: the name of an action, and rows as text or as a file of Slack."""

    action: str
    pasted: str
    file: Mapping[str, Any]


def sheet_view(
    offered: Sequence[AnyAction],
    chosen: AnyAction | None,
    columns: Sequence[tuple[str, str, bool]],
) -> View:
    """The modal; `columns` are field, title and whether it is needed, of what is chosen."""
    options = [Option(value=each.name, text=plain(each.title, 75)) for each in offered]
    initial = [option for option in options if chosen and option.value == chosen.name]
    picker = StaticSelectElement(
        action_id=CHOSEN,
        placeholder="What shall be done with each row?",
        options=options,
        initial_option=initial[0] if initial else None,
    )
    pasted = PlainTextInputElement(action_id=VALUE, multiline=True, max_length=PASTED)
    return View(
        type="modal",
        callback_id="sheet",
        title=TITLE,
        submit="Check the rows",
        close="Cancel",
        blocks=[
            section("Every row is checked first. Nothing is asked for before you have seen that."),
            InputBlock(block_id="action", label="Action", dispatch_action=True, element=picker),
            *_columns(columns),
            InputBlock(
                block_id="pasted",
                label="Paste the rows",
                hint=f"The first line names the columns. Up to {PASTED:,} characters.",
                optional=True,
                element=pasted,
            ),
            InputBlock(
                block_id="file",
                label="Or upload them",
                hint="A CSV file, up to 5,000 rows and 1 MB.",
                optional=True,
                element=FileInputElement(action_id=VALUE, filetypes=FILES, max_files=1),
            ),
        ],
    )


def read_sheet(values: Mapping[str, Any]) -> Handed:
    """What was filled in, from `view.state.values`."""
    picked = values["action"][CHOSEN].get("selected_option") or {}
    files = values["file"][VALUE].get("files") or [{}]
    return Handed(
        picked.get("value", ""), str(values["pasted"][VALUE].get("value") or ""), files[0]
    )


def _columns(columns: Sequence[tuple[str, str, bool]]) -> list[Block]:
    if not columns:
        return []
    names = [f"`{name}`{'*' if required else ''}" for name, _, required in columns]
    words = f"Columns, those with * are needed: {', '.join(names)}"
    return [context(escape(words, 1_900))]
