"""Requests as Slack signs and sends them, many at once; and an ear for what is answered later."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

PATIENCE = 30.0
PATH = "/slack/events"


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP, and after how many seconds; status 0: nothing came."""

    status: int
    took: float
    body: bytes


def signed(secret: str, fields: Mapping[str, str]) -> bytes:
    """A whole HTTP request, on a connection of its own as Slack's are."""
    body, stamp = urlencode(fields).encode(), str(int(time.time()))
    mark = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={mark}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def interaction(secret: str, payload: Mapping[str, Any]) -> bytes:
    """The same of a button or a form, whose payload is JSON."""
    return signed(secret, {"payload": json.dumps(payload)})


async def at_once(urls: Sequence[str], requests: Sequence[bytes]) -> list[Answer]:
    """Send all of them at the same moment, to each address in turn."""
    goes = [send(urls[n % len(urls)], request) for n, request in enumerate(requests)]
    return list(await asyncio.gather(*goes))


async def send(url: str, request: bytes) -> Answer:
    """Send one, and wait for its answer."""
    began, place = time.perf_counter(), urlsplit(url)
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            writer.write(request)
            text = await reader.read()
            writer.close()
    except (OSError, TimeoutError):
        return Answer(0, time.perf_counter() - began, b"")
    head, _, body = text.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1]) if head else 0
    return Answer(status, time.perf_counter() - began, body)


class Ear:
    """Stands where Slack takes what an app says later: hears it, and when."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: dict[str, tuple[float, str]] = {}
        """What was said to each address: the first time it was said, and the words."""

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, whatever its form."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        sizes = [line for line in head.split("\r\n") if line.lower().startswith("content-length")]
        body = await reader.readexactly(int(sizes[0].partition(":")[2]) if sizes else 0)
        path = head.split(" ", 2)[1].removeprefix("/")
        self.heard.setdefault(path, (time.perf_counter(), str(json.loads(body)["text"])))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Ear]:
    """An ear on a free port of loopback."""
    ear = Ear()
    server = await asyncio.start_server(ear.take, "127.0.0.1", 0, backlog=1024)
    ear.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield ear
