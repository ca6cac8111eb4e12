"""That everything is stopped: in the channel, at home, and in the launcher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.views.agreement import person
from bot.views.blocks import Message, button, context, header, section, sure
from bot.views.text import escape, quoted
from bot.views.times import moment

TITLE = "Everything outgoing is stopped"


@dataclass(frozen=True)
class Stop:
    """Who stopped all that goes out of an account, why, and who would let it go again."""

    account: str
    at: datetime
    by: str
    reason: str = ""
    agreed: str = ""
    stamp: str = ""


def stopped_message(stop: Stop) -> Message:
    """What the approvers read at once."""
    words = "Sheets under way are held; what becomes due has to be agreed to again."
    blocks = [
        header(TITLE),
        *stopped_blocks([stop]),
        context(f"{words} Account {escape(stop.account, 60)}."),
    ]
    return Message(f"{TITLE} ({escape(stop.account, 60)})", blocks)


def going_message(account: str, by: Sequence[str], at: datetime) -> Message:
    """The same message, once it is over."""
    named = " and ".join(person(id) for id in dict.fromkeys(by))
    words = f":white_check_mark: Everything goes out again: {named} said so · {moment(at)}"
    return Message(f"Everything goes out again ({escape(account, 60)})", [section(words)])


def stopped_blocks(stops: Sequence[Stop]) -> list[Block]:
    """For each stop who, since when and why, and the button; nothing while nothing is stopped."""
    blocks: list[Block] = []
    for stop in stops:
        since = f"{person(stop.by)} stopped everything outgoing · {moment(stop.at)}"
        why = f"\n{quoted(stop.reason, 600)}" if stop.reason else ""
        rest = "It takes two approvers to let it go again."
        if stop.agreed:
            rest = f"{person(stop.agreed)} would let it go again; it takes one more approver."
        sign = ":octagonal_sign:"
        blocks.append(section(f"{sign} *{since}*{why}\n{rest}"))
        confirm = sure("Let everything go?", "What is due goes out again.", "Let it go")
        again = button("resume_all", "Let everything go again", stop.stamp, confirm=confirm)
        blocks.append(ActionsBlock(block_id=f"stopped:{stop.account}"[:255], elements=[again]))
    return blocks
