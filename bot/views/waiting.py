"""The list of what waits for somebody: each as its card shows it, decided in place."""

import json
from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock
from slack_sdk.models.views import View

from bot.views.blocks import button, context, section
from bot.views.request import request_card
from bot.views.story import Story
from bot.views.text import counted, escape

QUEUE = "queue"
EACH = 4
"""Cards on a page: a modal holds a hundred blocks."""
KEPT = 100
"""Places that are remembered: they have to fit beside the rest into a view's own notes."""
EMPTY = "Nothing waits for you."


def queue_view(stories: Sequence[Story], page: int = 0, note: str = "") -> View:
    """One page of it; `note` says what became of what was pressed last."""
    last = max(0, (len(stories) - 1) // EACH)
    page = max(0, min(page, last))
    blocks: list[Block] = [section(f":warning: {escape(note, 1_000)}")] if note else []
    if not stories:
        blocks.append(section(f":white_check_mark: {EMPTY}"))
    elif last:
        start = page * EACH
        until = min(start + EACH, len(stories))
        blocks.append(context(f"{start + 1}–{until} of {counted(len(stories), 'request')}"))
    for story in stories[page * EACH : (page + 1) * EACH]:
        blocks += [*request_card(story, for_approvers=True).blocks, DividerBlock()]
    if last:
        blocks.append(ActionsBlock(block_id="turn", elements=_turns(page, last)))
    return View(
        type="modal",
        callback_id=QUEUE,
        title="Waiting for you",
        close="Close",
        private_metadata=json.dumps({"page": page, "kept": ids(stories)}),
        blocks=blocks,
    )


def ids(stories: Sequence[Story]) -> list[str]:
    """Of those that are listed, for a list that is drawn again: each keeps its place."""
    return [story.request.id for story in stories[:KEPT]]


def _turns(page: int, last: int) -> list[ButtonElement]:
    turns: list[ButtonElement] = []
    if page > 0:
        turns.append(button("queue:back", "Back", str(page - 1)))
    if page < last:
        turns.append(button("queue:next", "Next", str(page + 1)))
    return turns
