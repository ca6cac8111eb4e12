"""Whom a message would notify: the mentions that are written out, not escaped."""

import re
from typing import Any

from sandbox.slack.shapes import Json

BROADCASTS = ("channel", "here", "everyone")
MARKED = re.compile(
    r"<(?:!(?P<broadcast>channel|here|everyone|group)|@(?P<user>[UW][A-Z0-9]+)"
    r"|!subteam\^(?P<group>S[A-Z0-9]+))(?:\|[^>]*)?>"
)
TYPED = re.compile(r"(?<![\w<@])@([a-z0-9][a-z0-9._-]*)")


def notified(text: str, blocks: list[Json], handles: dict[str, str] | None = None) -> list[str]:
    """Broadcast names and ids; `handles` makes typed @names count, as `link_names` does."""
    found: list[str] = []
    for piece in [text, *_pieces(blocks)]:
        for match in MARKED.finditer(piece):
            found.append(match["broadcast"] or match["user"] or match["group"])
        if handles is not None:
            found += [_who(name, handles) for name in TYPED.findall(piece)]
    found += _rich(blocks)
    return [name for name in dict.fromkeys(found) if name]


def _who(name: str, handles: dict[str, str]) -> str:
    return name if name in BROADCASTS else handles.get(name, "")


def _pieces(node: Any) -> list[str]:
    """The texts in which marks are read: mrkdwn and markdown, never plain text."""
    if isinstance(node, list):
        return [piece for inner in node for piece in _pieces(inner)]
    if not isinstance(node, dict):
        return []
    own = [node["text"]] if node.get("type") in ("mrkdwn", "markdown") else []
    return own + [piece for inner in node.values() for piece in _pieces(inner)]


def _rich(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for inner in node for name in _rich(inner)]
    if not isinstance(node, dict):
        return []
    fields = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}
    field = fields.get(str(node.get("type")))
    own = [str(node[field])] if field and field in node else []
    return own + [name for inner in node.values() for name in _rich(inner)]
