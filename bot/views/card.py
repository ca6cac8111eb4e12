"""Draw a Card: a line, facts, a table, a link."""

from collections.abc import Sequence
from typing import Literal, assert_never

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, RawTextObject, TableBlock
from slack_sdk.models.views import View

from actions.card import Card, Chart, Offer, Table
from bot.grammar import typed
from bot.views.blocks import FIELDS, TITLE, button, context, facts, plain, section
from bot.views.chart import chart_block, picture_block
from bot.views.text import cell, counted, cut, escape, link, width

Surface = Literal["message", "modal"]
ROWS, COLUMNS = 20, 6
ROOM = 5_000
"""Characters that a table may take of a message, its braces and keys included."""
CELL = 40
"""What Slack's notation adds to each cell."""
SHEET = 2_800
WIDEST = 40
MOST_OFFERS = 5


def draw(
    card: Card, surface: Surface = "message", *, whole: str = "", picture: str = ""
) -> list[Block]:
    """The card as blocks; a table is a table in messages and aligned text in modals.

    `whole` is what the button for the whole list carries, `picture` the file that stands for the
    chart in a modal.
    """
    blocks: list[Block] = [section(f"*{escape(card.text, 1_000)}*")]
    blocks += facts(card.facts, limit=200)
    if len(card.facts) > FIELDS:
        blocks.append(context(f"… and {counted(len(card.facts) - FIELDS, 'more fact')}"))
    if card.chart is not None:
        blocks.append(_chart(card.chart, surface, picture))
    if card.table is not None:
        drawn, rest = _table(card.table, surface)
        blocks += drawn
        if whole and rest > 0:
            pressed = button(f"whole:{surface}", "Whole list as CSV", whole)
            blocks.append(ActionsBlock(block_id="whole", elements=[pressed]))
    if card.link:
        blocks.append(section(link(card.link, "Open it")))
    if card.attachment and surface == "message":
        blocks.append(context(f":paperclip: `{escape(card.attachment.name, 200)}`"))
    if card.offers:
        blocks.append(ActionsBlock(block_id="offers", elements=_offers(card.offers)))
    return blocks


def _offers(offers: Sequence[Offer]) -> list[ButtonElement]:
    return [
        button(f"start:{number}", offer.label, typed(offer.action, offer.given))
        for number, offer in enumerate(offers[:MOST_OFFERS])
    ]


def result_view(
    title: str, card: Card, *, whole: str = "", picture: str = "", file: str = ""
) -> View:
    """The answer of a read; `file` says where its file is."""
    blocks = draw(card, "modal", whole=whole, picture=picture)
    if file:
        blocks.append(context(f":paperclip: {escape(file)}"))
    return _told(title, blocks)


def told_view(title: str, text: str) -> View:
    """A sentence."""
    return _told(title, [section(escape(text))])


def secret_view(title: str, secrets: Sequence[tuple[str, str]]) -> View:
    """What is shown to one person, once."""
    lines = [f"*{escape(title, 60)}*\n`{escape(value, 700)}`" for title, value in secrets[:4]]
    said = context(":lock: Only you see this. It is not kept anywhere else: copy it now.")
    return _told(title, [said, section("\n".join(lines))])


def waiting_view(title: str, text: str, name: str) -> View:
    """What stands there until the answer comes; by `name` it can be found to put it in."""
    view = _told(title, [section(f":hourglass_flowing_sand: {escape(text)}")])
    view.external_id = name
    return view


def trouble_view(title: str, text: str) -> View:
    """What went wrong, and what can be done about it."""
    return _told(title, [section(f":warning: {escape(text)}")])


def _told(title: str, blocks: Sequence[Block]) -> View:
    return View(type="modal", title=plain(title, TITLE), close="Close", blocks=list(blocks))


def _chart(chart: Chart, surface: Surface, picture: str) -> Block:
    """Slack's own in messages; in a modal the picture of it, or as long as there is none, words."""
    match surface:
        case "message":
            return chart_block(chart)
        case "modal":
            words = context(f":bar_chart: {escape(chart.alt, 1_500)}")
            return picture_block(chart, picture) if picture else words
        case _:
            assert_never(surface)


def _table(table: Table, surface: Surface) -> tuple[list[Block], int]:
    """What is shown of it, and how many rows are not."""
    columns = [*table.columns[:COLUMNS]]
    rows = [list(row[: len(columns)]) for row in table.rows[:ROWS]]
    match surface:
        case "message":
            drawn, shown = _native(columns, rows), len(rows)
        case "modal":
            drawn, shown = _aligned(columns, rows)
        case _:
            assert_never(surface)
    rest = max(table.total or 0, len(table.rows)) - shown
    return ([drawn, context(f"… and {rest:,} more")] if rest > 0 else [drawn]), rest


def _native(columns: list[str], rows: list[list[str]]) -> Block:
    sheet = [columns, *rows]
    room = max(4, ROOM // (len(sheet) * max(1, len(columns))) - CELL)
    return TableBlock(
        rows=[
            [RawTextObject(text=cell(str(said).strip() or "–", room)).to_dict() for said in row]
            for row in sheet
        ]
    )


def _aligned(columns: list[str], rows: list[list[str]]) -> tuple[Block, int]:
    """The table as text under which columns stand; as many rows as a section holds."""
    sheet = [[_one_line(said) for said in row] for row in (columns, *rows)]
    widths = [max(width(row[i]) for row in sheet if i < len(row)) for i in range(len(columns))]
    lines = [
        "  ".join(
            said + " " * (room - width(said)) for said, room in zip(row, widths, strict=False)
        ).rstrip()
        for row in sheet
    ]
    kept, used = 0, 0
    for line in lines:
        used += len(escape(line, 1_000)) + 1
        if used > SHEET:
            break
        kept += 1
    text = "\n".join(escape(line, 1_000) for line in lines[:kept])
    return section(f"```{text}```"), max(0, kept - 1)


def _one_line(text: str) -> str:
    one_line = " ".join(str(text).split()).replace("`", "'")
    return cut(one_line, WIDEST) or "–"
