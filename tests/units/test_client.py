import socket
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest
from odd import KEYS, OK, Odd

from coupontools import endpoints
from coupontools.client import Client, Keys
from coupontools.endpoint import Override
from coupontools.errors import (
    ApiError,
    BadCredentials,
    BadInput,
    Busy,
    Garbled,
    Missing,
    Refused,
    Unanswered,
    Unreached,
)
from coupontools.pace import Pace
from coupontools.paging import rows


@pytest.fixture
def odd() -> Iterator[Odd]:
    server = Odd()
    yield server
    server.close()


@pytest.fixture
def client(odd: Odd) -> Iterator[Client]:
    with httpx.Client(base_url=odd.url) as http:
        yield Client(http, KEYS, Pace(10_000, 10_000))


def failed(client: Client, endpoint=endpoints.CAMPAIGN_PUSH_ALL, **payload: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        client.call(endpoint, payload)
    error = caught.value
    assert KEYS.client_id not in str(error) + repr(error)
    assert KEYS.client_secret not in str(error) + repr(error)
    return error


def test_a_call_of_the_old_dialect_posts_json_with_its_keys_in_the_headers(odd, client):
    odd.says({**OK, "coupon_info": {"ID": "cam_1"}})
    reply = client.call(endpoints.CAMPAIGN_INFO, {"campaign": "cam_1", "note": "Été 🎉"})
    assert reply == {"coupon_info": {"ID": "cam_1"}}
    (asked,) = odd.asked
    assert (asked["verb"], asked["path"]) == ("POST", "/v3/coupon/info")
    assert asked["body"] == {"campaign": "cam_1", "note": "Été 🎉"}
    assert asked["headers"]["X-Client-Id"] == "the-client-id"
    assert asked["headers"]["X-Client-Secret"] == "the-client-secret"
    assert asked["headers"]["Content-Type"] == "application/json"
    assert "x-api-key" not in asked["headers"]


def test_a_subaccount_speaks_the_old_dialect_under_its_new_path(odd, client):
    odd.says({**OK, "subaccount": []})
    client.call(endpoints.SUBACCOUNT_LIST, {})
    assert odd.asked[0]["path"] == "/v4/subaccount/list"
    assert odd.asked[0]["headers"]["X-Client-Id"] == "the-client-id"
    assert odd.asked[0]["body"] == {}


def test_a_read_of_the_new_dialect_puts_its_payload_into_the_query(odd, client):
    odd.says([{"id": 1}])
    payload = {"loyaltyCardId": 5, "include_voided": True, "filter": {"name": "Ann"}, "x": None}
    assert client.call(endpoints.V4_LOYALTY_USERS_LIST, payload) == [{"id": 1}]
    asked = odd.asked[0]
    assert asked["verb"] == "GET"
    assert asked["path"] in (
        "/v4/loyalty/loyalty-cards/5/stats?include_voided=true&filter%5Bname%5D=Ann",
        "/v4/loyalty/loyalty-cards/5/stats?include_voided=true&filter[name]=Ann",
    )
    assert asked["headers"]["x-api-key"] == "the-client-id"
    assert asked["headers"]["x-api-secret"] == "the-client-secret"
    assert asked["headers"]["X-Client-Id"] == "the-client-id"


def test_an_empty_answer_of_the_new_dialect_is_fine(odd, client):
    odd.says(b"", 204)
    assert client.call(endpoints.V4_DIRECTORY_USER_ACCESS_REVOKE, {"id": 1, "userId": 2}) is None
    assert odd.asked[0]["verb"] == "DELETE"


def test_an_overridden_endpoint_is_called_as_the_operator_says(odd):
    odd.says(OK)
    override = Override("/v3/coupon/push/{cam}", "PUT", {"campaign": "cam", "message": "text"})
    with httpx.Client(base_url=odd.url) as http:
        client = Client(http, KEYS, Pace(), {"campaign_push_all": override})
        client.call(endpoints.CAMPAIGN_PUSH_ALL, {"campaign": "cam_1", "message": "Hi"})
    asked = odd.asked[0]
    assert (asked["verb"], asked["path"]) == ("PUT", "/v3/coupon/push/cam_1")
    assert asked["body"] == {"text": "Hi"}


def test_a_path_that_cannot_be_filled_is_refused_before_anything_is_sent(odd, client):
    error = failed(client, endpoints.V4_DIRECTORY_GET)
    assert isinstance(error, BadInput)
    assert "needs id" in str(error)
    assert odd.asked == []


ERRORS = {"error_message": "HTTP/1.0 422 Unprocessable entity."}


@pytest.mark.parametrize("status", [200, 422])
@pytest.mark.parametrize("place", ["inside", "beside"])
@pytest.mark.parametrize("code", [502, [502], "502", ["502"]], ids=repr)
def test_a_refusal_is_read_wherever_it_stands_and_however_it_is_written(
    odd, client, status, place, code
):
    errors = {**ERRORS, "error_message_description": ["Campaign ID not found"], "error_code": code}
    inside = {"status": {"status": "failed", "errors": errors}}
    odd.says(inside if place == "inside" else {**inside, **beside(errors)}, status)
    error = failed(client, campaign="cam_9")
    assert isinstance(error, Missing)
    assert error.happened is False
    assert error.codes == (502,)
    assert error.messages == ("Campaign ID not found",)
    assert str(error) == "Coupontools cannot find that. Campaign ID not found (code 502)."


def beside(errors: dict[str, Any]) -> dict[str, Any]:
    return {"status": {"status": "failed"}, "errors": errors}


def test_several_refusals_are_all_told(odd, client):
    said = ["Missing parameter: template", "Unknown parameter: colour"]
    odd.says(
        {
            "status": {
                "status": "failed",
                "errors": {
                    **ERRORS,
                    "error_message_description": said,
                    "error_code": [200, 300],
                },
            }
        },
        422,
    )
    error = failed(client, endpoints.CAMPAIGN_CREATE)
    assert isinstance(error, BadInput)
    assert all(each in str(error) for each in said)
    assert error.codes == (200, 300)


def test_wrong_keys_are_told_without_the_keys(odd, client):
    said = "HTTP/1.0 401 Unauthorized. Client ID or Secret not correct: the-client-secret."
    errors = {"error_code": 1000, "error_message": said}
    odd.says({"status": {"status": "failed", "errors": errors}}, 401)
    error = failed(client)
    assert isinstance(error, BadCredentials)
    assert error.codes == (1000,)
    assert "Client ID or Secret not correct" in str(error)
    assert "HTTP/1.0" not in str(error)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"Unauthorized", BadCredentials),
        (403, {"message": "No"}, BadCredentials),
        (404, {"message": "No such card"}, Missing),
        (404, b"<html>Not Found</html>", Missing),
        (422, {"errors": {"email": ["is taken"]}}, BadInput),
        (400, b"", BadInput),
        (409, {"error": "conflict"}, Refused),
    ],
)
@pytest.mark.parametrize("endpoint", [endpoints.V4_DIRECTORY_LIST, endpoints.CAMPAIGN_LIST])
def test_http_alone_can_refuse(odd, client, status, body, kind, endpoint):
    odd.says(body, status)
    error = failed(client, endpoint)
    assert type(error) is kind
    assert error.happened is False
    assert "<html>" not in str(error)


