"""The workspace: what is in it now, and how messages, files and tickets come into being."""

import asyncio
import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

from sandbox.slack import cast, manifest, mentions
from sandbox.slack.shapes import Impossible, Json, Refused


@dataclass(frozen=True)
class Timing:
    """How long Slack waits, in seconds. Tests may shorten it; retries are short already."""

    answer: float = 3.0
    trigger: float = 3.0
    retries: tuple[float, ...] = (0.0, 0.2, 0.5)


@dataclass
class Ticket:
    """A trigger id or a response address: whose it is, from where, and how often it was used."""

    user: str
    channel: str | None
    issued: float
    view_id: str | None = None
    message_ts: str | None = None
    ephemeral: bool = False
    thread_ts: str | None = None
    uses: int = 0
    made: Json | None = None


class World:
    """Everything people see. Changed in one thread; the lock lets others read it whole."""

    def __init__(self, app_manifest: Json | None, timing: Timing) -> None:
        self.manifest = app_manifest
        self.timing = timing
        self.lock = threading.RLock()
        self.version = 0
        self.base_url = "http://127.0.0.1/"
        self.watchers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._last_ts = 0
        self.reset()

    def reset(self) -> None:
        """A fresh workspace with the same cast."""
        self.users = cast.users()
        self.channels = cast.channels()
        self.usergroups = cast.usergroups()
        self.messages: list[Json] = []
        self.ephemerals: list[Json] = []
        self.stacks: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}
        self.origins: dict[str, str | None] = {}
        self.files: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.unknown_blocks: set[str] = set()
        self.triggers: dict[str, Ticket] = {}
        self.responses: dict[str, Ticket] = {}
        self.sockets: set[str] = set()
        self.executions: dict[str, Json] = {}
        self.menus: set[str] = set()
        self.tokens: dict[str, tuple[str, float]] = {}
        self.ahead = 0.0
        self.offered: dict[tuple[str, ...], list[Json]] = {}
        self.entered: dict[tuple[str, str], Json] = {}
        self.changed()

    # -- what the app is allowed ------------------------------------------------------------

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(manifest.scopes(self.manifest)) if self.manifest else cast.SCOPES

    @property
    def events(self) -> frozenset[str]:
        return frozenset(manifest.events(self.manifest)) if self.manifest else cast.EVENTS

    def features(self, name: str) -> list[Json]:
        found: list[Json] = (self.manifest or {}).get("features", {}).get(name, [])
        return found

    # -- bookkeeping ------------------------------------------------------------------------

    def changed(self) -> None:
        self.version += 1
        for loop, event in list(self.watchers):
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    def monotonic(self) -> float:
        """The clock of workflow tokens, which can be put forward."""
        return time.monotonic() + self.ahead

    def stamp(self) -> str:
        """A message timestamp, later than every one before."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    @staticmethod
    def new_id(prefix: str) -> str:
        return prefix + secrets.token_hex(5).upper()

    # -- who and where ----------------------------------------------------------------------

    def person(self, ref: Any) -> Json:
        """Somebody who can act, by id or short name."""
        for user in self.users.values():
            if ref in (user["id"], user["name"]) and not user["is_bot"]:
                if user["deleted"]:
                    raise Impossible("account_inactive")
                return user
        raise Impossible(f"user_not_found: {ref}")

    def room(self, ref: Any) -> Json | None:
        """A channel by id or name."""
        name = str(ref).removeprefix("#")
        for channel in self.channels.values():
            if name in (channel["id"], channel["name"]) and not (
                channel["is_im"] and name != channel["id"]
            ):
                return channel
        return None

    def dm(self, user_id: str) -> Json | None:
        found = (c for c in self.channels.values() if c["is_im"] and c["user"] == user_id)
        return next(found, None)

    # -- messages ---------------------------------------------------------------------------

    def post(self, channel: str, user: str, text: str, **more: Any) -> Json:
        """A message everybody in the channel sees; empty extras are left out."""
        blocks = more.pop("blocks", None) or []
        handles = more.pop("handles", None)
        message: Json = {
            "type": "message",
            "channel": channel,
            "ts": self.stamp(),
            "user": user,
            "text": text,
            "blocks": blocks,
            "files": more.pop("files", []),
            "notifies": mentions.notified(text, blocks, handles),
            **{key: value for key, value in more.items() if value},
        }
        if user == cast.BOT["user_id"]:
            message |= {"bot_id": cast.BOT["bot_id"], "app_id": cast.BOT["app_id"]}
            message["team"] = cast.TEAM["id"]
        self.messages.append(message)
        self.changed()
        return message

    def whisper(self, channel: str, user: str, text: str, **more: Any) -> Json:
        """A message that one person sees."""
        blocks = more.pop("blocks", None) or []
        message: Json = {
            "channel": channel,
            "user": user,
            "ts": self.stamp(),
            "text": text,
            "blocks": blocks,
            "notifies": mentions.notified(text, blocks),
            **{key: value for key, value in more.items() if value},
        }
        self.ephemerals.append(message)
        self.changed()
        return message

    def message(self, channel: str | None, ts: str) -> Json | None:
        found = (m for m in self.messages if m["ts"] == ts and channel in (None, m["channel"]))
        return next(found, None)

    def rewrite(self, message: Json, text: str | None, blocks: list[Json] | None) -> None:
        """Put other words in the place of the ones that are there; what is None stays."""
        if text is not None:
            message["text"] = text
        if blocks is not None:
            message["blocks"] = blocks
        message["notifies"] = mentions.notified(message["text"], message["blocks"])
        self.changed()

    def handles(self) -> dict[str, str]:
        people = {user["name"]: user["id"] for user in self.users.values()}
        return people | {group["handle"]: group["id"] for group in self.usergroups.values()}

    # -- tickets ----------------------------------------------------------------------------

    def issue_trigger(self, user: str, channel: str | None, view_id: str | None = None) -> str:
        name = f"{time.time_ns()}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.triggers[name] = Ticket(user, channel, time.monotonic(), view_id=view_id)
        return name

    def spend_trigger(self, name: str) -> Ticket:
        """A trigger opens one view, within three seconds of what the person did."""
        ticket = self.triggers.get(name)
        if ticket is None:
            raise Refused("invalid_trigger_id")
        if ticket.uses:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() - ticket.issued > self.timing.trigger:
            raise Refused("expired_trigger_id")
        ticket.uses += 1
        return ticket

    def issue_response(self, user: str, channel: str | None, **origin: Any) -> tuple[str, Ticket]:
        token = secrets.token_urlsafe(24)
        ticket = Ticket(user, channel, time.monotonic(), **origin)
        self.responses[token] = ticket
        return f"{self.base_url}response/{token}", ticket

    # -- files ------------------------------------------------------------------------------

    def keep_file(self, name: str, content: bytes, user: str, title: str | None = None) -> Json:
        file = file_record(self.new_id("F"), name, len(content), user, title)
        self.contents[file["id"]] = content
        self.files[file["id"]] = file
        return file


def file_record(id: str, name: str, size: int, user: str, title: str | None = None) -> Json:
    """A file as the workspace keeps it; its address is added when it is shown."""
    kinds = {"csv": "text/csv", "txt": "text/plain", "json": "application/json"}
    kinds |= {"png": "image/png", "pdf": "application/pdf", "jsonl": "application/jsonl"}
    suffix = name.rsplit(".", 1)[-1].lower()
    return {
        "id": id,
        "name": name,
        "title": title or name,
        "mimetype": kinds.get(suffix, "application/octet-stream"),
        "filetype": suffix,
        "size": size,
        "user": user,
        "channels": [],
        "created": int(time.time()),
    }
