"""What stands in a channel that is told results, and what its asker is told when it cannot be."""

from slack_sdk.models.blocks import Block

from bot.views.blocks import Message, context, section
from bot.views.story import Story
from bot.views.text import escape
from bot.views.times import clock_words, end_words, series_words
from store.tables import Request

INVITE = (
    "I cannot write there. Invite me (`/invite @Vouchdesk`), and the next one comes there, too."
)


def begun(story: Story, name: str) -> Message:
    """Who has asked for what to come here, how often, and when first."""
    request = story.request
    title, who = escape(story.action.title, 60), escape(name, 60)
    often = series_words(request.crontab) + end_words(request.until, request.runs)
    first = clock_words(request.next_at, request.timezone) if request.next_at else ""
    words = f"*{title}* comes here from now on, as {who} has asked: {often}"
    blocks: list[Block] = [section(f":bar_chart: {words}, {request.timezone}.")]
    if first:
        blocks.append(context(f"First on {first} · `{request.id}`"))
    return Message(f"{title} comes here from now on, as {who} has asked", blocks)


def asked_by(request: Request, name: str) -> str:
    """Under a result: who wanted it here, in mrkdwn."""
    return f"Asked for by {escape(name, 60)} · `{request.id}`"


def closed(channel: str, why: str = "") -> Message:
    """Why a channel is not told."""
    words = f":warning: It is not posted in <#{channel}>. {why or INVITE}"
    return Message(words, [section(words)])
