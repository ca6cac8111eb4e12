"""The client and the sandbox know nothing of each other; here they meet."""

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from coupontools import endpoints
from coupontools.client import Client, Keys
from coupontools.endpoint import Override
from coupontools.endpoints import ENDPOINTS
from coupontools.errors import BadCredentials, BadInput, Busy, Garbled, Missing, Unanswered
from coupontools.pace import Pace
from coupontools.paging import rows
from sandbox.coupontools.app import CALLS, create

SPLASH = {"campaign": "cam_123456"}


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    config = uvicorn.Config(create(), port=0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
        yield http
    server.should_exit = True
    thread.join()


@pytest.fixture
def client(http) -> Client:
    http.post("/_/reset", json={})
    return Client(http, Keys("sandbox-id", "sandbox-secret"), Pace(10_000, 10_000))


def test_every_path_of_the_sandbox_is_one_of_the_registry():
    assert {known.path for known in ENDPOINTS.values()} >= CALLS.keys()


def test_what_the_client_asks_the_sandbox_answers(client):
    assert len(client.call(endpoints.CAMPAIGN_LIST, {})["coupon_info"]) == 15
    made = client.call(endpoints.CAMPAIGN_CREATE, {"template": "cam_100001", "name": "Été 🎉"})
    assert made["coupon_info"]["name"] == "Été 🎉"
    data = client.call(endpoints.CAMPAIGN_DATA, SPLASH)
    session = {"couponsession": data["data"][0]["session"]}
    assert client.call(endpoints.SESSION_DATA, session)["data"]["status"]["opened"] == "1"
    assert client.call(endpoints.CAMPAIGN_PUSH_ALL, {**SPLASH, "message": "Hi"}) == {}


def test_all_pages_of_usage_data_arrive(client, http):
    http.post("/_/reset", json={"sessions": 10_000})
    found = [len(rows(page)) for page in client.pages(endpoints.CAMPAIGN_DATA, SPLASH)]
    assert found == [5000, 5000, 0]


def test_refusals_arrive_with_the_words_of_the_api(client, http):
    with pytest.raises(Missing, match="Campaign ID not found"):
        client.call(endpoints.CAMPAIGN_INFO, {"campaign": "cam_1"})
    with pytest.raises(Missing, match="Couponsession not found"):
        push = {**SPLASH, "couponsession": "a" * 21, "message": "Hi"}
        client.call(endpoints.CAMPAIGN_PUSH_SINGLE, push)
    with pytest.raises(BadInput, match="Missing parameter: template"):
        client.call(endpoints.CAMPAIGN_CREATE, {})
    with pytest.raises(BadCredentials, match="Client ID or Secret not correct"):
        Client(http, Keys("sandbox-id", "guess"), Pace()).call(endpoints.CAMPAIGN_LIST, {})
    elsewhere = {"campaign_list": Override(path="/v3/nowhere")}
    with pytest.raises(Missing, match="It knows no POST /v3/nowhere"):
        astray = Client(http, Keys("sandbox-id", "sandbox-secret"), Pace(), elsewhere)
        astray.call(endpoints.CAMPAIGN_LIST, {})


@pytest.mark.parametrize(
    ("fault", "kind", "happened", "pushed"),
    [
        ({"drop": "before"}, Unanswered, None, 0),
        ({"drop": "after"}, Unanswered, None, 1),
        ({"status": 429, "retry_after": 0.01}, Busy, False, 0),
        ({"status": 500}, Garbled, None, 0),
        ({"error_code": 101}, BadCredentials, False, 0),
    ],
)
def test_trouble_is_told_for_what_it_is(client, http, fault, kind, happened, pushed):
    http.post("/_/faults", json={"path": endpoints.CAMPAIGN_PUSH_ALL.path, **fault})
    with pytest.raises(kind) as caught:
        client.call(endpoints.CAMPAIGN_PUSH_ALL, {**SPLASH, "message": "Hi"})
    assert caught.value.happened is happened
    assert len(http.get("/_/state").json()["pushes"]) == pushed