def test_a_refusal_of_the_new_dialect_says_what_the_api_said(odd, client):
    odd.says({"errors": {"email": ["The e-mail is taken."]}}, 422)
    assert "The e-mail is taken" in str(failed(client, endpoints.V4_DIRECTORY_LIST))


def test_a_path_that_does_not_exist_is_named(odd, client):
    odd.says(b"<html>Not Found</html>", 404)
    assert "POST /v3/coupon/pushnotification/all" in str(failed(client))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>Welcome</html>"),
        (200, b"\xff\xfe\xff"),
        (200, b'{"status": {"status": "OK"'),
        (200, b"[" * 100_000),
        (200, ["OK"]),
        (200, {"coupon_info": []}),
        (200, {"status": {"status": "perhaps"}}),
        (200, {"status": {"status": "OK", "errors": {"error_code": [502]}}}),
        (302, b""),
        (500, {"status": {"status": "failed", "errors": {"error_code": [502]}}}),
        (502, b"Bad gateway"),
        (503, b"Unavailable"),
    ],
)
def test_an_answer_in_no_known_shape_leaves_the_question_open(odd, client, status, body):
    odd.says(body, status)
    error = failed(client)
    assert isinstance(error, Garbled)
    assert error.happened is None


def test_an_answer_that_cannot_be_unpacked_leaves_the_question_open(odd, client):
    odd.says(b"not gzip at all", 200, Content_Encoding="gzip")
    assert isinstance(failed(client), Garbled)


