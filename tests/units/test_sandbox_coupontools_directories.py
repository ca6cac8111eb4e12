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


DEALS, STUDENTS = "dir_700", "dir_701"


def test_directories_are_listed_read_and_hold_campaigns(api):
    found = api.says("/v3/directory/list")
    assert found["amount_of_directories"] == 2
    assert found["directory"][0] == {"ID": DEALS, "name": "City deals"}
    info = api.says("/v3/directory/info", directory=DEALS)
    assert info["directory"] == found["directory"][0]
    held = api.says("/v3/directory/campaigns", directory=DEALS)["coupon_info"]
    assert [each["ID"] for each in held] == ["cam_123456", "cam_123507"]
    assert held[0] == api.says("/v3/coupon/info", campaign="cam_123456")["coupon_info"]
    assert api.says("/v3/directory/campaigns", directory=STUDENTS)["coupon_info"] == []


@pytest.mark.parametrize(
    "path",
    [
        *("/v3/directory/info", "/v3/directory/campaigns"),
        *("/v3/directoryusers/list", "/v3/directoryusers/update"),
    ],
)
def test_every_call_about_a_directory_wants_one_that_exists(api, path):
    assert api.refuses(path) == [(200, "Missing parameter: directory")]
    bad = "Invalid character in parameter: directory"
    assert api.refuses(path, directory="700") == [(301, bad)]
    assert api.refuses(path, directory="dir_9") == [(507, "Directory ID not found")]


def test_users_come_a_hundred_a_page_and_the_newest_first(api):
    pages = [
        api.says("/v3/directoryusers/list", directory=DEALS, page=page)["users"]
        for page in (1, 2, 3)
    ]
    assert [len(page) for page in pages] == [100, 18, 0]
    rows = pages[0] + pages[1]
    assert len({row["ID"] for row in rows}) == 118
    moments = [row["created_date_utc"] for row in rows]
    assert moments == sorted(moments, reverse=True)
    assert api.says("/v3/directoryusers/list", directory=DEALS)["users"] == pages[0]
    assert api.refuses("/v3/directoryusers/list", directory=DEALS, page=0)[0][0] == 301


def test_a_payment_is_noted_and_taken_back(api):
    def status(**asked):
        path, who = "/v3/directoryusers/update", {"directory": STUDENTS, "user": "reg_929"}
        assert api.says(path, **who, **asked) == {"status": {"status": "OK"}, **who}
        users = api.says("/v3/directoryusers/list", directory=STUDENTS)["users"]
        return next(each["payment_status"] for each in users if each["ID"] == "reg_929")

    assert status(payment_status="paid") == "paid"
    assert status(payment_status="unpaid") == "unpaid"
    told = api.state()["directory_updates"]
    assert [each["payment_status"] for each in told] == ["paid", "unpaid"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"user": ""}, 200),
        ({"user": "929"}, 301),
        ({"user": "reg_810"}, 507),
        ({"payment_status": ""}, 200),
        ({"payment_status": "free"}, 302),
    ],
)
def test_a_wrong_payment_is_refused(api, wrong, code):
    asked = {"directory": STUDENTS, "user": "reg_929", "payment_status": "paid", **wrong}
    assert api.refuses("/v3/directoryusers/update", **asked)[0][0] == code
    assert api.state()["directory_updates"] == []


def test_categories_have_three_levels(api):
    main = api.says("/v3/category/main/list")["category"]
    rest = api.says("/v3/category/list")["category"]
    assert [each["name"] for each in main] == ["Restaurants", "Going out"]
    top = {each["ID"] for each in main}
    second = {each["ID"] for each in rest if each["parent"] in top}
    assert second == {"cat_12", "cat_15"}
    assert {each["parent"] for each in rest if each["ID"] not in second} == second
    active = api.says("/v3/coupon/list", category="cat_12")["coupon_info"]
    assert {each["coupon_category_name"] for each in active} == {"Food"}
