import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from test_sandbox_coupontools import Api

from sandbox.coupontools import rest
from sandbox.coupontools.app import CALLS, create
from tests.servers import serving

KEYS = {"x-api-key": "sandbox-id", "x-api-secret": "sandbox-secret"}
CARDS = "/v4/loyalty/loyalty-cards"
COFFEE, USERS = f"{CARDS}/600001", f"{CARDS}/600001/stats"
DEALS = "/v4/directory/700001"


class Rest(Api):
    """The same sandbox, called in the other dialect."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.v4 = httpx.Client(base_url=url, headers=KEYS, timeout=20)

    def gives(self, verb: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.v4.request(verb, path, json=body, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def declines(self, verb: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        answer = self.v4.request(verb, path, json=body, params=query)
        assert answer.json().keys() == {"message"}
        return answer.status_code, answer.json()["message"]


@pytest.fixture(scope="module")
def caller() -> Iterator[Rest]:
    with serving(create()) as url:
        api = Rest(url)
        yield api
        api.http.close()
        api.v4.close()


@pytest.fixture
def api(caller: Rest) -> Rest:
    caller.reset()
    return caller


def test_all_calls_of_the_reference_are_served():
    assert len(CALLS) + len(rest.CALLS) == 69


@pytest.mark.parametrize(
    ("verb", "path"),
    [(verbs[0], re.sub(r"\{\w+\}", "1", path)) for verbs, path, _ in rest.CALLS],
)
def test_without_its_own_keys_nothing_is_shown(api, verb, path):
    for keys in ({}, {"x-api-key": "sandbox-id", "x-api-secret": "guess"}):
        answer = api.http.request(verb, path, headers=keys)
        assert (answer.status_code, answer.text) == (401, "Unauthorized")


@pytest.mark.parametrize("path", CALLS)
def test_the_old_calls_do_not_know_the_keys_of_the_new(api, path):
    answer = api.http.post(
        path, json={}, headers={**KEYS, "x-client-id": "", "x-client-secret": ""}
    )
    assert answer.json()["status"]["errors"]["error_code"] == 1000


def test_verbs_and_paths_are_exact(api):
    assert api.declines("POST", CARDS)[0] == 405
    assert api.declines("GET", COFFEE + "/copy")[0] == 405
    assert api.declines("PATCH", DEALS + "/users/810001")[0] == 405
    assert api.v4.get("/v4/loyalty/cards").status_code == 404
    assert api.v4.get(CARDS + "/").status_code == 404
    assert api.v4.request("DELETE", DEALS).status_code == 405


@pytest.mark.parametrize(
    ("verb", "path", "words"),
    [
        ("GET", CARDS + "/600009/stats", "Loyalty card not found"),
        ("POST", CARDS + "/loy_500/copy", "Loyalty card not found"),
        ("GET", USERS + "/1", "User not found"),
        ("POST", USERS + "/usr_9/stamps", "User not found"),
        ("GET", "/v4/directory/dir_700", "Directory not found"),
        ("GET", DEALS + "/users/1", "User not found"),
        ("DELETE", DEALS + "/users/reg_810/access", "User not found"),
    ],
)
def test_what_is_not_there_is_a_404(api, verb, path, words):
    assert api.declines(verb, path) == (404, words)


# loyalty


def test_both_dialects_show_the_same_cards_and_holders(api):
    old = api.says("/v3/loyalty/list")["loyaltycard"]
    new = api.gives("GET", CARDS)
    assert [each["id"] for each in new] == [600001, 600002, 600003]
    assert new[0].keys() == {"id", "code", "name", "domain", "type"}
    assert [(each["name"], each["type"]) for each in new] == [
        (each["name"], each["type"]) for each in old
    ]
    rows = api.gives("GET", USERS, include_voided="true")
    users = api.says("/v3/loyaltyusers/list", loyaltycard="loy_500")["users"]
    assert [(row["email"], str(row["points"])) for row in rows] == [
        (user["email"], user["points"]) for user in users
    ]


def test_a_card_is_copied_without_its_holders(api):
    copy = api.gives("POST", COFFEE + "/copy", {"name": "Tea card"})
    assert (copy["id"], copy["name"], copy["type"]) == (600004, "Tea card", "stamp")
    assert api.gives("POST", COFFEE + "/copy")["name"] == "Coffee card"
    assert api.gives("GET", f"{CARDS}/600004/stats") == []
    assert api.says("/v3/loyalty/info", loyaltycard="loy_503")["loyaltycard"]["name"] == "Tea card"
    assert api.declines("POST", COFFEE + "/copy", {"name": "x" * 51})[0] == 422
    copied = [(each["card"], each["copy"]) for each in api.state()["loyalty"]["copied"]]
    assert copied == [("loy_500", "loy_503"), ("loy_500", "loy_504")]


def test_holders_are_filtered_paged_and_shown_voided_on_request(api):
    def emails(**query):
        return [row["email"] for row in api.gives("GET", USERS, **query)]

    assert (len(emails()), len(emails(include_voided=1))) == (23, 24)
    assert emails(**{"filter[search]": "ada stone"}) == ["ada.stone@example.test"]
    assert emails(**{"filter[first_name]": "bram", "filter[city]": "antwerp"})[0].startswith("bram")
    paged = [emails(**{"pagination[page]": page, "pagination[limit]": 10}) for page in (1, 2, 3)]
    assert [len(page) for page in paged] == [10, 10, 3]
    assert sum(paged, []) == emails()
    for query in ({"filter[shoe]": "42"}, {"filter": "ada"}, {"pagination[limit]": "all"}):
        assert api.declines("GET", USERS, **query)[0] == 422


def test_a_holder_is_made_read_changed_and_stamped(api):
    asked = {"first_name": "Nele", "email": "nele@example.test", "custom_8": "vip"}
    made = api.gives("POST", USERS, asked)
    assert asked.items() <= made.items()
    assert (made["points"], made["voided"]) == (0, False)
    path = f"{USERS}/{made['id']}"
    assert api.gives("GET", path) == made
    for verb, city in (("POST", "Ghent"), ("PATCH", "Aalst"), ("PUT", "Mons")):
        changed = api.gives(verb, path, {"city": city})
        assert changed == {**made, "city": city}
    assert api.gives("POST", path + "/stamps")["points"] == 1
    assert api.gives("PUT", path + "/stamps", {"stamps": 3})["points"] == 4
    assert api.declines("POST", path + "/stamps", {"stamps": -1})[0] == 422
    users = api.says("/v3/loyaltyusers/search", loyaltycard="loy_500", search="nele@")["users"]
    assert users[0]["points"] == "4"
    state = api.state()
    assert state["loyalty"]["created"][0]["custom_8"] == "vip"
    assert [each.get("added") for each in state["loyalty_updates"]] == [None, None, None, 1, 3]


def test_wrong_holders_are_declined(api):
    assert api.declines("POST", USERS, {"email": "nele@"}) == (422, "Email address is not valid")
    taken = {"email": "Ada.Stone@example.test"}
    assert api.declines("POST", USERS, taken) == (422, "Email already exists")
    assert api.gives("PATCH", f"{USERS}/620001", taken)["email"] == taken["email"]
    assert api.declines("PATCH", f"{USERS}/620002", taken)[0] == 422
    assert api.declines("POST", USERS, {"city": ["Ghent"]})[0] == 422
    assert api.v4.post(USERS, content=b"{").status_code == 422


def test_many_holders_are_made_at_once_or_none(api):
    rows = [{"first_name": name, "email": f"{name}@example.test"} for name in ("a", "b", "c")]
    made = api.gives("POST", USERS + "/bulk", rows)
    assert [row["first_name"] for row in made] == ["a", "b", "c"]
    assert len(api.gives("POST", USERS + "/bulk", {"users": [{}, {"city": "Ghent"}]})) == 2
    wrong = ({}, [], {"users": "a"}, [{"email": "x"}], [{"city": "Ghent"}, 7])
    twice = [{"email": "d@example.test"}] * 2
    for body in (*wrong, twice, [{"email": "e@example.test"}, rows[0]]):
        assert api.declines("POST", USERS + "/bulk", body)[0] == 422
    assert api.state()["loyalty"]["holders"] == 45


# directories


def test_both_dialects_show_the_same_directories_and_users(api):
    assert api.gives("GET", "/v4/directory") == [
        {"id": 700001, "name": "City deals"},
        {"id": 700002, "name": "Student nights"},
    ]
    assert api.gives("GET", DEALS) == {"id": 700001, "name": "City deals"}
    rows = api.gives("GET", DEALS + "/users")
    assert len(rows) == 118
    first = api.says("/v3/directoryusers/list", directory="dir_700")["users"]
    assert [row["email"] for row in rows[:100]] == [user["email"] for user in first]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", rows[0]["created_at"])
    assert api.gives("GET", f"{DEALS}/users/{rows[7]['id']}") == rows[7]


def test_somebody_registers_and_is_blocked_and_let_in_again(api):
    asked = {"email": "nele@example.test", "birth_date": "1990-05-01", "custom_3": "vip"}
    made = api.gives("POST", DEALS + "/users", {**asked, "password": "hush hush"})
    assert asked.items() <= made.items()
    assert api.gives("GET", DEALS + "/users")[0] == made
    path = f"{DEALS}/users/{made['id']}"
    assert api.gives("POST", path, {"block": True})["blocked"] is True
    assert api.gives("POST", path, {})["blocked"] is True
    assert api.gives("POST", path, {"block": False})["blocked"] is False
    told = api.state()["directory_updates"]
    assert [each.get("blocked") for each in told] == [None, True, False]
    assert "hush hush" not in str(told) + str(api.calls())


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": "nele@"},
        {"email": "ada.stone.0@example.test"},
        {"birth_date": "1 May"},
        {"phone": {}},
    ],
)
def test_somebody_wrong_does_not_register(api, wrong):
    body = {"email": "nele@example.test", **wrong}
    assert api.declines("POST", DEALS + "/users", body)[0] == 422
    assert api.state()["directories"][0]["users"] == 118


def test_access_is_given_for_a_time_and_taken_away(api):
    user = next(row for row in api.gives("GET", DEALS + "/users") if not row["paid"])
    path = f"{DEALS}/users/{user['id']}/access"
    until = "2030-01-01 00:00:00"
    given = api.gives("POST", path, {"expires_at": until})
    assert (given["paid"], given["expires_at"]) == (True, until)
    assert api.gives("POST", path)["expires_at"] == ""
    assert api.declines("POST", path, {"expires_at": "2030-01-01"})[0] == 422
    for _ in range(2):
        assert api.gives("DELETE", path) == user
    told = [(each["access"], each["expires_at"]) for each in api.state()["access"]]
    assert told == [("given", until), ("given", ""), ("revoked", ""), ("revoked", "")]


def test_a_user_signs_on_with_a_token_of_his_own(api):
    path = f"{DEALS}/users/{api.gives('GET', DEALS + '/users')[0]['id']}/sso"
    made = [api.gives("POST", path) for _ in range(2)]
    assert made[0]["token"] != made[1]["token"]
    assert made[0]["url"].endswith(made[0]["token"])
    state = api.http.get("/_/state")
    assert [each["kind"] for each in state.json()["sign_ons"]] == ["directory_user"] * 2
    assert made[0]["token"] not in state.text


def test_trouble_speaks_the_language_of_its_path(api):
    api.trouble(CARDS, status=503, retry_after=2)
    api.trouble(CARDS, error_code=300)
    api.trouble(CARDS, error_code=1000)
    found = [api.v4.get(CARDS) for _ in range(4)]
    assert [answer.status_code for answer in found] == [503, 422, 401, 200]
    assert found[1].json() == {"message": "Refused on request."}
    assert found[2].text == "Unauthorized"
    api.gives("GET", USERS, **{"filter[search]": "ada"})
    assert api.calls()[-1]["body"] == {"filter": {"search": "ada"}}
