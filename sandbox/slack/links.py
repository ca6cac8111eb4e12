"""Links to what the app unfurls: whoever shares one, or only writes it, makes an event of it."""

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from sandbox.slack import cast, payloads
from sandbox.slack.shapes import Json
from sandbox.slack.world import World

URL = re.compile(r"https?://[^\s<>|]+")
SENT, TYPED = "conversations_history", "composer"
COMPOSER = "COMPOSER"
"""Where a message is that is still being written."""


def found(world: World, text: str) -> list[Json]:
    """The links of a text that are on a domain of the app, each once."""
    urls = dict.fromkeys(url.rstrip(".,;:!?)") for url in URL.findall(text))
    return [{"domain": domain, "url": url} for url in urls if (domain := _domain(world, url))]


def shared(world: World, message: Json, links: list[Json]) -> Json:
    """The event of a message with such links in it."""
    channel = world.channels[message["channel"]]
    event = _event(world, message["user"], links, SENT, channel["id"], message["ts"])
    event["is_bot_user_member"] = cast.BOT["user_id"] in channel["members"]
    if message.get("thread_ts"):
        event["thread_ts"] = message["thread_ts"]
    return event


def typed(world: World, user: str, links: list[Json]) -> Json:
    """The event of a message that is still being written: it has no place yet."""
    return _event(world, user, links, TYPED, COMPOSER, secrets.token_hex(16))


def _event(world: World, user: str, links: list[Json], source: str, channel: str, ts: str) -> Json:
    id = f"{channel}.{ts}.{secrets.token_hex(32)}"
    world.shared[id] = {
        "source": source,
        "channel": channel,
        "ts": ts,
        "urls": [link["url"] for link in links],
        "attachments": [],
    }
    return {
        "type": "link_shared",
        "channel": channel,
        "user": user,
        "message_ts": ts,
        "unfurl_id": id,
        "source": source,
        "links": links,
        "event_ts": payloads.now(),
    }


def _domain(world: World, url: str) -> str:
    """The domain of the app that an address is on; a subdomain is on it, too."""
    host = (urlsplit(url).hostname or "").lower()
    domains: list[Any] = world.features("unfurl_domains")
    return next((str(d) for d in domains if host == d or host.endswith(f".{d}")), "")
