"""How far a batch is: a bar, how fast, how long, and a way to stop it."""

from dataclasses import dataclass
from datetime import timedelta

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.views.blocks import Message, button, context, section, sure
from bot.views.text import escape
from bot.views.times import span

CELLS = 20


@dataclass(frozen=True)
class Far:
    """How far it is."""

    title: str
    operation: str
    came: int
    asked: int
    part: int
    parts: int
    rate: float = 0.0
    """Lines a second, lately."""
    stop_by: str = ""
    over: bool = False

    @property
    def left(self) -> timedelta | None:
        """Until it is whole, if it goes on like this."""
        missing = self.asked - self.came
        return timedelta(seconds=missing / self.rate) if self.rate and missing > 0 else None


def progress_message(far: Far) -> Message:
    """One message, edited as it goes."""
    share = min(1.0, far.came / far.asked) if far.asked else 0.0
    full = int(share * CELLS)
    bar = "█" * full + "░" * (CELLS - full)
    said = f"{far.came:,} of {far.asked:,}"
    blocks: list[Block] = [
        section(f"*{escape(far.title, 60)}*\n`{bar}` {int(share * 100)} %  ·  {said}"),
        context(" · ".join(_details(far))),
    ]
    if far.stop_by and not far.over:
        words = f"It ends after this part: {escape(far.stop_by, 60)} wants that."
        blocks.append(context(f":octagonal_sign: {words}"))
    elif not far.over and far.part < far.parts:
        blocks.append(ActionsBlock(block_id=f"far:{far.operation}"[:255], elements=[_stop(far)]))
    return Message(f"{far.title}: {said}", blocks)


def _details(far: Far) -> list[str]:
    if far.over:
        return ["No more is coming in; how it ended is said below."]
    said = [f"part {far.part} of {far.parts}" if far.parts > 1 else "in one call"]
    if far.rate:
        said.append(f"{far.rate:,.0f} a second")
    if far.left:
        said.append(f"about {span(far.left)} left")
    return said


def _stop(far: Far) -> ButtonElement:
    confirm = sure(
        "Stop after this part?",
        "What is ordered stays. The rest can be taken up again with “Go on”.",
        "Stop after this part",
    )
    return button("stop_after", "Stop after this part", far.operation, confirm=confirm)
