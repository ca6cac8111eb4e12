import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any, NamedTuple

import pytest
from test_sandbox_coupontools import KEYS as HEADERS, Api

from sandbox.coupontools.app import create
from tests.servers import serving

SPLASH, BRUNCH, TEMPLATE = "cam_123456", "cam_123542", "cam_100001"
PATIENCE = 20


@pytest.fixture(scope="module")
def caller() -> Iterator[Api]:
    with serving(create()) as url:
        api = Api(url)
        yield api
        api.http.close()


@pytest.fixture
def api(caller: Api) -> Api:
    caller.reset()
    return caller


class Letter(NamedTuple):
    path: str
    headers: Any
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(self.body)


class Ear:
    """Somebody who listens on loopback, and answers with a status."""

    def __init__(self, url: str, letters: "Queue[Letter]") -> None:
        self.url, self.letters = url, letters

    def hears(self) -> Letter:
        return self.letters.get(timeout=PATIENCE)


@pytest.fixture
def ear() -> Iterator[Ear]:
    letters: Queue[Letter] = Queue()

    class Listening(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = 302 if self.path == "/moved" else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/hook")
            self.send_header("Content-Length", "0")
            self.end_headers()
            letters.put(Letter(self.path, self.headers, body))

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Ear(f"http://localhost:{server.server_address[1]}/hook", letters)
        server.shutdown()
        thread.join()


def register(api: Api, endpoint: str, kind: str = "coupon_validated", **more: str) -> str:
    made = api.says("/v3/webhook/create", endpoint=endpoint, type=kind, **more)["webhook"]
    assert re.fullmatch(r"evt_[0-9A-Za-z]{20}", made["ID"])
    return made["ID"]


def guest(api: Api, campaign: str = SPLASH) -> str:
    return api.says("/v3/singleuse/create", campaign=campaign, email="ada@example.test")[
        "single_use_code"
    ]


def validate(api: Api, session: str) -> None:
    api.says("/v3/couponsession/update", couponsession=session, operation="validated")


def event(api: Api, **wish: str) -> dict[str, Any]:
    answer = api.http.post("/_/event", json=wish)
    assert answer.status_code == 200, answer.text
    return answer.json()


def settled(api: Api, amount: int = 1) -> list[dict[str, Any]]:
    """The deliveries, once there are so many on record."""
    found: list[dict[str, Any]] = []
    for _ in range(PATIENCE * 50):
        found = [each for event in api.state()["events"] for each in event["deliveries"]]
        if len(found) >= amount:
            break
        time.sleep(0.02)
    assert len(found) == amount
    return found


def test_webhooks_are_registered_listed_and_removed(api):
    assert api.says("/v3/webhook/list")["webhook"] == []
    first = register(api, "http://127.0.0.1:9/a")
    second = register(api, "https://example.test/b", "coupon_created", campaign=SPLASH)
    listed = api.says("/v3/webhook/list")["webhook"]
    assert [each["ID"] for each in listed] == [first, second]
    assert listed[1]["campaign"] == SPLASH
    assert api.state()["webhooks"] == listed
    api.says("/v3/webhook/delete", webhook=first)
    missing = [(509, "Webhook not found.")]
    assert api.refuses("/v3/webhook/delete", webhook=first) == missing
    assert [each["ID"] for each in api.says("/v3/webhook/list")["webhook"]] == [second]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"endpoint": ""}, (200, "Missing parameter: endpoint")),
        ({"endpoint": "hook"}, (300, "Incorrect value in parameter: endpoint")),
        ({"type": ""}, (200, "Missing parameter: type")),
        ({"type": "coupon_eaten"}, (302, "Incorrect value in parameter: type")),
        ({"campaign": "cam_9"}, (502, "Campaign ID not found")),
    ],
)
def test_a_wrong_webhook_is_refused(api, wrong, problem):
    asked = {"endpoint": "http://127.0.0.1:9/a", "type": "coupon_validated", **wrong}
    assert api.refuses("/v3/webhook/create", **asked) == [problem]
    assert api.state()["webhooks"] == []


