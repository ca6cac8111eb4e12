"""Long answers: each record is handed over as it comes in, and none of them is kept."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import ijson

from coupontools.errors import Garbled, Unanswered

Take = Callable[[Any], None]

RECORDS, STATUS = "data.item", "status"
"""Where they stand in an envelope."""
BLOCK = 65_536
WHOLE = 1_048_576
"""Bytes of an answer without a record that are read: an error is shorter than that."""


class Incoming:
    """An answer as a file; it keeps how it begins, as long as there is no record, and its end."""

    def __init__(self, answer: httpx.Response) -> None:
        self._blocks = answer.iter_bytes()
        self.head, self.tail, self.count = bytearray(), b"", 0

    def read(self, size: int) -> bytes:
        block = next(self._blocks, b"") if size else b""
        if not self.count and len(self.head) < WHOLE:
            self.head += block
        self.tail = (self.tail + block)[-BLOCK:]
        return block


def records(answer: httpx.Response, take: Take) -> tuple[int, Any, bytes]:
    """Hand over each record of an answer.

    Gives how many there were and the status that stands in the envelope; of an answer without any,
    how it begins. What breaks off raises `Unanswered`, what cannot be read `Garbled`.
    """
    incoming = Incoming(answer)
    with _broken_off(incoming):
        for record in ijson.items(incoming, RECORDS, use_float=True, buf_size=BLOCK):
            incoming.count += 1
            take(record)
    return incoming.count, _status(incoming), bytes(incoming.head)


def _status(incoming: Incoming) -> Any:
    """It stands before the records, or after them."""
    with suppress(ijson.JSONError):
        for found in ijson.items(io.BytesIO(incoming.head), STATUS):
            return found
    with suppress(ValueError, KeyError):
        return json.loads(b"{" + incoming.tail.rpartition(b"]")[2].lstrip(b" ,\r\n\t"))[STATUS]
    return None


@contextmanager
def _broken_off(incoming: Incoming) -> Iterator[None]:
    """What it means when it does not come to its end; without a record, who asked reads on."""
    try:
        yield
    except ijson.JSONError as error:
        if incoming.count:
            raise Garbled(_after(incoming)) from error
    except httpx.DecodingError as error:
        raise Garbled(_after(incoming)) from error
    except httpx.RequestError as error:
        raise Unanswered(_after(incoming)) from error


def _after(incoming: Incoming) -> str:
    return f"It broke off after {incoming.count:,} records." if incoming.count else ""
