"""Files on their way into Slack: three calls, and a body that is sent as it is read."""

import io
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError

from actions.card import Attachment
from actions.formats import Into
from bot.veiled import Veiled
from bot.views.text import counted

LARGEST = 1_000_000_000
"""Bytes: Slack takes no more in one file."""
TIMEOUT = 120.0
LONGEST_ALT = 1_000


@dataclass(frozen=True)
class Sent:
    """How much that was."""

    rows: int
    files: int


class Written(Protocol):
    """What writes itself when it is sent, and says how many parts it has."""

    @property
    def name(self) -> str: ...

    def write(self, into: Into) -> int: ...


def send(
    client: WebClient,
    attachment: Written,
    *,
    channel: str,
    title: str,
    thread_ts: str | None = None,
    counts: str = "",
    most: int = LARGEST,
) -> Sent:
    """Write the attachment and share it, in several files if one may not be so large.

    Never in memory as a whole, nor readable on the disk. With `counts`, what a row of it is called,
    the message says the title and how many they are.
    """
    whole, files = 0, 0
    for name, rows, content in _files(attachment, most):
        whole, files = whole + rows, files + 1
        id = uploaded(client, content, name)
        said = f"{title}: {counted(rows, counts)}" if counts else None
        share(client, id, title, channel, thread_ts=thread_ts, comment=said)
    return Sent(whole, files)


def _files(written: Written, most: int) -> Iterator[tuple[str, int, Veiled]]:
    """Name, rows and content of each; the content is gone when the next one is asked for."""
    if not isinstance(written, Attachment):
        with Veiled() as content:
            yield written.name, written.write(content), content
        return
    left, number = iter(written.rows()), 0
    row = next(left, None)
    while row is not None or not number:
        with Veiled() as content:
            rows, row = written.fill(content, row, left, most)
            number += 1
            is_all = row is None and number == 1
            yield (written.name if is_all else _numbered(written.name, number)), rows, content


def _numbered(name: str, number: int) -> str:
    begin, dot, end = name.rpartition(".")
    return f"{begin}-{number}{dot}{end}"


def send_picture(
    client: WebClient, png: bytes, *, name: str, title: str, alt: str, channel: str, thread_ts: str
) -> None:
    """Share a picture with its words for those who do not see it."""
    id = uploaded(client, io.BytesIO(png), name, alt=alt)
    share(client, id, title, channel, thread_ts=thread_ts)


def keep_picture(client: WebClient, png: bytes, *, name: str, alt: str) -> str:
    """Give Slack a picture that is shown in a view; its id."""
    id = uploaded(client, io.BytesIO(png), name, alt=alt)
    share(client, id, name)
    return id


def uploaded(
    client: WebClient, file: BinaryIO | Veiled, name: str, *, alt: str | None = None
) -> str:
    """Hand the content over; nobody sees it before it is shared."""
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    alt = alt[:LONGEST_ALT] if alt else None
    place = client.files_getUploadURLExternal(filename=name, length=length, alt_txt=alt)
    _post(client, str(place["upload_url"]), file, length)
    return str(place["file_id"])


def share(
    client: WebClient,
    id: str,
    title: str,
    channel: str | None = None,
    *,
    thread_ts: str | None = None,
    comment: str | None = None,
) -> None:
    """Finish the upload: in a channel if one is given."""
    client.files_completeUploadExternal(
        files=[{"id": id, "title": title[:250]}],
        channel_id=channel,
        thread_ts=thread_ts,
        initial_comment=comment,
    )


def _post(client: WebClient, address: str, file: BinaryIO | Veiled, length: int) -> None:
    """Send it block by block; the address itself is the permission, so no token goes along."""
    at_home = urlsplit(address).netloc == urlsplit(client.base_url).netloc
    if not address.startswith("https://") and not at_home:
        raise SlackRequestError("the address for a file is not a safe one")
    headers = {"Content-Length": str(length), "Content-Type": "application/octet-stream"}
    asked = urllib.request.Request(address, file, headers, method="POST")  # noqa: S310  see above
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=client.ssl)]
    if client.proxy:
        handlers.append(urllib.request.ProxyHandler(dict.fromkeys(("http", "https"), client.proxy)))
    try:
        with urllib.request.build_opener(*handlers).open(asked, timeout=TIMEOUT) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        raise SlackRequestError(f"the file was not taken (HTTP {error.code})") from None