def test_a_validation_is_told_with_its_signature_and_can_be_verified(api, ear):
    register(api, ear.url)
    session = guest(api)
    validate(api, session)
    letter = ear.hears()
    assert letter.path == "/hook"
    assert letter.headers["Content-Type"] == "application/json"
    signature = hmac.new(b"sandbox-secret", letter.body, hashlib.sha256).hexdigest()
    assert letter.headers["x-hmac"] == signature
    told = letter.told
    assert (told["type"], told["campaign"], told["session"]) == (
        "coupon_validated",
        SPLASH,
        session,
    )
    assert told["customer"]["email"] == "ada@example.test"
    assert told["status"]["validated"] == "1"
    found = api.says("/v3/webhook/verification", webhook=told["id"], session=session)
    del found["status"]
    assert found == {
        "result": "valid",
        "webhook": told["id"],
        "date": told["datetime"],
        "campaign": SPLASH,
        "session": session,
        "type": "coupon_validated",
    }
    assert settled(api) == [{"endpoint": ear.url, "status": 204, "error": ""}]


def test_a_second_validation_tells_nothing_and_a_claim_is_another_kind(api, ear):
    register(api, ear.url)
    register(api, ear.url, "coupon_claimed")
    session = guest(api)
    validate(api, session)
    validate(api, session)
    asked = {"couponsessions": [session, "b" * 21], "operation": "claimed"}
    api.says("/v3/multiplecouponsession/update", **asked)
    heard = {ear.hears().told["type"] for _ in range(2)}  # two parcels, two ways: in any order
    assert heard == {"coupon_validated", "coupon_claimed"}
    settled(api, 2)
    assert len(api.state()["events"]) == 2


def test_a_new_campaign_is_told_without_a_session(api, ear):
    register(api, ear.url, "coupon_created")
    made = api.says("/v3/coupon/create", template=TEMPLATE, name="Spring voucher")["coupon_info"]
    told = ear.hears().told
    assert (told["campaign"], told["coupon_code"]) == (made["ID"], made["code"])
    assert told["coupon"]["friendly_name"] == "Spring voucher"
    assert "session" not in told
    assert api.says("/v3/webhook/verification", webhook=told["id"])["session"] == ""


def test_a_webhook_of_one_campaign_does_not_hear_of_others(api, ear):
    register(api, ear.url, campaign=BRUNCH)
    for campaign in (SPLASH, BRUNCH):
        validate(api, guest(api, campaign))
    assert ear.hears().told["campaign"] == BRUNCH
    assert len(api.state()["events"]) == 1


def test_nothing_is_sent_beyond_loopback_and_no_redirect_is_followed(api, ear):
    port = ear.url.split(":")[2].split("/")[0]
    refused = (
        "http://example.test/hook",
        "http://10.0.0.1/hook",
        "http://localhost.example.test/hook",
        f"http://127.0.0.1:{port}@example.test/hook",
        f"https://127.0.0.1:{port}/hook",
    )
    for endpoint in refused:
        register(api, endpoint)
    register(api, ear.url.replace("/hook", "/moved"))
    validate(api, guest(api))
    assert ear.hears().path == "/moved"
    found = settled(api, 6)
    assert [each["status"] for each in found] == [None] * 5 + [302]
    assert {each["error"] for each in found[:5]} == {"not sent: only http on loopback is told"}
    assert ear.letters.empty()


def test_nobody_at_home_is_noted_once(api):
    register(api, "http://127.0.0.1:9/hook")
    validate(api, guest(api))
    assert settled(api)[0]["error"] == "ConnectError"


def test_an_event_happens_on_demand_even_when_nobody_listens(api, ear):
    alone = event(api, type="coupon_validated")
    assert alone["to"] == []
    session = alone["event"]["session"]
    data = api.says("/v3/couponsession/data", couponsession=session)["data"]
    assert data["status"]["validated"] == "1"
    assert api.says("/v3/webhook/verification", webhook=alone["event"]["id"])["result"] == "valid"
    register(api, ear.url)
    register(api, ear.url, "coupon_removed")
    again = event(api, type="coupon_validated", campaign=SPLASH, session=session)
    assert again["to"] == [ear.url]
    assert ear.hears().told == again["event"]
    removed = event(api, type="coupon_removed", campaign=BRUNCH)
    assert ear.hears().told == removed["event"]
    assert removed["event"]["coupon"]["friendly_name"] == "Sunday brunch for two"


