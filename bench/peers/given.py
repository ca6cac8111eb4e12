"""The pushes that a peer is given, and how it sends one: as any program would."""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx


@dataclass(frozen=True)
class Given:
    """Where to keep jobs, what to send where, and when."""

    store: str
    url: str
    keys: list[str]
    pushes: list[dict[str, Any]]
    dues: list[datetime]


def given() -> Given:
    """What came on the standard input: one line of JSON."""
    said = json.loads(sys.stdin.readline())
    said["dues"] = [datetime.fromisoformat(due) for due in said["dues"]]
    return Given(**said)


def now() -> str:
    """When the peer begins."""
    return datetime.now(UTC).isoformat()


@cache
def client() -> httpx.Client:
    """One for all pushes of this process, with room for what is sent at the same time."""
    return httpx.Client(limits=httpx.Limits(max_connections=50), timeout=30)


def send(url: str, keys: list[str], push: dict[str, Any]) -> None:
    """One push."""
    headers = dict(zip(("X-Client-Id", "X-Client-Secret"), keys, strict=True))
    client().post(url, json=push, headers=headers).raise_for_status()
