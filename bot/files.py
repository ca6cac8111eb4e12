"""Files on their way into Slack: three calls, and a body that is sent as it is read."""

import io
import os
import tempfile
import urllib.error
import urllib.request
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError

from bot.views.text import counted

TIMEOUT = 120.0
LONGEST_ALT = 1_000


class Written(Protocol):
    """What writes itself when it is sent, and says how many parts it has."""

    @property
    def name(self) -> str: ...

    def write(self, into: BinaryIO) -> int: ...


def send(
    client: WebClient,
    attachment: Written,
    *,
    channel: str,
    title: str,
    thread_ts: str | None = None,
    counts: str = "",
) -> int:
    """Write the attachment and share it; says how many rows it has. Never in memory as a whole.

    With `counts`, what a row of it is called, the message says the title and how many they are.
    """
    with tempfile.TemporaryFile() as file:
        rows = attachment.write(file)
        id = uploaded(client, file, attachment.name)
        said = f"{title}: {counted(rows, counts)}" if counts else None
        share(client, id, title, channel, thread_ts=thread_ts, comment=said)
    return rows


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


def uploaded(client: WebClient, file: BinaryIO, name: str, *, alt: str | None = None) -> str:
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


def _post(client: WebClient, address: str, file: BinaryIO, length: int) -> None:
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