@pytest.mark.parametrize("status", [429, 503])
def test_told_to_come_back_later_we_know_that_nothing_was_done(odd, client, status):
    odd.says(b"slow down", status, Retry_After="0.01")
    error = failed(client)
    assert isinstance(error, Busy)
    assert error.happened is False
    assert error.retry_after == pytest.approx(0.01)


def test_later_may_be_a_date_or_nonsense(odd):
    hours = Hours()
    with httpx.Client(base_url=odd.url) as http:
        client = Client(http, KEYS, Pace(now=hours.now, sleep=hours.sleep))
        odd.says(b"", 429, Retry_After=formatdate(time.time() + 1000, usegmt=True))
        assert failed(client).retry_after > 900
        odd.says(b"", 429, Retry_After="soon")
        assert failed(client).retry_after is None


@pytest.mark.parametrize(
    "first",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"rubbish\r\n\r\n"],
    ids=["nothing", "half", "rubbish"],
)
def test_a_line_that_breaks_after_sending_leaves_the_question_open(odd, client, first):
    odd.hangs_up(first)
    error = failed(client)
    assert isinstance(error, Unanswered)
    assert error.happened is None
    assert len(odd.asked) == 1


def test_an_answer_that_does_not_come_leaves_the_question_open(odd, client):
    leave = threading.Event()
    odd.answer = lambda _: None if leave.wait(20) else None
    try:
        with pytest.raises(Unanswered):
            client.call(endpoints.CAMPAIGN_PUSH_ALL, {}, timeout=0.05)
    finally:
        leave.set()


def test_a_door_that_is_shut_means_that_nothing_was_sent():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        error = failed(Client(http, KEYS, Pace()))
    assert isinstance(error, Unreached)
    assert error.happened is False


def test_a_name_that_does_not_exist_means_that_nothing_was_sent():
    with httpx.Client(base_url="http://nowhere.invalid", trust_env=False) as http:
        assert isinstance(failed(Client(http, KEYS, Pace())), Unreached)


def test_a_pool_that_is_full_means_that_nothing_was_sent(odd):
    busy, leave = threading.Event(), threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        busy.set()
        leave.wait(20)
        odd.says(OK)
        odd.answer(handler)

    odd.answer = answer
    with httpx.Client(base_url=odd.url, limits=httpx.Limits(max_connections=1)) as http:
        client = Client(http, KEYS, Pace())
        first = threading.Thread(target=client.call, args=(endpoints.CAMPAIGN_LIST, {}))
        first.start()
        assert busy.wait(20)
        try:
            with pytest.raises(Unreached):
                client.call(endpoints.CAMPAIGN_PUSH_ALL, {}, timeout=0.05)
        finally:
            leave.set()
            first.join()
    assert len(odd.asked) == 1


