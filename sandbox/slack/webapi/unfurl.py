"""chat.unfurl: a card under the link that somebody has shared."""

from typing import Any

from sandbox.slack import cast
from sandbox.slack.links import SENT, TYPED
from sandbox.slack.shapes import Json, Refused
from sandbox.slack.webapi.call import Call, Method
from sandbox.slack.webapi.chat import message_blocks

KNOWN = frozenset({"blocks", "color", "fallback", "preview", "text", "title", "title_link"})
"""What a card may be made of, as far as this sandbox draws it."""


def unfurl(call: Call) -> Json:
    """Put a card under each of the links that are named; the same link again replaces its card."""
    share, unfurls = _share(call), call.json("unfurls")
    if not unfurls:
        raise Refused("missing_unfurls")
    if not isinstance(unfurls, dict):
        raise Refused("invalid_unfurls_format")
    cards = [_card(call, share, url, card) for url, card in unfurls.items()]
    kept = [old for old in share["attachments"] if old["from_url"] not in unfurls]
    share["attachments"] = [
        {**card, "id": number} for number, card in enumerate([*kept, *cards], start=1)
    ]
    if share["source"] == SENT:
        message = call.world.message(share["channel"], share["ts"])
        if message is None:
            raise Refused("cannot_find_message")
        message["attachments"] = share["attachments"]
    call.world.changed()
    return {}


def _share(call: Call) -> Json:
    """What was shared: by its own id and where from, or by channel and timestamp."""
    if call.text("unfurl_id") or call.text("source"):
        return _by_id(call, _named(call, "unfurl_id"), _named(call, "source"))
    return _by_place(call, _named(call, "channel"), _named(call, "ts"))


def _named(call: Call, name: str) -> str:
    value = call.text(name)
    if not value:
        raise Refused(f"missing_{name}")
    return value


def _by_id(call: Call, id: str, source: str) -> Json:
    if source not in (SENT, TYPED):
        raise Refused("invalid_source")
    share = call.world.shared.get(id)
    if share is None or share["source"] != source:
        raise Refused("invalid_unfurl_id")
    return share


def _by_place(call: Call, channel: str, ts: str) -> Json:
    if channel not in call.world.channels:
        raise Refused("cannot_find_channel")
    if call.world.message(channel, ts) is None:
        raise Refused("cannot_find_message")
    found = (
        each
        for each in call.world.shared.values()
        if (each["channel"], each["ts"]) == (channel, ts)
    )
    share = next(found, None)
    if share is None:
        raise Refused("cannot_unfurl_message")
    return share


def _card(call: Call, share: Json, url: str, card: Any) -> Json:
    if url not in share["urls"]:
        raise Refused("cannot_unfurl_url")
    if not isinstance(card, dict) or not card or card.keys() - KNOWN:
        raise Refused("cannot_parse_attachment")
    blocks = message_blocks(call.world, card.get("blocks"))
    shown = card if blocks is None else card | {"blocks": blocks}
    return {
        **shown,
        "from_url": url,
        "app_unfurl_url": url,
        "is_app_unfurl": True,
        "app_id": cast.BOT["app_id"],
        "bot_id": cast.BOT["bot_id"],
    }


METHODS = {"chat.unfurl": Method(unfurl, "3", "links:write")}
