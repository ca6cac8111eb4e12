"""What somebody is reminded of: all that waits for their yes or no."""

from collections.abc import Mapping, Sequence

from bot.views.blocks import Message, context, section
from bot.views.standing import standing
from bot.views.story import Story
from bot.views.text import counted, escape, link
from bot.views.times import span

MOST = 10


def reminder(stories: Sequence[Story], links: Mapping[str, str], channel: str) -> Message:
    """The oldest first, each with a link to its card; `links` by request."""
    title = f"{counted(len(stories), 'request')} {'wait' if len(stories) > 1 else 'waits'} for you"
    lines = [_line(story, links.get(story.request.id, "")) for story in stories[:MOST]]
    if len(stories) > MOST:
        lines.append(f"… and {len(stories) - MOST:,} more")
    missing = any(not links.get(story.request.id) for story in stories[:MOST])
    where = f"The cards are in <#{channel}>. " if missing and channel else ""
    after = f"{where}`/coupon delegate @colleague 2026-12-01` lets somebody stand in for you."
    return Message(title, [section(f":bell: *{title}*"), section("\n".join(lines)), context(after)])


def _line(story: Story, address: str) -> str:
    title = story.action.title
    named = link(address, title) if address else f"*{escape(title, 60)}*"
    preview = f": {escape(story.request.preview, 120)}" if story.request.preview else ""
    return f"• {named}{preview} · {standing(story).plain} · since {span(story.waited)}"
