"""Files on their way into Slack: in blocks, to where Slack says, and nowhere else."""

import io
from typing import Any, BinaryIO

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from actions.card import Attachment
from bot.files import send, uploaded
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
    assert send(web, file, channel="D0ANA", title="Numbers", counts="row") == 3
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
