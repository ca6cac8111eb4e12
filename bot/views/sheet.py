"""What became of a sheet when its rows were checked."""

import json
from collections.abc import Iterator, Mapping, Sequence

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from actions.action import AnyAction
from actions.batch import Line, Report
from actions.card import Attachment
from actions.fields import fields
from bot.views.blocks import TITLE, context, plain, section
from bot.views.text import counted, escape

SHOWN = 10


def report_view(action: AnyAction, report: Report, metadata: Mapping[str, str]) -> View:
    """How many rows are good, the first of those that are not, and the way on."""
    blocks: list[Block] = [section(f"*{escape(action.title)}:* {sentence(report)}")]
    if report.bad:
        lines = [f"• {_line(line)}" for line in report.bad[:SHOWN]]
        if len(report.bad) > SHOWN:
            lines.append(f"… and {len(report.bad) - SHOWN:,} more")
        blocks.append(section("\n".join(lines)))
        blocks.append(context("The rows that are not are also in your messages with me, as CSV."))
    if report.good:
        rows = counted(len(report.good), "good row")
        blocks.append(context(f"One request, one approval, for {rows}; they run one by one."))
    else:
        blocks.append(context("Correct them and begin again."))
    return View(
        type="modal",
        callback_id="sheet_report",
        title=plain(action.title, TITLE),
        submit="Ask for approval" if report.good else None,
        close="Cancel" if report.good else "Close",
        private_metadata=json.dumps(dict(metadata)),
        blocks=blocks,
    )


def on_record_view(title: str, rows: int) -> View:
    """That it was asked for."""
    words = f":white_check_mark: On record: {counted(rows, 'row')}. Follow it in your messages."
    return View(type="modal", title=plain(title, TITLE), close="Close", blocks=[section(words)])


def sentence(report: Report) -> str:
    """`4,980 rows are good, 20 are not.`"""
    good, bad = len(report.good), len(report.bad)
    begin = f"{counted(good, 'row')} {'is' if good == 1 else 'are'} good"
    return f"{begin}, {bad:,} {'is' if bad == 1 else 'are'} not." if bad else f"{begin}."


def bad_rows(action: AnyAction, report: Report) -> Attachment:
    """The rows that cannot be used, as they were given, to be corrected and handed in again."""
    names = [name for name, _, _ in fields(action.inputs)]

    def rows() -> Iterator[Sequence[object]]:
        for line in report.bad:
            yield (line.number, *(line.raw.get(name, "") for name in names), _said(line))

    return Attachment(f"{action.name}-not-usable.csv", ("line", *names, "problem"), rows)


def _line(line: Line) -> str:
    return f"Line {line.number:,}: {escape(_said(line), 230)}"


def _said(line: Line) -> str:
    return "; ".join(f"{name}: {words}" if name else words for name, words in line.problems.items())
