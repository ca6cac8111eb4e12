"""The report of a sheet: what its check found, and how and when the good rows are to be done."""

import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock
from slack_sdk.models.views import View

from actions.action import AnyAction
from actions.batch import Report
from bot.forms.when import when_blocks
from bot.views.blocks import TITLE, context, plain, section
from bot.views.kinds import one_of, value_of
from bot.views.sheet import in_a_line, sentence
from bot.views.text import counted, escape

SHOWN = 10
REPORT, WAY = "sheet_report", "way"
ROWS, AT_ONCE = "rows", "at_once"
WAYS = ((ROWS, "Row by row"), (AT_ONCE, "All in one call"))


def report_view(
    action: AnyAction,
    report: Report,
    metadata: Mapping[str, str],
    *,
    at_once: AnyAction | None = None,
    given: Mapping[str, Any] = {},
    zone: str = "UTC",
) -> View:
    """How many rows are good, the first of those that are not, and the way on.

    `at_once` is the action that would do all rows in one call, where there is one for them.
    """
    blocks: list[Block] = [section(f"*{escape(action.title)}:* {sentence(report)}")]
    if report.bad:
        lines = [f"• {in_a_line(line)}" for line in report.bad[:SHOWN]]
        if len(report.bad) > SHOWN:
            lines.append(f"… and {len(report.bad) - SHOWN:,} more")
        blocks.append(section("\n".join(lines)))
        blocks.append(context("The rows that are not are also in your messages with me, as CSV."))
    if report.good:
        blocks += _way_on(report, at_once, given)
        blocks += when_blocks(given, zone)
    else:
        blocks.append(context("Correct them and begin again."))
    return View(
        type="modal",
        callback_id=REPORT,
        title=plain(action.title, TITLE),
        submit="Ask for approval" if report.good else None,
        close="Cancel" if report.good else "Close",
        private_metadata=json.dumps(dict(metadata)),
        blocks=blocks,
    )


def _way_on(report: Report, at_once: AnyAction | None, given: Mapping[str, Any]) -> list[Block]:
    rows = counted(len(report.good), "good row")
    if at_once is None:
        return [context(f"One request, one approval, for {rows}; they run one by one.")]
    unseen = "" if at_once.proven else " The vendor's public pages do not show that call."
    return [
        context(f"One request, one approval, for {rows}."),
        InputBlock(
            block_id=WAY,
            label="How",
            hint="One by one, each has a result of its own and can be taken up again alone. In "
            f"one call, Coupontools answers for all of them together.{unseen}",
            element=one_of(WAYS, str(given.get(WAY) or ROWS)),
        ),
    ]


def read_way(values: Mapping[str, Any]) -> str:
    """Whether it is to be done row by row or in one call."""
    return next((str(value_of(state)) for state in values.get(WAY, {}).values()), ROWS)