def paged(odd: Odd, total: int, size: int) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        page = odd.asked[-1]["body"]["page"]
        found = [{"session": n} for n in range(total)][(page - 1) * size : page * size]
        odd.says({**OK, "amount_of_results": total, "data": found})
        odd_answer = odd.answer
        odd.answer = answer
        odd_answer(handler)

    odd.answer = answer


@pytest.mark.parametrize(
    ("total", "size", "calls"), [(0, 5, 1), (4, 5, 1), (5, 5, 2), (12, 5, 3), (10, 5, 3)]
)
def test_pages_go_on_while_they_are_full(odd, client, total, size, calls):
    paged(odd, total, size)
    found = [
        row["session"]
        for reply in client.pages(endpoints.CAMPAIGN_DATA, {"campaign": "cam_1"}, size=size)
        for row in rows(reply)
    ]
    assert found == [*range(total)]
    assert [asked["body"]["page"] for asked in odd.asked] == [*range(1, calls + 1)]
    assert odd.asked[0]["body"]["campaign"] == "cam_1"


def test_pages_of_a_hundred_are_not_taken_for_all(odd, client):
    paged(odd, 250, 100)
    found = [rows(reply) for reply in client.pages(endpoints.CAMPAIGN_DATA, {})]
    assert [len(each) for each in found] == [100, 100, 50]


def test_a_server_that_does_not_heed_the_page_is_asked_twice_and_read_once(odd, client):
    odd.says({**OK, "data": [{"session": n} for n in range(5)]})
    assert len([*client.pages(endpoints.CAMPAIGN_DATA, {}, size=5)]) == 1
    assert len(odd.asked) == 2


def test_keys_do_not_show_and_must_fit_a_header():
    assert "the-client" not in repr(KEYS) + str(KEYS) + f"{KEYS}"
    for bad in ("", "a b", "a\nb", "clé"):
        with pytest.raises(ValueError, match="client_secret must") as caught:
            Keys("x", bad)
        assert not bad or bad not in str(caught.value)


class Hours:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.at, self.slept = 1000.0, []
        self.lock = threading.Lock()

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.slept.append(seconds)
            self.at += seconds


def waits(pace: Pace, hours: Hours, calls: int) -> float:
    start = hours.at
    for _ in range(calls):
        pace.wait()
    return hours.at - start


def test_a_pace_lets_a_burst_through_and_then_keeps_time():
    hours = Hours()
    pace = Pace(5, 10, hours.now, hours.sleep)
    assert waits(pace, hours, 10) == 0
    assert waits(pace, hours, 10) == pytest.approx(2)
    hours.at += 100
    assert waits(pace, hours, 11) == pytest.approx(0.2)


def test_a_hold_is_for_everybody_and_ends_without_a_rush():
    hours = Hours()
    pace = Pace(5, 10, hours.now, hours.sleep)
    pace.hold(30)
    pace.hold(3)  # the longer one counts
    assert waits(pace, hours, 1) == pytest.approx(30)
    assert waits(pace, hours, 5) == pytest.approx(1)


def test_a_busy_answer_holds_the_account(odd):
    hours = Hours()
    with httpx.Client(base_url=odd.url) as http:
        client = Client(http, KEYS, Pace(5, 10, hours.now, hours.sleep))
        for said, held in (("7", 7), ("86400", 60), ("", 5)):
            odd.says(b"", 429, Retry_After=said)
            assert isinstance(failed(client), Busy)
            odd.says(OK)
            before = hours.at
            client.call(endpoints.CAMPAIGN_LIST, {})
            assert held - 0.01 <= hours.at - before <= held + 0.21


def test_threads_share_one_pace():
    hours = Hours()
    pace = Pace(100, 1, hours.now, hours.sleep)
    threads = [threading.Thread(target=waits, args=(pace, hours, 20)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hours.at - 1000 >= 0.79 - 1e-6


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_pace_that_never_lets_anything_through_cannot_be_made(rate, burst):
    with pytest.raises(ValueError, match="pace"):
        Pace(rate, burst)
