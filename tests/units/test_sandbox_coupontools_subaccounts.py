import re
from collections.abc import Iterator

import pytest
from test_sandbox_coupontools import Api

from sandbox.coupontools.app import create
from tests.servers import serving


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


def keys_of(api: Api, id: str) -> dict[str, str]:
    found = api.says("/v4/subaccount", subaccount=id)["subaccount"]
    return {"X-Client-Id": found["api_key"], "X-Client-Secret": found["api_secret"]}


def refused(api: Api, path: str, keys: dict[str, str], **params: str) -> list[int]:
    answer = api.http.post(path, json=params, headers=keys)
    assert answer.status_code == 422
    return answer.json()["status"]["errors"]["error_code"]


def test_subaccounts_are_listed_and_read(api):
    found = api.says("/v4/subaccount/list")
    assert found["amount_of_subaccounts"] == 3
    assert [each["ID"] for each in found["subaccount"]] == ["sub_2001", "sub_2002", "sub_2003"]
    one = api.says("/v4/subaccount", subaccount="sub_2001")["subaccount"]
    assert api.says("/v4/subaccount", subaccount="2001")["subaccount"] == one
    assert (one["has_campaigns"], one["available_campaigns"]) == ("2", "8")
    assert [each["status"] for each in one["campaigns"]] == ["active", "example"]
    assert one["campaigns"][0].keys() == {"ID", "code", "url", "status"}
    assert re.fullmatch(r"\d{27}", one["api_key"])
    assert re.fullmatch(r"[0-9A-Za-z]{30}", one["api_secret"])
    assert (one["access_dashboard"], one["access_directory"]) == (True, False)


@pytest.mark.parametrize(
    "path",
    [
        *("/v4/subaccount", "/v4/subaccount/update"),
        *("/v3/subaccount/reset/url", "/v3/subaccount/sso"),
    ],
)
def test_every_call_about_a_subaccount_wants_one_that_exists(api, path):
    assert api.refuses(path) == [(200, "Missing parameter: subaccount")]
    bad = "Invalid character in parameter: subaccount."
    assert api.refuses(path, subaccount="sub_2x") == [(301, bad)]
    assert api.refuses(path, subaccount="sub_9") == [(510, "Subaccount ID not correct.")]


def test_a_subaccount_is_made_and_changed(api):
    asked = {
        "email": "new@example.test",
        "first_name": "Nele",
        "country": "BE",
        "package": "pac_7",
        "status": "trial",
        "expiry_date": "2030-12-31",
    }
    made = api.says("/v4/subaccount/create", password="hush hush", **asked)["subaccount"]
    assert made == {"ID": "sub_2004"}
    api.says(
        "/v4/subaccount/update", subaccount="sub_2004", company_name="Nele's", status="customer"
    )
    read = api.says("/v4/subaccount", subaccount="sub_2004")["subaccount"]
    assert (read["first_name"], read["company_name"]) == ("Nele", "Nele's")
    assert read["expiry_date"] == "2030-12-31"
    state = api.state()["subaccounts"]
    assert [each | {"at": ""} for each in state["created"]] == [
        {"ID": "sub_2004", **asked, "at": ""}
    ]
    assert state["updated"][0]["status"] == state["all"][3]["status"] == "customer"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"email": ""}, (200, "Missing parameter: email")),
        ({"email": "nele@"}, (305, "Email address is not valid")),
        ({"email": "Shop@example.test"}, (304, "Email already exists")),
        ({"email": "owner@example.test"}, (304, "Email already exists")),
        (
            {"expiry_date": "31/12/2030"},
            (303, "Invalid format in parameter: expiry_date. Required format: yyyy-MM-dd"),
        ),
        ({"status": "guest"}, (302, "Incorrect value in parameter: status")),
        ({"country": "Belgium"}, (300, "Incorrect value in parameter: country")),
        ({"package": "gold"}, (301, "Invalid character in parameter: package")),
    ],
)
def test_a_wrong_subaccount_is_refused_in_the_documented_words(api, wrong, problem):
    asked = {"email": "new@example.test", **wrong}
    assert api.refuses("/v4/subaccount/create", **asked) == [problem]
    if "email" not in wrong:
        assert api.refuses("/v4/subaccount/update", subaccount="sub_2001", **wrong) == [problem]
    state = api.state()["subaccounts"]
    assert (state["created"], state["updated"]) == ([], [])


