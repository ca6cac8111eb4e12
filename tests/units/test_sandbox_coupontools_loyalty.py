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


COFFEE, MEMBERS, POINTS = "loy_500", "loy_501", "loy_502"


def users(api: Api, card: str = COFFEE) -> dict[str, dict[str, str]]:
    found = api.says("/v3/loyaltyusers/list", loyaltycard=card)
    assert found["loyaltycard"] == card
    assert found["amount_of_users"] == len(found["users"])
    return {each["ID"]: each for each in found["users"]}


def test_cards_are_listed_by_their_age(api):
    found = api.says("/v3/loyalty/list", only_active="true")
    assert found["amount_of_loyaltycards"] == 3
    assert [each["ID"] for each in found["loyaltycard"]] == [COFFEE, MEMBERS, POINTS]
    assert [each["type"] for each in found["loyaltycard"]] == ["stamp", "membership", "points"]
    turned = api.says("/v3/loyalty/list", sorting="desc")["loyaltycard"]
    assert turned == found["loyaltycard"][::-1]
    assert api.refuses("/v3/loyalty/list", sorting="newest")[0][0] == 302
    assert api.says("/v3/loyalty/info", loyaltycard=COFFEE)["loyaltycard"] == turned[-1]


def test_a_missing_card_has_two_codes(api):
    assert api.refuses("/v3/loyalty/info") == [(200, "Missing parameter: loyaltycard")]
    assert api.refuses("/v3/loyalty/info", loyaltycard="loy_9") == [(507, "Loyalty card not found")]
    for path in (
        *("/v3/loyaltyusers/list", "/v3/loyaltyusers/update", "/v3/loyaltyusers/link"),
        *("/v3/loyaltyusers/search", "/v3/loyalty/pushnotification/single"),
        "/v3/loyalty/pushnotification/all",
    ):
        assert api.refuses(path)[0] == (200, "Missing parameter: loyaltycard")
        bad = [(301, "Invalid character in parameter: loyaltycard")]
        assert api.refuses(path, loyaltycard="cof fee") == bad
        missing = [(505, "Loyalty card ID not found")]
        assert api.refuses(path, loyaltycard="loy_9") == missing


def test_forty_people_hold_cards_and_some_hold_two(api):
    held = [users(api, card) for card in (COFFEE, MEMBERS, POINTS)]
    assert [len(each) for each in held] == [24, 14, 12]
    assert len({id for each in held for id in each}) == 40
    assert all(isinstance(value, str) for value in held[0]["usr_9"].values())
    state = api.state()["loyalty"]
    assert [card["voided"] for card in state["cards"]] == [1, 1, 1]
    assert state["holders"] == 40


def test_points_are_added_each_time_and_somebody_is_voided_and_back(api):
    def now(**params):
        api.says("/v3/loyaltyusers/update", loyaltycard=COFFEE, user="usr_10", **params)
        user = users(api)["usr_10"]
        return int(user["points"]), user["voided"]

    before = int(users(api)["usr_10"]["points"])
    assert now(points=2) == (before + 2, "0")
    assert now(stamps="2", location="loc_1") == (before + 4, "0")
    assert now(voided=True) == (before + 4, "1")
    assert now(voided="0") == (before + 4, "0")
    told = api.state()["loyalty_updates"]
    assert [(each["added"], each["voided"]) for each in told] == [
        (2, False),
        (2, False),
        (0, True),
        (0, False),
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, 200),
        ({"points": -1}, 301),
        ({"points": "two"}, 301),
        ({"stamps": 0}, 301),
        ({"points": 1, "stamps": 1}, 300),
        ({"points": 1, "location": "nowhere"}, 302),
        ({"voided": "perhaps"}, 302),
        ({"points": 1, "user": ""}, 200),
        ({"points": 1, "user": "ada@"}, 301),
        ({"points": 1, "user": "usr_999"}, 505),
        ({"points": 1, "user": "usr_48"}, 505),
    ],
)
def test_a_wrong_change_of_a_holder_is_refused(api, wrong, code):
    asked = {"loyaltycard": COFFEE, "user": "usr_10", **wrong}
    assert [found for found, _ in api.refuses("/v3/loyaltyusers/update", **asked)] == [code]
    assert api.state()["loyalty_updates"] == []


