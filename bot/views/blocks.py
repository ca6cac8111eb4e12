"""The few shapes that all views are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.views.text import cut, escape

FIELDS = 10
TITLE = 24


@dataclass(frozen=True)
class Message:
    """What is posted: blocks, and the text for notifications and screen readers."""

    text: str
    blocks: list[Block]

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "blocks": [block.to_dict() for block in self.blocks]}


def mrkdwn(text: str) -> MarkdownTextObject:
    """Text with our marks; plain words in it are never taken for names of people or channels."""
    return MarkdownTextObject(text=text, verbatim=True)


def plain(text: str, limit: int) -> PlainTextObject:
    return PlainTextObject(text=cut(text, limit), emoji=True)


def header(text: str) -> HeaderBlock:
    return HeaderBlock(text=plain(text, 150))


def section(text: str, *, block_id: str | None = None) -> SectionBlock:
    """A paragraph; what others wrote in it is already escaped."""
    return SectionBlock(text=mrkdwn(text), block_id=block_id)


def context(text: str) -> ContextBlock:
    return ContextBlock(elements=[mrkdwn(text)])


def facts(pairs: Iterable[Sequence[str]], *, limit: int = 200) -> list[SectionBlock]:
    """Titles and values side by side, at most ten; none when there are none."""
    shown = [
        mrkdwn(f"*{escape(title, 60)}*\n{escape(value, limit)}")
        for title, value in pairs
        if str(value).strip()
    ]
    return [SectionBlock(fields=shown[:FIELDS])] if shown else []


def button(
    verb: str,
    words: str,
    value: str | None = None,
    *,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """A button: its action id is a verb, its value an id."""
    return ButtonElement(
        action_id=verb, text=plain(words, 75), value=value, style=style, confirm=confirm
    )


def sure(title: str, text: str, yes: str) -> ConfirmObject:
    """The question before something that cannot be taken back."""
    return ConfirmObject(
        title=plain(title, 100), text=plain(text, 300), confirm=plain(yes, 30), deny="Back"
    )
