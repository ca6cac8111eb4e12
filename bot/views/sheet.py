"""What became of a sheet when its rows were checked."""

from collections.abc import Iterator, Sequence

from slack_sdk.models.views import View

from actions.action import AnyAction
from actions.batch import Line, Report
from actions.card import Attachment
from actions.fields import fields
from bot.views.blocks import TITLE, plain, section
from bot.views.text import counted, escape


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


def in_a_line(line: Line) -> str:
    return f"Line {line.number:,}: {escape(_said(line), 230)}"


def _said(line: Line) -> str:
    return "; ".join(f"{name}: {words}" if name else words for name, words in line.problems.items())
