"""What is said in the threads of a request's cards, and to people one by one."""

from slack_sdk.models.blocks import Block

from bot.views.blocks import Message, context, section
from bot.views.story import Story
from bot.views.text import cut, escape, link, quoted
from bot.views.times import moment

LONGEST = 1_500


def agreed(who: str, words: str) -> Message:
    """A yes with a comment."""
    return _said(":white_check_mark:", f"{who} agrees", words)


def asked(who: str, words: str, *, of: str = "", card: str = "") -> Message:
    """A question: `of` whom, as a mention; or, in their own messages, where to answer it."""
    message = _said(":question:", f"{who} asks {of}".rstrip(), words)
    if card:
        message.blocks.append(context(f"Answer in the thread of {link(card, 'the card')}."))
    elif not of:
        message.blocks.append(context("Answer in the thread of the approvers' card."))
    return message


def refused(who: str, words: str) -> Message:
    """A no with its reason."""
    return _said(":x:", f"{who} refuses", words)


def soon(story: Story, wait: str) -> Message:
    """A planned batch is about to begin."""
    title, request = escape(story.action.title, 60), story.request
    at = moment(request.next_at, request.timezone) if request.next_at else ""
    head = f":hourglass_flowing_sand: *In {wait} it begins*: {title}, {at}"
    preview = escape(request.preview, 600)
    blocks: list[Block] = [section(f"{head}\n{preview}" if preview else head)]
    blocks.append(context("Whoever wants it later, or not at all, says so on the card before."))
    return Message(f"In {wait} it begins: {title}", blocks)


def stopped(who: str) -> Message:
    """It does not go out, for now."""
    return _said(":octagonal_sign:", f"{who} has stopped it", "")


def held_for_the_asker(words: str) -> Message:
    """Who asked has left: this has to be noticed."""
    return _said(":bust_in_silhouette:", "It is held", words)


def goes_on(who: str) -> Message:
    """It goes out after all."""
    return _said(":arrow_forward:", f"{who} lets it go on", "")


def once_more(why: str) -> Message:
    """What was agreed to does not count any more; this has to be noticed."""
    words = "This has to be agreed to again"
    return _said(":arrows_counterclockwise:", words, why)


def escalated(groups: str, hours: str, *, mentions: str = "") -> Message:
    """Nobody has decided: others may, too."""
    words = f"Nobody has decided for {hours}: {groups} may decide, too"
    message = _said(":arrow_up:", words, "")
    if mentions:
        message.blocks.append(section(mentions))
    return message


def glass_broken(story: Story, who: str, words: str, *, card: str = "") -> Message:
    """Somebody goes alone: what it is, and why it could not wait."""
    title, preview = escape(story.action.title, 60), escape(story.request.preview, 600)
    head = f":rotating_light: *{who} went alone in an emergency*: {title}"
    blocks: list[Block] = [section(f"{head}\n{preview}" if preview else head)]
    blocks.append(section(_quote(words)))
    where = f"{link(card, 'The card')} · " if card else ""
    blocks.append(context(f"{where}`{story.request.id}` · nobody else has agreed to it"))
    return Message(f"{who} went alone in an emergency: {title}. {cut(escape(words), 300)}", blocks)


def _said(emoji: str, what: str, words: str) -> Message:
    blocks: list[Block] = [section(f"{emoji} {what}{':' if words else '.'}")]
    if words:
        blocks.append(section(_quote(words)))
    said = f": {escape(' '.join(words.split()), 300)}" if words else "."
    return Message(f"{what}{said}", blocks)


def _quote(words: str) -> str:
    """As it was written, line by line."""
    lines = (line for line in cut(words, LONGEST).splitlines() if line.strip())
    return "\n".join(quoted(line, LONGEST) for line in lines)