def test_all_that_is_wrong_with_a_subaccount_is_told_at_once(api):
    problems = api.refuses("/v4/subaccount/create", expiry_date="soon", status="x")
    assert [code for code, _ in problems] == [200, 302, 303]


def test_the_keys_of_a_subaccount_open_its_own_account_and_manage_none(api):
    keys = keys_of(api, "sub_2001")
    own = api.http.post("/v3/coupon/list", headers=keys).json()["coupon_info"]
    assert [each["ID"] for each in own] == ["cam_300001", "cam_300002"]
    assert refused(api, "/v4/subaccount/list", keys) == [102]
    assert refused(api, "/v4/subaccount/create", keys, email="a@example.test") == [102]
    assert refused(api, "/v3/subaccount/sso", keys, subaccount="sub_2002") == [102]
    assert refused(api, "/v3/send/sms", keys) == [103]
    assert refused(api, "/v3/send/email", keys) == [104]


def test_an_account_that_has_ended_is_closed(api):
    keys = keys_of(api, "sub_2003")
    assert refused(api, "/v3/coupon/list", keys) == [101]
    later = {"subaccount": "sub_2003", "expiry_date": "2099-01-01"}
    api.says("/v4/subaccount/update", **later)
    assert api.http.post("/v3/coupon/list", headers=keys).json()["coupon_info"] == []


def test_a_sign_on_opens_a_page_and_a_campaign_when_the_page_is_about_one(api):
    path, who = "/v3/subaccount/sso", {"subaccount": "sub_2001"}
    made = api.says(path, **who, page="statistics")["subaccount"]
    assert made["ID"] == "sub_2001"
    assert re.fullmatch(r"[0-9A-Za-z]{49}", made["token"])
    assert made["url"].endswith(made["token"])
    assert made["url_whitelabel"].endswith(made["token"])
    api.says(path, **who, page="update_campaign", campaign="cam_300001")
    assert api.refuses(path, **who, page="settings")[0][0] == 302
    missing = [(200, "Missing parameter: campaign")]
    assert api.refuses(path, **who, page="update_campaign") == missing
    assert api.refuses(path, **who, page="update_campaign", campaign="x")[0][0] == 301
    assert api.refuses(path, **who, page="update_campaign", campaign="cam_9")[0][0] == 502
    pages = [(each["page"], each["campaign"]) for each in api.state()["sign_ons"]]
    assert pages == [("statistics", ""), ("update_campaign", "cam_300001")]


def test_the_account_and_its_teammates_sign_on_too(api):
    tokens = {api.says("/v3/account/sso")["account"]["token"] for _ in range(3)}
    assert len(tokens) == 3
    assert api.says("/v3/teammate/sso", teammate=41)["teammate"]["url"].startswith("https://")
    path = "/v3/teammate/sso"
    assert api.refuses(path) == [(200, "Missing parameter: teammate")]
    assert api.refuses(path, teammate="anna")[0][0] == 301
    assert api.refuses(path, teammate=99) == [(503, "Teammate ID not found")]
    assert api.refuses(path, teammate=41, page="update_campaign")[0][0] == 200
    assert [each["kind"] for each in api.state()["sign_ons"]] == ["account"] * 3 + ["teammate"]


def test_no_key_password_or_token_is_shown_by_the_control_api(api):
    keys = keys_of(api, "sub_2001")
    asked = {"email": "new@example.test", "password": "hush hush"}
    api.says("/v4/subaccount/create", **asked)
    token = api.says("/v3/subaccount/sso", subaccount="sub_2001")["subaccount"]["token"]
    link = api.says("/v3/subaccount/reset/url", subaccount="sub_2002")["subaccount"]["url"]
    assert [each["ID"] for each in api.state()["subaccounts"]["resets"]] == ["sub_2002"]
    told = api.http.get("/_/state").text + api.http.get("/_/calls").text
    for secret in (*keys.values(), "hush hush", token, link, "sandbox-secret"):
        assert secret not in told
