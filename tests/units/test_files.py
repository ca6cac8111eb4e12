"""Files on their way into Slack: in blocks, to where Slack says, and nowhere else."""

import io
import os
from typing import Any, BinaryIO

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from actions.card import Attachment
from bot.files import send, uploaded
from bot.veiled import Veiled
from tests.world import TOKEN


@pytest.fixture
def web(slack_server: str) -> WebClient:
    httpx.post(f"{slack_server}/_/reset", json={})
    return WebClient(TOKEN, f"{slack_server}/api/")


class Counted(io.BytesIO):
    """A file that knows the largest piece that was read of it."""

    largest = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.largest = max(self.largest, len(piece))
        return piece


class Elsewhere(WebClient):
    """A Slack that names another address for the content."""

    address = "http://somewhere.example.test/upload"

    def files_getUploadURLExternal(self, **_: Any) -> Any:
        return {"upload_url": self.address, "file_id": "F1"}


def test_it_is_sent_in_pieces(web: WebClient) -> None:
    file: BinaryIO = Counted(b"code\n" * 400_000)
    assert uploaded(web, file, "codes.csv").startswith("F")
    assert isinstance(file, Counted)
    assert 0 < file.largest <= 100_000


def test_the_message_says_how_many_rows(web: WebClient, slack_server: str) -> None:
    file = Attachment("a.csv", ("n",), lambda: ([n] for n in range(3)))
    assert send(web, file, channel="D0ANA", title="Numbers", counts="row").rows == 3
    [message] = httpx.get(f"{slack_server}/_/state").json()["messages"]
    assert message["text"] == "Numbers: 3 rows"


def test_it_goes_to_no_unsafe_address(web: WebClient) -> None:
    with pytest.raises(SlackRequestError, match="not a safe one"):
        uploaded(Elsewhere(TOKEN, web.base_url), io.BytesIO(b"1"), "a.csv")


def test_an_address_that_takes_nothing_is_said_to(web: WebClient) -> None:
    client = Elsewhere(TOKEN, web.base_url)
    client.address = web.base_url.replace("/api/", "/upload/v1/F0")
    with pytest.raises(SlackRequestError, match="HTTP 400"):
        uploaded(client, io.BytesIO(b"1"), "a.csv")


def test_what_slack_refuses_is_its_error(web: WebClient) -> None:
    with pytest.raises(SlackApiError):
        uploaded(web, io.BytesIO(b""), "empty.csv")


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_what_is_too_large_for_one_file_comes_in_several(
    web: WebClient, slack_server: str, form: Any
) -> None:
    rows = [(f"https://digicpn.com/p/x/{number:021}", number) for number in range(20_000)]
    file = Attachment(f"codes.{form}", ("url", "n"), lambda: iter(rows), form)
    sent = send(web, file, channel="D0ANA", title="Codes", most=400_000)
    found = httpx.get(f"{slack_server}/_/state").json()["files"]
    assert (sent.rows, sent.files) == (20_000, len(found))
    assert [each["name"] for each in found] == [
        f"codes-{number}.{form}" for number in range(1, len(found) + 1)
    ]
    assert len(found) > 1
    contents = [httpx.get(each["url_private"]).content for each in found]
    assert all(len(content) < 400_000 for content in contents)
    if form == "csv":
        lines = [line for content in contents for line in content.decode().splitlines()]
        assert lines.count("url,n") == len(found)
        assert [line for line in lines if line != "url,n"] == [f"{url},{n}" for url, n in rows]


def test_on_its_way_nobody_can_read_it_on_the_disk() -> None:
    with Veiled() as file:
        file.write(b"secret " * 10_000)
        assert file.seek(0, os.SEEK_END) == 70_000
        file.seek(0)
        file._file.seek(0)
        assert b"secret" not in file._file.read()
        file.seek(0)
        assert file.read() == b"secret " * 10_000