def test_somebody_new_gets_a_card_in_two_calls(api):
    asked = {"email": "ada.new@example.test", "password": "hush", "first_Name": "Ada"}
    id = api.says("/v3/loyaltyusers/create", **asked, gender="female")["user"]["ID"]
    assert id not in users(api)
    for _ in range(2):
        linked = api.says("/v3/loyaltyusers/link", loyaltycard=COFFEE, user=id)
        assert (linked["loyaltycard"], linked["user"]) == (COFFEE, id)
    assert (users(api)[id]["first_name"], users(api)[id]["points"]) == ("Ada", "0")
    assert len(users(api)) == 25
    state = api.state()
    assert [each["user"] for each in state["loyalty"]["created"]] == [id]
    assert len(state["loyalty_updates"]) == 1
    assert "hush" not in str(state) + str(api.calls())


@pytest.mark.parametrize(
    ("wrong", "problems"),
    [
        (
            {"email": "", "password": ""},
            [
                (200, "You need to provide an email address."),
                (200, "You need to provide a password."),
            ],
        ),
        ({"email": "ada"}, [(305, "Email address is not valid")]),
        ({"email": "ada.stone@example.test"}, [(304, "Email already exists")]),
        ({"gender": "f"}, [(302, "Incorrect value in parameter: gender")]),
        (
            {"birthday": "1990-02-30"},
            [(303, "Invalid format in parameter: birthday. Required format: yyyy-MM-dd")],
        ),
    ],
)
def test_somebody_wrong_is_refused(api, wrong, problems):
    asked = {"email": "new@example.test", "password": "hush", **wrong}
    assert api.refuses("/v3/loyaltyusers/create", **asked) == problems
    assert api.state()["loyalty"]["created"] == []


def test_a_search_finds_by_name_mailbox_telephone_or_id_but_takes_no_full_stop(api):
    def found(wanted):
        asked = {"loyaltycard": COFFEE, "search": wanted}
        return [each["ID"] for each in api.says("/v3/loyaltyusers/search", **asked)["users"]]

    assert found("stone")[0] == found("usr_9")[0] == "usr_9"
    assert found("aerts@example") == found("AERTS")
    assert found("470100037") == ["usr_10"]
    assert found("nobody-at-all") == []
    path = "/v3/loyaltyusers/search"
    for wanted, code in (("ada.stone@example.test", 301), ("ad", 300), ("", 200), ("a b c", 301)):
        assert api.refuses(path, loyaltycard=COFFEE, search=wanted)[0][0] == code


def test_a_push_reaches_the_wallets_in_which_a_card_is(api):
    assert api.says("/v3/loyalty/pushnotification/all", loyaltycard=COFFEE, message="Hi ☕") == {
        "status": {"status": "OK"}
    }
    single = "/v3/loyalty/pushnotification/single"
    api.says(single, loyaltycard=COFFEE, user="usr_9", message="Hi Ada")
    api.says(single, loyaltycard=COFFEE, user="usr_11", message="Hi Chloë")
    pushes = api.state()["loyalty_pushes"]
    assert [push["reached"] for push in pushes] == [16, 1, 0]
    assert [push.get("user") for push in pushes] == [None, "usr_9", "usr_11"]
    assert api.refuses(single, loyaltycard=COFFEE, user="usr_9") == [
        (200, "Missing parameter: message")
    ]
    assert api.refuses(single, loyaltycard=POINTS, user="usr_9", message="Hi")[0][0] == 505
    assert api.state()["pushes"] == []
