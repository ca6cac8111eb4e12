"""What is said in the thread when a run or a request has ended."""

from collections.abc import Mapping

from slack_sdk.models.blocks import Block

from actions.card import Attachment, Card
from bot.views.blocks import Message, context, section
from bot.views.card import draw
from bot.views.standing import tally
from bot.views.story import Story
from bot.views.text import escape
from store.tables import Consent, Progress

WORDS = {
    Progress.DONE: (":large_green_circle:", "Done", ""),
    Progress.FAILED: (
        ":red_circle:",
        "Failed",
        "Nothing was sent, or Coupontools said no. *Go on* on the card tries again from there.",
    ),
    Progress.UNCLEAR: (
        ":question:",
        "Unclear: it was sent, and no answer came",
        "Look in Coupontools whether it happened, then press the button on the card that is true.",
    ),
    Progress.DROPPED: (":wastebasket:", "Dropped", ""),
    Consent.REFUSED: (":x:", "Refused", "Change it and ask again."),
    Consent.VOID: (":no_entry:", "This cannot be done", "Correct it and ask again."),
    Consent.EXPIRED: (":hourglass:", "Expired", "Ask again if it is still wanted."),
    Consent.WITHDRAWN: (":leftwards_arrow_with_hook:", "Withdrawn by the person who asked", ""),
}


def result_message(card: Card, whole: str = "") -> Message:
    """The result of a run that is done; `whole` is the run, if its whole list can be had."""
    return Message(escape(card.text, 1_000), draw(card, "message", whole=whole))


def sheet_card(story: Story, count: Mapping[Progress, int], file: Attachment) -> Card:
    """What became of all rows of a sheet, and the file that says it row by row."""
    done, rows = count.get(Progress.DONE, 0), sum(count.values())
    rest = tally({**count, Progress.DONE: 0})
    more = f" · {rest}" if rest else ""
    return Card(f"{story.action.title}: {done:,} of {rows:,} rows done{more}", attachment=file)


def ending(story: Story, operation: str | None, became: str) -> Message:
    """How it ended, why, and what can be done next."""
    emoji, words, next_step = WORDS[_state(became)]
    run = next((run for run in story.operations if run.id == operation), None)
    why = run.problem if run else story.request.problem
    title = escape(story.action.title, 60)
    blocks: list[Block] = [section(f"{emoji} *{words}* · {title}")]
    if why:
        blocks.append(section("> " + escape(why, 1_500).replace("\n", "\n> ")))
    if next_step:
        blocks.append(context(next_step))
    return Message(f"{words}: {title}", blocks)


def ended(state: Consent | Progress, why: str) -> str:
    """How it ended, why, and what can be done next, in plain text."""
    _, words, next_step = WORDS[state]
    said = f"{words}: {why}" if why else words
    parts = (
        part if part.endswith((".", "!", "?")) else f"{part}." for part in (said, next_step) if part
    )
    return " ".join(parts).replace("*", "")


def _state(became: str) -> Consent | Progress:
    return Consent(became) if became in set(Consent) else Progress(became)