def test_a_campaign_without_guests_gets_one_for_an_event(api):
    made = event(api, type="coupon_claimed", campaign=TEMPLATE)["event"]
    rows = api.says("/v3/campaign/claims", campaign=TEMPLATE)["data"]
    assert [row["session"] for row in rows] == [made["session"]]


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"type": "coupon_eaten"},
        {"type": "coupon_validated", "campaign": "cam_9"},
        {"type": "coupon_validated", "session": "b" * 21},
        {"type": "coupon_validated", "speed": 9},
        [1],
    ],
)
def test_an_event_that_makes_no_sense_is_refused(api, wish):
    answer = api.http.post("/_/event", json=wish)
    assert answer.status_code == 422
    assert answer.json()["ok"] is False
    assert api.state()["events"] == []


def test_verification_knows_events_and_not_webhooks(api):
    path, hook = "/v3/webhook/verification", register(api, "http://127.0.0.1:9/hook")
    missing = [(509, "Webhook not found.")]
    assert api.refuses(path) == [(200, "Missing parameter: webhook")]
    assert api.refuses(path, webhook=hook) == missing
    assert api.refuses(path, webhook="evt_" + "a" * 20) == missing
    known = event(api, type="coupon_claimed")["event"]["id"]
    wrong = api.refuses(path, webhook=known, session=guest(api))
    assert wrong == [(505, "Couponsession not found.")]


def test_many_sessions_are_changed_at_once_and_one_unknown_stops_none(api):
    path, ours = "/v3/multiplecouponsession/update", [guest(api), guest(api)]
    asked = {"couponsessions": [ours[0], "b" * 21, ours[1]], "operation": "void"}
    rows = api.says(path, **asked)["data"]
    assert [row["result"] for row in rows] == ["OK", "Couponsession not found.", "OK"]
    assert [each["session"] for each in api.state()["updates"]] == ours
    assert api.state()["sessions"]["voided"] >= 2
    both = api.says(path, couponsessions=",".join(ours), operation="unvoid")["data"]
    assert [row["session"] for row in both] == ours
    assert api.refuses(path, operation="void") == [(200, "Missing parameter: couponsessions")]
    assert api.refuses(path, couponsessions=ours) == [(200, "Missing parameter: operation")]
    assert api.refuses(path, couponsessions=ours, operation="eat")[0][0] == 302


def test_a_storm_has_genuine_ones_some_twice_and_forged_ones(api: Api) -> None:
    wish = {"count": 8, "duplicates": 3, "forged": 4, "shuffle": True, "send": False, "seed": 2}
    told = api.http.post("/_/storm", json=wish).json()
    bodies = [json.loads(parcel["body"]) for parcel in told["parcels"]]
    assert len(bodies) == 15
    assert len(set(told["events"])) == 8
    secret = HEADERS["X-Client-Secret"].encode()
    signed = [
        hmac.new(secret, parcel["body"].encode(), hashlib.sha256).hexdigest()
        == parcel["headers"]["x-hmac"]
        for parcel in told["parcels"]
    ]
    assert signed.count(False) == 4
    for body, is_genuine in zip(bodies, signed, strict=True):
        asked = {"webhook": body["id"], "session": body["session"]}
        answer = api.http.post("/v3/webhook/verification", json=asked)
        assert (answer.status_code == 200) is is_genuine


def test_parcels_are_signed_in_one_of_two_ways_or_not_at_all(api: Api) -> None:
    names = {"hmac": ["x-hmac"], "own": ["x-coupontools-signature"], "none": []}
    for signature, headers in names.items():
        api.http.post("/_/courier", json={"signature": signature}).raise_for_status()
        told = api.http.post("/_/storm", json={"count": 1, "send": False}).json()
        assert [*told["parcels"][0]["headers"]] == headers
    assert api.http.post("/_/courier", json={"signature": "rsa"}).status_code == 422


def test_what_is_not_taken_is_brought_again_when_asked_for(api: Api) -> None:
    api.http.post("/_/courier", json={"retries": 2, "pause_s": 0}).raise_for_status()
    wish = {"count": 1, "endpoint": "http://127.0.0.1:9/hook"}
    api.http.post("/_/storm", json=wish).raise_for_status()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        [event] = api.http.get("/_/state").json()["events"]
        if len(event["deliveries"]) == 3:
            return
        time.sleep(0.05)
    raise AssertionError(event)
