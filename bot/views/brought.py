"""What a run has brought, for those who may have it: buttons on the card of its request."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from actions.batches import makes_codes
from bot.views.blocks import button
from bot.views.story import MOVING, Story

NAMED = 5
SEND_FILE, HOW_USED = "Send me the file", "How are they used?"


def secret_buttons(story: Story) -> list[Block]:
    """What the answer holds for one pair of eyes, until they have seen it."""
    return [
        ActionsBlock(block_id=f"secret:{id}"[:255], elements=[button("reveal", "Show it once", id)])
        for id in story.unseen[:NAMED]
    ]


def _usage(story: Story, id: str) -> list[ButtonElement]:
    """Of codes it can be counted how they are used."""
    codes = makes_codes(story.action.inputs)
    return [button("count_used", HOW_USED, id)] if codes else []


def file_buttons(story: Story) -> list[Block]:
    """The codes of a batch, for whoever may have them, while they are kept."""
    resting = [run.id for run in story.operations if run.state not in MOVING]
    return [
        ActionsBlock(
            block_id=f"file:{id}"[:255],
            elements=[button("send_file", SEND_FILE, id), *_usage(story, id)],
        )
        for id in story.kept[:NAMED]
        if id in resting
    ]
