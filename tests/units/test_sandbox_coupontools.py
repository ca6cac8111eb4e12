import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from sandbox.coupontools.app import create

KEYS = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
SPLASH, TEMPLATE = "cam_123456", "cam_100001"


class Api:
    """The sandbox behind a real socket, and a person who calls it."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, headers=KEYS, timeout=20)

    def says(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self.http.post(path, json=params)
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] == {"status": "OK"}
        return answer.json()

    def refuses(self, path: str, **params: Any) -> list[tuple[int, str]]:
        answer = self.http.post(path, json=params)
        assert answer.status_code == 422, answer.text
        status = answer.json()["status"]
        assert status["status"] == "failed"
        errors = status["errors"]
        assert errors["error_message"] == "HTTP/1.0 422 Unprocessable entity."
        return [*zip(errors["error_code"], errors["error_message_description"], strict=True)]

    def state(self) -> dict[str, Any]:
        return self.http.get("/_/state").json()

    def calls(self) -> list[dict[str, Any]]:
        return self.http.get("/_/calls").json()

    def trouble(self, path: str, **fault: Any) -> None:
        assert self.http.post("/_/faults", json={"path": path, **fault}).json() == {"ok": True}

    def reset(self, **sizes: Any) -> None:
        assert self.http.post("/_/reset", json=sizes).json() == {"ok": True}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    config = uvicorn.Config(create(), port=0, log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def caller(url) -> Iterator[Api]:
    api = Api(url)
    yield api
    api.http.close()


@pytest.fixture
def api(caller) -> Api:
    caller.reset()
    return caller


# keys, bodies, verbs


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_wrong_keys_are_refused_with_a_bare_number_and_no_list(api, secret):
    answer = api.http.post("/v3/coupon/list", json={}, headers={"X-Client-Secret": secret})
    assert answer.status_code == 401
    assert answer.json() == {
        "status": {
            "status": "failed",
            "errors": {
                "error_code": 1000,
                "error_message": "HTTP/1.0 401 Unauthorized. Client ID or Secret not correct.",
            },
        }
    }


def test_keys_may_stand_in_the_body_as_json_or_as_a_form(api, url):
    keys = {"client_id": "sandbox-id", "client_secret": "sandbox-secret"}
    asked = {**keys, "campaign": SPLASH}
    for body in ({"json": asked}, {"data": asked}):
        answer = httpx.post(f"{url}/v3/coupon/info", **body)
        assert answer.json()["coupon_info"]["name"] == "Summer splash"
    assert "sandbox-secret" not in json.dumps(api.calls())
    assert [call["body"] for call in api.calls()] == [{"campaign": SPLASH}] * 2


def test_a_list_call_needs_no_body(api):
    assert len(api.http.post("/v3/coupon/list").json()["coupon_info"]) == 15


def test_the_old_dialect_knows_get_in_two_places_only(api):
    answer = api.http.get("/v3/coupon/info", params={"campaign": SPLASH})
    assert answer.status_code == 405
    assert answer.json()["status"]["status"] == "failed"


def test_an_unknown_path_and_a_broken_body_are_refused(api):
    assert api.http.post("/v3/coupons/list", json={}).status_code == 404
    assert api.http.post("/v3/coupon/list", content=b"{").status_code == 422
    assert api.http.post("/v3/coupon/list", json=[1]).status_code == 422


# campaigns


def names(found: dict[str, Any]) -> list[str]:
    return [each["name"] for each in found["coupon_info"]]


def test_campaigns_are_listed_with_every_value_as_text(api):
    found = api.says("/v3/coupon/list")
    assert names(found)[:3] == [
        "Template: Percentage off",
        "Template: Free coffee",
        "Template: Buy one get one",
    ]
    assert "<!channel> Free tickets" in names(found)
    assert "عرض نهاية الأسبوع" in names(found)
    assert {each["status"] for each in found["coupon_info"]} == {"active", "inactive", "example"}
    splash = next(each for each in found["coupon_info"] if each["ID"] == SPLASH)
    assert all(isinstance(value, str) for value in splash.values())
    assert splash["url"] == f"https://digicpn.com/p/{splash['code'].lower()}"


def test_a_list_can_be_narrowed_and_turned_round(api):
    def found(**params):
        return names(api.says("/v3/coupon/list", **params))

    assert len(found(only_active=True)) == len(found(only_active="1")) == 9
    assert len(found(only_active="false")) == 15
    assert "Summer splash" in found(tags="summer, winter")
    assert "Winter warmers" in found(tags="summer, winter")
    assert found(category="cat_15", only_active=True) == [
        "<!channel> Free tickets",
        "Student night",
    ]
    assert "Summer splash" in found(folder="31")
    assert found(sorting="desc") == found(sorting="asc")[::-1]


def test_a_list_refuses_what_it_does_not_know(api):
    assert api.refuses("/v3/coupon/list", folder="99") == [(515, "Folder not found")]
    assert api.refuses("/v3/coupon/list", sorting="up")[0][0] == 302
    assert api.refuses("/v3/coupon/list", only_active="perhaps")[0][0] == 302
    assert api.refuses("/v3/coupon/list", category="food")[0][0] == 301


def test_one_campaign_is_read_with_its_counters_on_request(api):
    plain = api.says("/v3/coupon/info", campaign=SPLASH)["coupon_info"]
    counted = api.says("/v3/coupon/info", campaign=SPLASH, show_usage_stats=True)["coupon_info"]
    assert counted.keys() - plain.keys() == {
        "custom_validation_codes",
        "custom_validation_codes_claimed",
    }
    assert counted["custom_validation_codes"] == "1240"


@pytest.mark.parametrize(
    "path",
    [
        *("/v3/coupon/info", "/v3/campaign/data", "/v3/campaign/opens", "/v3/campaign/claims"),
        *("/v3/campaign/validations", "/v3/campaign/search", "/v3/coupon/pushnotification/all"),
        *("/v3/singleuse/create", "/v3/multiplesingleuse/create"),
    ],
)
def test_every_call_about_a_campaign_wants_one_that_exists(api, path):
    assert api.refuses(path) == [(200, "Missing parameter: campaign")]
    bad = "Invalid character in parameter: campaign"
    assert api.refuses(path, campaign="cam_12x") == [(301, bad)]
    assert api.refuses(path, campaign="cam_9") == [(502, "Campaign ID not found")]


def test_a_campaign_is_made_from_a_template(api):
    asked = {
        "template": TEMPLATE,
        "name": "Spring voucher",
        "start_date": "2027-03-01 09:00",
        "expiry_date": "6week",
        "discount_value": "10",
        "amount_limitation": 500,
        "background_color": "#00aaFF",
        "code_prefix": "SPR",
        "code_length": 10,
        "code_type": "numeric",
        "logo_image": "https://example.test/l.png",
    }
    made = api.says("/v3/coupon/create", **asked)["coupon_info"]
    assert made.keys() == {"ID", "code", "name"}
    assert re.fullmatch(r"cam_\d+", made["ID"])
    assert re.fullmatch(r"[0-9A-Za-z]{6}", made["code"])
    assert api.says("/v3/coupon/info", campaign=made["ID"])["coupon_info"]["status"] == "active"
    (created,) = api.state()["created"]
    assert created["parameters"] == asked
    assert (created["ID"], created["template"]) == (made["ID"], TEMPLATE)


START = 'Startdate incorrect format, must be "yyyy-mm-dd hh:mm" or must be in list'
EXPIRY = 'Expirydate incorrect format, must be "yyyy-mm-dd hh:mm" or must be in list'


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"template": ""}, (200, "Missing parameter: template")),
        ({"template": "cam_999"}, (501, "Template not found.")),
        ({"template": SPLASH}, (501, "Template not found.")),
        ({"colour": "red"}, (300, "Unknown parameter: colour")),
        ({"start_date": "2027-03-01"}, (303, START)),
        ({"start_date": "2027-03-01T09:00"}, (303, START)),
        ({"start_date": "2027-02-30 09:00"}, (303, START)),
        ({"start_date": "endday"}, (303, START)),
        ({"expiry_date": "halfday"}, (303, EXPIRY)),
        ({"expiry_date": "2027-3-1 9:00"}, (303, EXPIRY)),
        ({"discount_value": "-1"}, (301, "discount_value should be a positive number.")),
        ({"discount_value": "10%"}, (301, "discount_value should be a positive number.")),
        ({"amount_limitation": 0}, (301, "amount_limitation should be a positive number.")),
        ({"amount_limitation": 2.5}, (301, "amount_limitation should be a positive number.")),
    ],
)
def test_a_wrong_campaign_is_refused_in_the_documented_words(api, wrong, problem):
    assert api.refuses("/v3/coupon/create", **{"template": TEMPLATE, **wrong}) == [problem]
    assert api.state()["created"] == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code_length": 9}, 301),
        ({"code_length": 26}, 301),
        ({"code_type": "letters"}, 302),
        ({"button_color": "red"}, 300),
        ({"background_color": "#12345"}, 300),
        ({"coupon_image": "picture.png"}, 300),
        ({"title": ["a"]}, 300),
    ],
)
def test_a_wrong_look_or_code_is_refused(api, wrong, code):
    assert api.refuses("/v3/coupon/create", template=TEMPLATE, **wrong)[0][0] == code


def test_all_that_is_wrong_with_a_campaign_is_told_at_once(api):
    problems = api.refuses("/v3/coupon/create", start_date="x", amount_limitation="y", nope=1)
    assert sorted(code for code, _ in problems) == [200, 300, 301, 303]


# usage data


def test_usage_data_says_whom_a_push_reaches(api):
    found = api.says("/v3/campaign/data", campaign=SPLASH)
    assert found["amount_of_results"] == len(found["data"]) == 1240
    holders = [
        row
        for row in found["data"]
        if "1" in (row["status"]["saved_to_passbook"], row["status"]["saved_to_androidpay"])
    ]
    assert len(holders) == 812
    row = found["data"][0]
    assert re.fullmatch(r"[0-9a-z]{21}", row["session"])
    assert isinstance(row["sequenceid"], str)
    assert row["customer"]["email"] == "mia.vos@example.test"
    whole = api.says("/v3/couponsession/data", couponsession=row["session"])
    assert row["status"].items() <= whole["data"]["status"].items()


@pytest.mark.parametrize(
    ("path", "action", "flag"),
    [
        ("/v3/campaign/opens", "retrieve_opens", "opened"),
        ("/v3/campaign/claims", "retrieve_claims", "claimed"),
        ("/v3/campaign/validations", "retrieve_validations", "validated"),
    ],
)
def test_usage_data_of_one_kind_holds_only_that_kind(api, path, action, flag):
    every = api.says("/v3/campaign/data", campaign=SPLASH)["data"]
    found = api.says(path, campaign=SPLASH)
    assert found["action"] == action
    assert found["data"] == [row for row in every if row["status"][flag] == "1"]
    assert 0 < len(found["data"]) < 1240


def test_usage_data_comes_five_thousand_a_page(api):
    api.reset(sessions=10_001)
    sizes, seen = [], set()
    for page in ("1", 2, 3, 4):
        found = api.says("/v3/campaign/data", campaign=SPLASH, page=page)
        sizes.append(len(found["data"]))
        seen |= {row["session"] for row in found["data"]}
    assert sizes == [5000, 5000, 1, 0]
    assert len(seen) == 10_001
    assert api.refuses("/v3/campaign/data", campaign=SPLASH, page=0)[0][0] == 301


def test_usage_data_can_be_narrowed_to_a_period(api):
    every = api.says("/v3/campaign/data", campaign=SPLASH)["data"]
    moment = every[600]["status"]["created_date_utc"]
    day, minute = moment[:10], moment[:16]

    def found(**period):
        return api.says("/v3/campaign/data", campaign=SPLASH, **period)["data"]

    assert [row["status"]["created_date_utc"][:10] for row in found(start_date=day, end_date=day)]
    assert all(
        row["status"]["created_date_utc"].startswith(day)
        for row in found(start_date=day, end_date=day)
    )
    hyphen = minute.replace(":", "-")
    assert every[600] in found(start_date=hyphen, end_date=hyphen)
    assert found(start_date=minute, end_date=minute) == found(start_date=hyphen, end_date=hyphen)
    assert len(found(start_date=hyphen)) == 640
    for wrong in ("01/05/2027", "2027-05-01 10", "2027-13-01"):
        assert api.refuses("/v3/campaign/data", campaign=SPLASH, end_date=wrong)[0][0] == 303


# sessions


@pytest.fixture
def guest(api) -> str:
    return api.says("/v3/campaign/data", campaign=SPLASH)["data"][0]["session"]


def test_a_session_is_found_by_code_phone_or_email(api, guest):
    for wanted in (
        {"code": "0020000001"},
        {"email": "Mia.Vos@example.test"},
        {"email": "mia.vos@example.test", "phone": "+32470000000"},
    ):
        found = api.says("/v3/couponsession/search", **wanted)
        assert found["data"] == [{"campaign": SPLASH, "session": guest}]
        inside = api.says("/v3/campaign/search", campaign=SPLASH, **wanted)
        assert inside["data"] == [{"session": guest}]
    assert api.says("/v3/campaign/search", campaign=TEMPLATE, code="0020000001")["data"] == []


def test_a_search_needs_something_to_look_for_and_says_when_it_finds_nothing(api):
    assert api.refuses("/v3/couponsession/search")[0][0] == 200
    assert api.refuses("/v3/campaign/search", campaign=SPLASH)[0][0] == 200
    found = api.refuses("/v3/couponsession/search", email="no@example.test")
    assert found == [(505, "Couponsession not found.")]


@pytest.mark.parametrize("path", ["/v3/couponsession/data", "/v3/couponsession/update"])
def test_a_session_that_is_not_there_is_refused(api, path):
    assert api.refuses(path) == [(200, "Missing parameter: couponsession")]
    bad = "Invalid character in parameter: couponsession"
    assert api.refuses(path, couponsession="abc-1") == [(301, bad)]
    missing = [(505, "Couponsession not found.")]
    assert api.refuses(path, couponsession="a" * 21) == missing


def test_only_a_change_takes_the_short_form(api, guest):
    update = api.says("/v3/couponsession/update", couponsession=guest[:6], operation="lock")
    assert update["session"] == guest
    assert api.refuses("/v3/couponsession/data", couponsession=guest[:6])[0][0] == 505


def test_a_session_is_changed_one_state_at_a_time(api, guest):
    def now(operation, **more):
        api.says("/v3/couponsession/update", couponsession=guest, operation=operation, **more)
        return api.says("/v3/couponsession/data", couponsession=guest)["data"]["status"]

    assert now("validated", value="12.50")["validation_value"] == "12.50"
    assert now("claimed")["claimed"] == "1"
    first = now("void")
    assert (first["voided"], bool(first["voided_date_utc"])) == ("1", True)
    assert now("void") == first
    assert now("unvoid")["voided"] == "0"
    assert now("lock")["locked"] == "1"
    assert now("unlock")["locked"] == "0"
    path = "/v3/couponsession/update"
    assert api.refuses(path, couponsession=guest, operation="explode") == [
        (302, "Incorrect value in parameter: operation")
    ]
    assert api.refuses(path, couponsession=guest) == [(200, "Missing parameter: operation")]
    wrong = api.refuses(path, couponsession=guest, operation="validated", value="much")
    assert wrong[0][0] == 301


# pushes


def test_a_push_reaches_those_who_saved_the_pass(api):
    assert api.says("/v3/coupon/pushnotification/all", campaign=SPLASH, message="Summer ☀️") == {
        "status": {"status": "OK"}
    }
    (push,) = api.state()["pushes"]
    assert push["reached"] == 812
    assert (push["campaign"], push["message"]) == (SPLASH, "Summer ☀️")
    assert api.refuses("/v3/coupon/pushnotification/all", campaign=SPLASH) == [
        (200, "Missing parameter: message")
    ]


def test_a_single_push_has_its_errors_beside_the_status(api, guest):
    path = "/v3/coupon/pushnotification/single"
    api.says(path, campaign=SPLASH, couponsession=guest[:6], message="Hi")
    assert api.state()["pushes"][0] | {"at": ""} == {
        "campaign": SPLASH,
        "message": "Hi",
        "reached": 1,
        "at": "",
        "session": guest,
    }
    for campaign, session, code in (
        (SPLASH, "b" * 21, 505),
        (TEMPLATE, guest, 505),
        ("cam_1", guest, 502),
        (SPLASH, "", 200),
    ):
        asked = {"campaign": campaign, "couponsession": session, "message": "Hi"}
        answer = api.http.post(path, json=asked)
        assert answer.status_code == 422
        assert answer.json()["status"] == {"status": "failed"}
        assert answer.json()["errors"]["error_code"] == [code]


# single use


def test_a_single_use_link_is_a_session_of_its_own(api):
    made = api.says(
        "/v3/singleuse/create",
        campaign=SPLASH,
        firstname="Ada",
        email="ada@example.test",
        customvalcode="ADA-1",
        customfield7="vip",
        utm_source="slack",
        expiry_date="2027-06-30 22:00:00",
    )
    code = made["single_use_code"]
    assert made["action"] == "single_use_code_created"
    assert made["widget_validation_code"] == code[:6]
    assert made["single_use_url"].endswith("/" + code)
    assert isinstance(made["sequence_id"], int)
    data = api.says("/v3/couponsession/data", couponsession=code)["data"]
    assert data["status"]["own_validation_code"] == "ADA-1"
    assert data["status"]["expiration_date"] == "2027-06-30 22:00:00"
    assert data["status"]["utm_source"] == "slack"
    assert data["status"]["utm_term"] is None
    assert data["customer"]["customfield7"] == "vip"
    assert [one["session"] for one in api.state()["sessions"]["created"]] == [code]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"email": "ada@"}, 305),
        ({"customid": "x" * 51}, 300),
        ({"customvalcode": "x" * 101}, 300),
        ({"customfield1": "x" * 51}, 300),
        ({"autovalcode": "7digits"}, 302),
        ({"autovalcode": "6digits", "customvalcode": "A"}, 300),
        ({"duplicate_check": "name"}, 302),
        ({"duplicate_check": True}, 300),
        ({"duplicate_check": "email"}, 200),
        ({"expiry_date": "2027-06-30T22:00:00"}, 303),
        ({"expiry_date": "2027-06-30"}, 303),
    ],
)
def test_a_wrong_single_use_link_is_refused(api, wrong, code):
    assert api.refuses("/v3/singleuse/create", campaign=SPLASH, **wrong)[0][0] == code
    assert api.state()["sessions"]["created"] == []


def test_a_duplicate_check_gives_back_what_is_already_there(api, guest):
    asked = {"campaign": SPLASH, "customid": "crm-1", "duplicate_check": "customid"}
    first = api.says("/v3/singleuse/create", **asked)
    assert api.says("/v3/singleuse/create", **asked) == first
    known = {"email": "mia.vos@example.test", "duplicate_check": "email"}
    assert api.says("/v3/singleuse/create", campaign=SPLASH, **known)["single_use_code"] == guest
    fresh = api.says("/v3/singleuse/create", campaign=SPLASH, customid="crm-1")
    assert fresh["single_use_code"] != first["single_use_code"]
    assert api.state()["sessions"]["count"] == api.state()["sessions"]["single_use"] + 3609


def test_an_automatic_code_has_its_digits(api):
    made = api.says("/v3/singleuse/create", campaign=SPLASH, autovalcode="8digits")
    data = api.says("/v3/couponsession/data", couponsession=made["single_use_code"])["data"]
    assert re.fullmatch(r"\d{8}", data["status"]["own_validation_code"])


def test_many_links_are_ten_unless_said_and_their_action_starts_with_a_blank(api):
    made = api.says("/v3/multiplesingleuse/create", campaign=SPLASH)
    assert made["action"] == " multiple_single_use_codes_created"
    assert len(made["data"]) == 10
    assert {row["custom_validation_code"] for row in made["data"]} == {""}


def test_many_links_bear_codes_of_the_form_that_was_asked(api):
    asked = {
        "automated_codes": "true",
        "code_prefix": "SPR",
        "code_length": "12",
        "code_type": "alphanumeric",
    }
    made = api.says("/v3/multiplesingleuse/create", campaign=SPLASH, amount=300, **asked)["data"]
    assert len({row["single_use_code"][:6] for row in made}) == 300
    assert len({row["custom_validation_code"] for row in made}) == 300
    assert all(re.fullmatch(r"SPR[0-9A-Z]{12}", row["custom_validation_code"]) for row in made)
    (batch,) = api.state()["batches"]
    assert (batch["amount"], batch["code_prefix"]) == (300, "SPR")
    rows = api.says("/v3/campaign/data", campaign=SPLASH)["data"]
    assert sum(row["status"]["own_validation_code"].startswith("SPR") for row in rows) == 300


def test_a_hundred_thousand_links_are_all_different_and_one_more_is_refused(api):
    asked = {"automated_codes": 1, "code_prefix": "B", "code_length": 10, "code_type": "numeric"}
    made = api.says("/v3/multiplesingleuse/create", campaign=TEMPLATE, amount="100000", **asked)
    rows = made["data"]
    assert len({row["widget_validation_code"] for row in rows}) == 100_000
    assert len({row["custom_validation_code"] for row in rows}) == 100_000
    path = "/v3/multiplesingleuse/create"
    assert api.refuses(path, campaign=TEMPLATE, amount=100_001)[0][0] == 301


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        ({"amount": "ten"}, [301]),
        ({"amount": 0}, [301]),
        ({"status": "asleep"}, [302]),
        ({"automated_codes": True}, [200, 200, 200]),
        ({"automated_codes": True, "code_prefix": "A", "code_type": "numeric"}, [200]),
        ({"code_length": 9}, [301]),
        ({"code_type": "roman"}, [302]),
    ],
)
def test_wrong_wishes_for_many_links_are_refused(api, wrong, codes):
    found = api.refuses("/v3/multiplesingleuse/create", campaign=SPLASH, **wrong)
    assert [code for code, _ in found] == codes
    assert api.state()["batches"] == []


def test_links_can_be_made_voided_and_switched_on_later(api):
    made = api.says("/v3/multiplesingleuse/create", campaign=SPLASH, amount=1, status="voided")
    code = made["data"][0]["single_use_code"]
    status = api.says("/v3/couponsession/data", couponsession=code)["data"]["status"]
    assert status["voided"] == "1"
    api.says("/v3/couponsession/update", couponsession=code, operation="unvoid")
    status = api.says("/v3/couponsession/data", couponsession=code)["data"]["status"]
    assert status["voided"] == "0"


def test_only_a_single_use_link_can_be_removed_and_only_once(api, guest):
    code = api.says("/v3/singleuse/create", campaign=SPLASH)["single_use_code"]
    api.says("/v3/singleuse/delete", couponsession=code)
    missing = [(505, "Couponsession not found.")]
    assert api.refuses("/v3/singleuse/delete", couponsession=code) == missing
    assert api.refuses("/v3/singleuse/delete", couponsession=guest) == missing
    assert api.state()["deleted"] == [code]


# control


def test_every_call_is_on_record_with_its_status_and_without_its_keys(api):
    api.says("/v3/coupon/info", campaign=SPLASH)
    api.refuses("/v3/coupon/info")
    api.http.get("/v3/coupon/info")
    found = api.calls()
    assert [(call["method"], call["path"], call["body"], call["status"]) for call in found] == [
        ("POST", "/v3/coupon/info", {"campaign": SPLASH}, 200),
        ("POST", "/v3/coupon/info", {}, 422),
        ("GET", "/v3/coupon/info", {}, 405),
    ]
    assert all(call["at"] for call in found)


PUSH = "/v3/coupon/pushnotification/all"


def push(api) -> httpx.Response:
    return api.http.post(PUSH, json={"campaign": SPLASH, "message": "Hi"})


@pytest.mark.parametrize(
    ("drop", "pushed"), [("amid", 0), ("before", 0), ("after", 1), ("half", 1)]
)
def test_a_dropped_connection_did_the_work_or_did_not(api, drop, pushed):
    api.trouble(PUSH, times=1, drop=drop)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        push(api)
    assert len(api.state()["pushes"]) == pushed
    assert api.calls()[0]["status"] is None
    assert push(api).status_code == 200
    assert len(api.state()["pushes"]) == pushed + 1


def test_half_a_request_does_nothing(api):
    with socket.create_connection((api.http.base_url.host, api.http.base_url.port)) as line:
        line.sendall(f"POST {PUSH} HTTP/1.1\r\nHost: here\r\nContent-Length: 60\r\n\r\n{{".encode())
    assert push(api).status_code == 200
    assert [call["path"] for call in api.calls()] == [PUSH]


def test_a_fault_lasts_as_often_as_asked_and_only_on_its_path(api):
    api.trouble(PUSH, times=2, status=429, retry_after=3)
    api.trouble(PUSH, status=500)
    api.says("/v3/coupon/list")
    found = [push(api) for _ in range(4)]
    assert [answer.status_code for answer in found] == [429, 429, 500, 200]
    assert [answer.headers.get("Retry-After") for answer in found] == ["3", "3", None, None]
    assert len(api.state()["pushes"]) == 1


def test_a_fault_can_be_a_refusal(api):
    api.trouble(PUSH, error_code=101)
    assert api.refuses(PUSH, campaign=SPLASH, message="Hi") == [(101, "Refused on request.")]
    api.trouble(PUSH, error_code=1000)
    assert push(api).status_code == 401


def test_a_delayed_answer_still_did_the_work(api):
    api.trouble(PUSH, delay_s=1)
    with pytest.raises(httpx.ReadTimeout):
        asked = {"campaign": SPLASH, "message": "Hi"}
        api.http.post(PUSH, json=asked, timeout=httpx.Timeout(5, read=0.3))
    assert len(api.state()["pushes"]) == 1


@pytest.mark.parametrize(
    "fault",
    [{}, {"path": "/x", "drop": "never"}, {"path": "/x", "foo": 1}, {"path": "/x", "status": 9}],
)
def test_a_fault_that_makes_no_sense_is_refused(api, fault):
    answer = api.http.post("/_/faults", json=fault)
    assert answer.status_code == 422
    assert answer.json()["ok"] is False


def test_a_reset_gives_an_account_of_that_size_and_forgets_the_rest(api):
    push(api)
    api.trouble(PUSH, status=500, times=9)
    api.reset(seed=7, campaigns=10_000, sessions=100_000)
    state = api.state()
    assert len(state["campaigns"]) == 10_003
    assert len({each["name"] for each in state["campaigns"]}) == 10_003
    assert state["sessions"]["count"] == 100_000
    assert state["sessions"]["saved"] == 100_000 * 812 // 1240
    assert (state["pushes"], api.calls()) == ([], [])
    assert push(api).status_code == 200
    assert api.http.post("/_/reset", json={"size": 3}).status_code == 422
    api.reset(campaigns=1)
    assert [each["ID"] for each in api.state()["campaigns"]][3:] == [SPLASH]


def test_two_accounts_of_one_seed_are_alike(api):
    def first(**sizes):
        api.reset(**sizes)
        return api.says("/v3/campaign/data", campaign=SPLASH)["data"][0]["session"]

    assert first(seed=3) == first(seed=3) != first(seed=4)


def test_it_runs_as_a_command_and_says_where_in_one_line():
    command = [sys.executable, "-m", "sandbox.coupontools", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            url = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+)\n", line)[1]
            answer = httpx.post(f"{url}/v3/coupon/list", headers=KEYS)
            assert len(answer.json()["coupon_info"]) == 15
        finally:
            process.terminate()
        assert process.stdout.read() == ""
