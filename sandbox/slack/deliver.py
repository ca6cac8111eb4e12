"""Brings commands, interactions and events to the bot, signed, and records what came of it."""

import asyncio
import copy
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from sandbox.slack.shapes import Json
from sandbox.slack.sockets import Exchange
from sandbox.slack.world import Timing

TIMEOUT = "operation_timeout"
FAILED = "dispatch_failed"


@dataclass(frozen=True)
class Parcel:
    """One thing to deliver: `command`, `event`, or the type of an interaction."""

    kind: str
    name: str
    payload: Json

    def encoded(self) -> tuple[bytes, str]:
        """Body and content type, as Slack sends them over HTTP."""
        if self.kind == "event":
            return json.dumps(self.payload).encode(), "application/json"
        fields = self.payload
        if self.kind != "command":
            fields = {"payload": json.dumps(self.payload)}
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What the bot said; `error` is what a person would see instead."""

    status: int | None = None
    body: Json = field(default_factory=dict)
    error: str | None = None
    no_retry: bool = False
    record: Json = field(default_factory=dict)


class Courier:
    """Knows the bot's address; without one, everything goes over its sockets."""

    def __init__(self, bot_url: str | None, signing_secret: str, timing: Timing) -> None:
        self.bot_url = bot_url
        self.exchange = Exchange()
        self.records: list[Json] = []
        self._secret = signing_secret.encode()
        self.timing = timing
        self._parcels: list[Parcel] = []
        self._client: httpx.AsyncClient | None = None
        self._repeats: set[asyncio.Task[None]] = set()

    async def deliver(self, parcel: Parcel, retry: tuple[int, str] | None = None) -> Answer:
        """Hand over one parcel and wait for the answer, three seconds at most."""
        record: Json = {
            "index": len(self.records),
            "kind": parcel.kind,
            "name": parcel.name,
            "status": None,
            "ack_ms": None,
            "at": datetime.now(UTC).isoformat(),
        }
        if retry:
            record["retry"] = {"num": retry[0], "reason": retry[1]}
        self.records.append(record)
        parcel = Parcel(parcel.kind, parcel.name, copy.deepcopy(parcel.payload))
        self._parcels.append(parcel)
        begun = time.monotonic()
        answer = await self._attempt(parcel, retry)
        record["ack_ms"] = round((time.monotonic() - begun) * 1000, 1)
        record["status"] = answer.status
        if answer.error:
            record["error"] = answer.error
        return Answer(answer.status, answer.body, answer.error, answer.no_retry, record)

    async def announce(self, parcel: Parcel) -> Answer:
        """Deliver an event; what was not taken is sent again behind the scenes."""
        answer = await self.deliver(parcel)
        if answer.error and not answer.no_retry:
            task = asyncio.create_task(self._repeat(parcel, answer))
            self._repeats.add(task)
            task.add_done_callback(self._repeats.discard)
        return answer

    async def again(self, index: int) -> Answer:
        """A recorded delivery once more, as if its answer had been lost."""
        return await self.deliver(self._parcels[index], (1, "http_timeout"))

    def forget(self) -> None:
        for task in self._repeats:
            task.cancel()
        self.records.clear()
        self._parcels.clear()

    async def _repeat(self, parcel: Parcel, answer: Answer) -> None:
        for number, pause in enumerate(self.timing.retries, start=1):
            await asyncio.sleep(pause)
            reason = "http_timeout" if answer.error == TIMEOUT else "http_error"
            answer = await self.deliver(parcel, (number, reason))
            if not answer.error or answer.no_retry:
                return

    async def _attempt(self, parcel: Parcel, retry: tuple[int, str] | None) -> Answer:
        send = self._over_http if self.bot_url else self._over_socket
        try:
            return await asyncio.wait_for(send(parcel, retry), self.timing.answer)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(error=TIMEOUT)
        except (httpx.HTTPError, ConnectionError, ValueError):
            return Answer(error=FAILED)

    async def _over_http(self, parcel: Parcel, retry: tuple[int, str] | None) -> Answer:
        body, content_type = parcel.encoded()
        headers = {**self._signed(body), "content-type": content_type}
        if retry:
            headers |= {"x-slack-retry-num": str(retry[0]), "x-slack-retry-reason": retry[1]}
        response = await self._http().post(self.bot_url or "", content=body, headers=headers)
        no_retry = response.headers.get("x-slack-no-retry") == "1"
        if not response.is_success:
            return Answer(response.status_code, error=FAILED, no_retry=no_retry)
        return Answer(response.status_code, _read(response), no_retry=no_retry)

    async def _over_socket(self, parcel: Parcel, retry: tuple[int, str] | None) -> Answer:
        kinds = {"command": "slash_commands", "event": "events_api"}
        envelope: Json = {
            "type": kinds.get(parcel.kind, "interactive"),
            "payload": parcel.payload,
            "accepts_response_payload": parcel.kind != "event",
        }
        if parcel.kind == "event":
            number, reason = retry or (0, "")
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        return Answer(200, await self.exchange.send(envelope))

    def _http(self) -> httpx.AsyncClient:
        """One client, but a connection of its own for each delivery: bots come and go."""
        if self._client is None:
            limits = httpx.Limits(max_keepalive_connections=0)
            timeout = httpx.Timeout(self.timing.answer)
            self._client = httpx.AsyncClient(trust_env=False, limits=limits, timeout=timeout)
        return self._client

    async def close(self) -> None:
        for task in self._repeats:
            task.cancel()
        if self._client is not None:
            await self._client.aclose()

    def _signed(self, body: bytes) -> dict[str, str]:
        stamp = str(int(time.time()))
        digest = hmac.new(self._secret, f"v0:{stamp}:".encode() + body, hashlib.sha256)
        return {
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={digest.hexdigest()}",
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }


def _read(response: httpx.Response) -> Json:
    """The answer as JSON; plain text is a message's text."""
    if not response.content:
        return {}
    if "json" not in response.headers.get("content-type", ""):
        return {"text": response.text}
    found: Any = response.json()
    return found if isinstance(found, dict) else {}
