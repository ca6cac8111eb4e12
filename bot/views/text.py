"""Text as Slack may have it: escaped, cut to fit, and links that stay links."""

import json
import unicodedata
from collections.abc import Callable

SAFE = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
ELLIPSIS = "…"
JOINER = "\u200d"
OPENED = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"} | {
    mark: "\u2069" for mark in "\u2066\u2067\u2068"
}
"""Marks that turn the direction of writing, and the mark that ends each."""


def cut(text: str, limit: int) -> str:
    """The text, or as much of it as fits, with an ellipsis; no emoji or letter is torn apart."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (_joined(text, end) or len(_closed(text[:end])) >= limit):
        end -= 1
    return _closed(text[:end].rstrip()) + ELLIPSIS


def escape(text: str, limit: int = 2_900) -> str:
    """Text of others inside mrkdwn: it can notify nobody, and takes at most `limit` characters."""
    return _within(text, limit, _escaped)


def cell(text: str, limit: int) -> str:
    """Text of others where there is no mrkdwn; it takes at most `limit` characters of JSON."""
    return _within(text, limit, str)


def quoted(text: str, limit: int) -> str:
    """What somebody or something said, in one line under a bar."""
    return f"> {escape(' '.join(text.split()), limit)}"


def link(address: str, words: str) -> str:
    """A link for mrkdwn; an address that is none is shown as plain words."""
    if not address.startswith(("https://", "http://")) or len(address) > 2_000:
        return escape(words)
    for bad, code in ((" ", "%20"), ("|", "%7C"), ("<", "%3C"), (">", "%3E")):
        address = address.replace(bad, code)
    return f"<{_escaped(address)}|{escape(words, 150)}>"


def counted(number: int, thing: str) -> str:
    """`1 run`, `1,234 runs`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def cost(text: str) -> int:
    """How many characters of JSON a text takes."""
    return len(json.dumps(text, ensure_ascii=False)) - 2


def width(text: str) -> int:
    """How many columns a text takes where every letter is as wide as the next."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _within(text: str, limit: int, spelled: Callable[[str], str]) -> str:
    """As much of the text as takes `limit` characters when it is spelled out, and in JSON."""
    kept = cut(text, limit)
    while (spent := cost(safe := spelled(_closed(kept)))) > limit and len(kept) > 1:
        kept = cut(kept, max(1, min(len(kept) - 1, len(kept) * limit // spent)))
    return safe


def _escaped(text: str) -> str:
    return "".join(SAFE.get(char, char) for char in text)


def _joined(text: str, at: int) -> bool:
    """Whether what stands at `at` belongs to what stands before it."""
    after, before = text[at], text[at - 1]
    return before == JOINER or after == JOINER or unicodedata.category(after) in ("Mn", "Me", "Sk")


def _closed(text: str) -> str:
    """The text with every turn of direction ended, so that what follows it reads as meant."""
    open_marks: list[str] = []
    for char in text:
        if char in OPENED:
            open_marks.append(OPENED[char])
        elif open_marks and char == open_marks[-1]:
            open_marks.pop()
    return text + "".join(reversed(open_marks))
