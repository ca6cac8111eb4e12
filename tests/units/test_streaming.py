"""Long answers: each record as it comes, and what goes wrong is known as of any other call."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from odd import KEYS, OK, Odd

from coupontools import endpoints
from coupontools.client import Client
from coupontools.errors import BadCredentials, Busy, Garbled, Missing, Unanswered, Unreached
from coupontools.pace import Pace

CUT = 200_000
MANY = endpoints.SINGLE_USE_CREATE_MULTIPLE


@pytest.fixture
def odd() -> Iterator[Odd]:
    server = Odd()
    yield server
    server.close()


@pytest.fixture
def client(odd: Odd) -> Iterator[Client]:
    with httpx.Client(base_url=odd.url) as http:
        yield Client(http, KEYS, Pace(10_000, 10_000))


def taken(client: Client) -> list[Any]:
    found: list[Any] = []
    client.rows(MANY, {"campaign": "cam_1", "amount": 10}, found.append)
    return found


def failed(client: Client, error: type[Exception]) -> tuple[list[Any], str]:
    found: list[Any] = []
    with pytest.raises(error) as caught:
        client.rows(MANY, {"campaign": "cam_1"}, found.append)
    return found, str(caught.value)


def test_each_record_is_handed_over(odd: Odd, client: Client) -> None:
    records = [{"n": number, "code": "é" * 50} for number in range(2_000)]
    odd.says({**OK, "campaign": "cam_1", "data": records})
    assert taken(client) == records


@pytest.mark.parametrize("body", [{"data": [{"n": 1}], **OK}, {**OK, "data": [{"n": 1}]}])
def test_the_status_may_stand_anywhere(odd: Odd, client: Client, body: Any) -> None:
    odd.says(body)
    assert taken(client) == [{"n": 1}]


def test_a_refusal_is_one_as_of_any_other_call(odd: Odd, client: Client) -> None:
    errors = {"error_message_description": ["Campaign ID not found"], "error_code": [502]}
    odd.says({"status": {"status": "failed", "errors": errors}}, 422)
    assert "Campaign ID not found (code 502)" in failed(client, Missing)[1]
    odd.says({"status": {"status": "failed", "errors": errors}})
    failed(client, Missing)
    odd.says({"status": {"status": "failed", "errors": {"error_code": 1000}}}, 401)
    failed(client, BadCredentials)
    odd.says(b"later", 429, Retry_After="0")
    failed(client, Busy)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>", 200),
        (b"", 200),
        ({**OK, "data": []}, 200),
        (OK, 200),
        ({"data": []}, 200),
        (b"oops", 502),
    ],
)
def test_what_is_no_list_of_records_is_in_doubt(
    odd: Odd, client: Client, body: Any, status: int
) -> None:
    odd.says(body, status)
    failed(client, Garbled)


def test_records_without_a_word_that_it_went_well_are_in_doubt(odd: Odd, client: Client) -> None:
    odd.says({"data": [{"n": 1}]})
    assert failed(client, Garbled)[0] == [{"n": 1}]
    odd.says({"data": [{"n": 1}], **OK}, 500)
    assert failed(client, Garbled)[0] == [{"n": 1}]


def test_what_breaks_off_is_in_doubt_and_says_how_much_had_come(odd: Odd, client: Client) -> None:
    whole = json.dumps({**OK, "data": [{"n": number} for number in range(50_000)]}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(whole)}\r\n\r\n".encode()
    odd.hangs_up(head + whole[:CUT])
    found, words = failed(client, Unanswered)
    assert found[:2] == [{"n": 0}, {"n": 1}]
    assert f"It broke off after {len(found):,} records." in words
    odd.says(whole[:CUT])
    assert len(failed(client, Garbled)[0]) == len(found)


def test_before_anything_is_sent_there_is_no_doubt(client: Client) -> None:
    with httpx.Client(base_url="http://127.0.0.1:9") as nowhere:
        failed(Client(nowhere, KEYS, Pace(10_000, 10_000)), Unreached)
