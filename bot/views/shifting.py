"""The modal in which a run is moved to another moment."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import DateTimePickerElement, InputBlock
from slack_sdk.models.views import View

from bot.views.blocks import context, plain, section
from bot.views.kinds import VALUE
from bot.views.story import Story
from bot.views.text import escape
from bot.views.times import moment

SHIFT = "shift"
AGAIN = "The time is part of what people agree to: whoever has to agree is asked again."
ALONE = (
    "Only this run: the series goes on without it, as it was agreed to. "
    "What you move is asked for by itself."
)


def shift_view(story: Story, due: datetime | None, metadata: Mapping[str, Any]) -> View:
    """What is moved, from when, and what that means."""
    name, zone = escape(story.action.title, 60), story.request.timezone
    preview = f"\n{escape(story.request.preview, 600)}" if story.request.preview else ""
    then = f" · due {moment(due, zone)}" if due else ""
    picked = DateTimePickerElement(action_id=VALUE)
    return View(
        type="modal",
        callback_id=SHIFT,
        title=plain("Shift", 24),
        submit="Shift",
        close="Cancel",
        private_metadata=json.dumps(dict(metadata)),
        blocks=[
            section(f"*{name}*{then}{preview}"),
            InputBlock(
                block_id="when_at", label="To", hint="In your own time zone.", element=picked
            ),
            context(ALONE if story.request.crontab else AGAIN),
        ],
    )
