"""Lines of the record as people read them, and what is told about the record."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement
from slack_sdk.models.views import View

from bot.views.agreement import person
from bot.views.blocks import Message, button, context, section
from bot.views.text import escape, quoted
from bot.views.times import moment
from store.queries.record import Page
from store.tables import AuditEntry

RECORD = "record"
EACH = 15
"""Lines on a page."""
SECTION = 2_500
MOST = 40


@dataclass(frozen=True)
class RecordShown:
    """What a page of the record shows, and for whom."""

    text: str
    """The filters as they were typed."""
    filters: str
    scope: str
    below: tuple[int, ...] = ()
    """Where each page begins that was turned, the newest first."""
    note: str = ""
    may_take: bool = False


def record_view(page: Page, shown: RecordShown, zone: str) -> View:
    """Some lines, newest first, and the way to the others."""
    blocks: list[Block] = [context(escape(f"Found by: {shown.filters}. {shown.scope}", 2_000))]
    blocks += [section(f":warning: {escape(shown.note)}")] if shown.note else []
    for line in page.lines:
        why = button("why", "Why", line.request or str(line.seq))
        said = section(_line(line, zone), block_id=f"line:{line.seq}")
        said.accessory = why
        blocks.append(said)
    if not page.lines:
        blocks.append(section("Nothing on record matches."))
    if turns := _turns(page, shown):
        blocks.append(ActionsBlock(block_id="turn", elements=turns))
    return View(
        type="modal",
        callback_id=RECORD,
        title="On record",
        close="Close",
        private_metadata=json.dumps({"text": shown.text, "below": [*shown.below]}),
        blocks=blocks,
    )


def _line(line: AuditEntry, zone: str) -> str:
    about = " · ".join(filter(None, (line.action, line.campaign, line.request or "")))
    because = f"\n{quoted(line.because, 300)}" if line.because else ""
    role = f" ({escape(line.role, 60)})" if line.role else ""
    behalf = f" for {person(line.on_behalf)}" if line.on_behalf else ""
    who = f"{person(line.actor)}{role}{behalf}"
    head = f"*{escape(line.kind, 60)}* by {who}, {moment(line.at, zone)}"
    return f"{head}\n{escape(about, 300)}{because}" if about else f"{head}{because}"


def _turns(page: Page, shown: RecordShown) -> list[ButtonElement]:
    turns = [button("record:newer", "Newer")] if shown.below else []
    if page.older is not None:
        turns.append(button("record:older", "Older", str(page.older)))
    if shown.may_take and page.lines:
        turns.append(button("record:csv", "Send me all as CSV"))
    return turns


def why_view(lines: Sequence[tuple[str, str]]) -> View:
    """The page of one id: as many sections as a modal holds."""
    texts, text = [], ""
    for title, words in lines:
        said = f"*{escape(title, 100)}*  {escape(words, 600)}"
        if len(text) + len(said) > SECTION:
            texts.append(text)
            text = ""
        text = f"{text}\n{said}" if text else said
    texts.append(text)
    blocks: list[Block] = [section(each) for each in texts[:MOST]]
    if len(texts) > MOST:
        blocks.append(context("… and more: `vouchdesk explain` has all of it."))
    return View(type="modal", title="Why", close="Close", blocks=blocks)


def gap_message(gap: AuditEntry) -> Message:
    """The record is not whole, or something went past us."""
    words = f"The record has a gap: {gap.because}"
    why = f"`/coupon why {gap.request or gap.seq}` shows what is known of it."
    return Message(words, [section(f":rotating_light: {escape(words)}"), context(why)])
