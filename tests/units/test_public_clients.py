"""The sandbox takes requests as the public clients of the API write them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.coupontools.app import create
from tests.servers import serving

SPLASH = "cam_123456"
KEYS = {"client_id": "sandbox-id", "client_secret": "sandbox-secret"}


@pytest.fixture(scope="module")
def bare() -> Iterator[httpx.Client]:
    """Sends no keys of its own."""
    with serving(create()) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield http


@pytest.fixture
def anyone(bare: httpx.Client) -> httpx.Client:
    bare.post("/_/reset", json={})
    return bare


@pytest.fixture
def http(anyone: httpx.Client, bare: httpx.Client) -> Iterator[httpx.Client]:
    """Sends its keys in headers, as most do."""
    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    with httpx.Client(base_url=bare.base_url, headers=keys, timeout=20) as http:
        yield http


def ok(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == {"status": "OK"}
    return answer.json()


def codes(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 422, answer.text
    return answer.json()["status"]["errors"]["error_code"]


# C#: headers, forms, and a list with no body at all


def test_a_form_creates_a_single_use_url(http: httpx.Client) -> None:
    form = {
        "campaign": SPLASH,
        "firstname": "Zoë",
        "lastname": "Vos & Co",
        "email": "zoe+1@example.test",
        "customid": "crm-881",
        "customvalcode": "ÉTÉ 20%",
    }
    made = ok(http.post("/v3/singleuse/create", data=form))
    assert made["single_use_url"].endswith(made["single_use_code"])
    assert made["widget_validation_code"] == made["single_use_code"][:6]
    (created,) = http.get("/_/state").json()["sessions"]["created"]
    assert created["lastname"] == "Vos & Co"
    assert created["own_validation_code"] == "ÉTÉ 20%"


def test_a_form_reads_usage_data_and_one_session(http: httpx.Client) -> None:
    found = ok(http.post("/v3/campaign/data", data={"campaign": SPLASH, "page": "1"}))
    assert found["amount_of_results"] == len(found["data"]) > 0
    session = {"couponsession": found["data"][0]["session"]}
    assert ok(http.post("/v3/couponsession/data", data=session))["campaign"] == SPLASH


def test_a_list_is_asked_for_with_no_body_whatever_it_says_to_be(http: httpx.Client) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for headers in ({}, form, {"Content-Type": "application/json"}):
        assert len(ok(http.post("/v3/coupon/list", headers=headers))["coupon_info"]) == 15


# keys: headers in any case, or in the body


@pytest.mark.parametrize(
    "names",
    [
        ("x-client-id", "x-client-secret"),
        ("X-Client-id", "X-Client-secret"),
        ("X-CLIENT-ID", "X-CLIENT-SECRET"),
    ],
)
def test_headers_are_known_in_any_case(anyone: httpx.Client, names: tuple[str, str]) -> None:
    headers = dict(zip(names, KEYS.values(), strict=True))
    assert ok(anyone.post("/v3/coupon/list", headers=headers, json={}))["coupon_info"]


def test_keys_stand_in_the_body_and_are_no_unknown_parameters(anyone: httpx.Client) -> None:
    asked = {**KEYS, "template": "cam_100001"}
    for body in ({"json": asked}, {"data": asked}):
        assert ok(anyone.post("/v3/coupon/create", **body))["coupon_info"]["ID"].startswith("cam_")
        assert ok(anyone.post("/v4/subaccount/list", **{next(iter(body)): KEYS}))["subaccount"]
    wrong = anyone.post("/v3/coupon/list", json={**KEYS, "client_secret": "guess"})
    assert wrong.status_code == 401
    assert wrong.json()["status"]["errors"]["error_code"] == 1000


# Pipedream: GET for two lists, its own way of writing moments, the first keys everywhere


def test_two_lists_and_nothing_else_may_be_got(http: httpx.Client) -> None:
    assert len(ok(http.get("/v3/coupon/list"))["coupon_info"]) == 15
    active = ok(http.get("/v3/coupon/list", params={"only_active": "true"}))["coupon_info"]
    assert {each["status"] for each in active} == {"active"}
    assert ok(http.get("/v4/subaccount/list"))["subaccount"][0]["ID"] == "sub_2001"
    asked = {"campaign": SPLASH, "subaccount": "sub_2001"}
    for path in ("/v3/coupon/info", "/v4/subaccount", "/v3/campaign/data", "/v3/coupon/create"):
        assert http.get(path, params=asked).status_code == 405
    assert http.put("/v3/coupon/list").status_code == 405
    assert http.delete("/v4/subaccount/list").status_code == 405


def test_a_list_that_is_got_needs_its_keys(anyone: httpx.Client) -> None:
    assert anyone.get("/v3/coupon/list").status_code == 401


def test_usage_data_is_bounded_by_minutes_of_either_spelling(http: httpx.Client) -> None:
    def amount(**range_: str) -> int:
        asked = {"campaign": SPLASH, **range_}
        return ok(http.post("/v3/campaign/data", json=asked))["amount_of_results"]

    at = ok(http.post("/v3/campaign/data", json={"campaign": SPLASH}))["data"][600]["status"]
    minute = at["created_date_utc"][:16]
    hyphen = minute.replace(":", "-")
    assert 0 < amount(start_date=minute) < amount()
    assert amount(start_date=minute) == amount(start_date=hyphen)
    assert amount(end_date=minute) == amount(end_date=hyphen)
    assert amount(start_date=minute, end_date=hyphen) == 1
    late = http.post(
        "/v3/campaign/data", json={"campaign": SPLASH, "start_date": "2026-01-01 25:00"}
    )
    assert codes(late) == [303]


def test_an_expiry_may_have_a_colon_after_the_date(http: httpx.Client) -> None:
    for written in ("2027-06-30 22:00:00", "2027-06-30:22:00:00"):
        asked = {"campaign": SPLASH, "expiry_date": written}
        code = ok(http.post("/v3/singleuse/create", json=asked))["single_use_code"]
        told = ok(http.post("/v3/couponsession/data", json={"couponsession": code}))
        assert told["data"]["status"]["expiration_date"] == "2027-06-30 22:00:00"
    for wrong in (
        "2027-06-30",
        "2027-06-31:22:00:00",
        "2027-06-30T22:00:00",
        "2027-06-30::22:00:00",
    ):
        asked = {"campaign": SPLASH, "expiry_date": wrong}
        assert codes(http.post("/v3/singleuse/create", json=asked)) == [303]


def test_looking_for_duplicates_needs_a_field_and_not_a_yes(http: httpx.Client) -> None:
    guest = {"campaign": SPLASH, "email": "twice@example.test"}
    for wrong in (True, "true"):
        asked = {**guest, "duplicate_check": wrong}
        assert codes(http.post("/v3/singleuse/create", json=asked))[0] in (300, 302)
    first, second = (
        ok(http.post("/v3/singleuse/create", json={**guest, "duplicate_check": "email"}))
        for _ in range(2)
    )
    assert first["single_use_code"] == second["single_use_code"]


def test_the_keys_of_a_client_open_v4_directories_where_the_account_takes_them(
    http: httpx.Client,
) -> None:
    assert http.get("/v4/directory").status_code == 401
    assert http.post("/_/reset", json={"profile": "client_keys_everywhere"}).json() == {"ok": True}
    assert [each["id"] for each in http.get("/v4/directory").json()] == [700001, 700002]
    vendors = {"x-api-key": "sandbox-id", "x-api-secret": "sandbox-secret"}
    assert httpx.get(f"{http.base_url}/v4/directory", headers=vendors).status_code == 401


# older copies of the pages


def test_a_loyalty_user_has_a_first_name_with_either_n(http: httpx.Client) -> None:
    for place, name in enumerate(("first_name", "first_Name")):
        asked = {"email": f"n{place}@example.test", "password": "x-y-z-1", name: "Ada"}
        ok(http.post("/v3/loyaltyusers/create", json=asked))
    created = http.get("/_/state").json()["loyalty"]["created"]
    assert [each["first_name"] for each in created] == ["Ada", "Ada"]


def test_a_subaccount_is_named_with_or_without_its_prefix(http: httpx.Client) -> None:
    for id in ("sub_2001", "2001", 2001):
        told = ok(http.post("/v4/subaccount", json={"subaccount": id}))
        assert told["subaccount"]["ID"] == "sub_2001"
