"""The modals of decisions that take words."""

import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock, PlainTextInputElement
from slack_sdk.models.views import View

from actions.action import Risk
from bot.views.blocks import context, plain, section
from bot.views.kinds import VALUE
from bot.views.request import in_short
from bot.views.story import Story
from bot.views.text import escape

LONGEST = 1_000


def approve_view(story: Story, metadata: Mapping[str, Any]) -> View:
    """A yes with a comment; for a blast, the approver types how many people it reaches."""
    request, blocks = story.request, list[Block]()
    blocks.append(section(f"*{escape(story.action.title, 60)}*\n{escape(request.preview, 600)}"))
    blocks.append(section(in_short(story)))
    if story.action.risk is Risk.BLAST:
        people = "unknown" if request.reach is None else f"{request.reach:,}"
        label = "How many people does it reach?"
        blocks.append(section(f":warning: It reaches *{people}* and cannot be recalled."))
        blocks.append(_words("reached", label, f"Type {people}, so that we know you read it.", 20))
    blocks.append(_words("comment", "Comment", "Goes into the thread.", LONGEST, optional=True))
    return _modal("approve", "Approve", "Approve", blocks, metadata)


def refuse_view(metadata: Mapping[str, Any]) -> View:
    """A refusal says why."""
    reason = _words("reason", "Why?", "The person who asked reads this.", LONGEST)
    return _modal("refuse", "Refuse", "Refuse", [reason], metadata)


def question_view(metadata: Mapping[str, Any]) -> View:
    """Something is not clear yet."""
    asked = _words("question", "What would you like to know?", "Goes into the thread.", LONGEST)
    return _modal("question", "Ask", "Ask", [asked], metadata)


def break_glass_view(story: Story, metadata: Mapping[str, Any]) -> View:
    """Going alone has its price: every approver reads why."""
    words = (
        f":rotating_light: *{escape(story.action.title, 60)}*\n{escape(story.request.preview, 600)}"
    )
    blocks = [
        section(words),
        context("It goes without approval. Every approver is told at once; it is on record."),
        _words("reason", "Why can it not wait?", "At least 10 characters.", LONGEST),
    ]
    return _modal("break_glass", "Break the glass", "Go alone", blocks, metadata)


def _words(name: str, label: str, hint: str, most: int, *, optional: bool = False) -> InputBlock:
    many = most >= LONGEST
    return InputBlock(
        block_id=name,
        label=label,
        hint=plain(hint, 150),
        optional=optional,
        element=PlainTextInputElement(action_id=VALUE, multiline=many, max_length=most),
    )


def _modal(
    callback: str, title: str, submit: str, blocks: list[Block], metadata: Mapping[str, Any]
) -> View:
    return View(
        type="modal",
        callback_id=callback,
        title=title,
        submit=submit,
        close="Cancel",
        private_metadata=json.dumps(dict(metadata)),
        blocks=blocks,
    )
