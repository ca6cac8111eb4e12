"""The client reads the account whichever of the published variants it turns out to be."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from actions.card import Card
from actions.catalog import CATALOG
from coupontools import endpoints
from coupontools.client import Client, Keys
from coupontools.endpoint import Override
from coupontools.errors import BadCredentials, BadInput, Missing
from coupontools.pace import Pace
from coupontools.paging import rows
from sandbox.coupontools.app import create
from sandbox.coupontools.profiles import PROFILES, profile_of
from tests.servers import serving

SPLASH = {"campaign": "cam_123456"}
KEYS = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
KNOWN_BETTER = {
    "lists_are_got": {
        "campaign_list": Override(verb="GET"),
        "subaccount_list": Override(verb="GET"),
    },
    "older_names": {"loyalty_users_create": Override(params={"first_name": "first_Name"})},
}
"""What an operator of such an account writes into the file of endpoints."""
Calls = Callable[..., Client]


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with serving(create()) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield http


@pytest.fixture(params=PROFILES)
def caller(http: httpx.Client, request: pytest.FixtureRequest) -> Calls:
    """Makes clients of an account of this profile."""
    return calls_of(http, request.param)


def calls_of(http: httpx.Client, profile: str) -> Calls:
    http.post("/_/reset", json={"profile": profile}).raise_for_status()

    def made(*, right: bool = True) -> Client:
        keys = Keys("sandbox-id", "sandbox-secret" if right else "guess")
        return Client(http, keys, Pace(10_000, 10_000), KNOWN_BETTER.get(profile))

    return made


def test_campaigns_are_listed_and_read(caller: Calls) -> None:
    client = caller()
    found = client.call(endpoints.CAMPAIGN_LIST, {})["coupon_info"]
    assert len(found) == 15
    told = client.call(endpoints.CAMPAIGN_INFO, {**SPLASH, "show_usage_stats": True})
    assert told["coupon_info"]["name"] == "Summer splash"
    assert int(told["coupon_info"]["custom_validation_codes"]) > 0


def test_the_other_dialect_is_read_too(caller: Calls) -> None:
    client = caller()
    (first, _) = client.call(endpoints.V4_DIRECTORY_LIST, {})
    assert client.call(endpoints.V4_DIRECTORY_GET, {"id": first["id"]})["name"] == "City deals"
    with pytest.raises(BadCredentials):
        caller(right=False).call(endpoints.V4_DIRECTORY_LIST, {})


def test_all_pages_of_usage_data_arrive_once(caller: Calls, http: httpx.Client) -> None:
    sessions = [
        row["session"]
        for page in caller().pages(endpoints.CAMPAIGN_DATA, SPLASH)
        for row in rows(page)
    ]
    held = next(
        each["sessions"]
        for each in http.get("/_/state").json()["campaigns"]
        if each["ID"] == SPLASH["campaign"]
    )
    assert len(sessions) == len(set(sessions)) == held > 1000


def test_a_push_goes_out_and_counts_its_holders(caller: Calls, http: httpx.Client) -> None:
    client, action = caller(), CATALOG["campaign.push_all"]
    asked = action.inputs.model_validate({**SPLASH, "message": "Hi"})
    assert action.preview is not None
    reach = action.preview(asked, client).reach
    action.output.model_validate(
        client.call(endpoints.CAMPAIGN_PUSH_ALL, {**SPLASH, "message": "Hi"})
    )
    (push,) = http.get("/_/state").json()["pushes"]
    assert push["reached"] == reach


def test_a_refusal_is_read_with_its_code_and_its_words(caller: Calls) -> None:
    client = caller()
    with pytest.raises(Missing, match="Campaign ID not found") as lost:
        client.call(endpoints.CAMPAIGN_INFO, {"campaign": "cam_1"})
    assert lost.value.codes == (502,)
    with pytest.raises(Missing, match="Couponsession not found") as nobody:
        push = {**SPLASH, "couponsession": "a" * 21, "message": "Hi"}
        client.call(endpoints.CAMPAIGN_PUSH_SINGLE, push)
    assert nobody.value.codes == (505,)
    with pytest.raises(BadInput, match="Missing parameter: template") as twice:
        client.call(endpoints.CAMPAIGN_CREATE, {"hue": "red"})
    assert sorted(twice.value.codes) == [200, 300]


def test_wrong_keys_are_told_as_such(caller: Calls) -> None:
    with pytest.raises(BadCredentials, match="Client ID or Secret not correct") as caught:
        caller(right=False).call(endpoints.CAMPAIGN_LIST, {})
    assert caught.value.codes in [(1000,), (100,)]
    assert caught.value.happened is False


def test_what_every_read_answers_its_action_can_tell(caller: Calls) -> None:
    client = caller()
    code = client.call(endpoints.CAMPAIGN_DATA, SPLASH)["data"][0]["status"]["own_validation_code"]
    given: dict[str, dict[str, Any]] = {
        "campaign.list": {},
        "campaign.info": SPLASH,
        "session.search": {"code": str(code)},
    }
    for name, raw in given.items():
        assert told(client, name, **raw).text


def told(client: Client, name: str, **raw: Any) -> Card:
    """The card of what an action of one step answers."""
    action = CATALOG[name]
    step = action.steps[0]
    reply = client.call(step.endpoint, step.payload(action.inputs.model_validate(raw), {}))
    card: Card = action.present(action.output.model_validate(reply))
    return card


def facts(card: Card) -> dict[str, str]:
    return {title: str(value) for title, value in card.facts}


def test_a_coupon_keeps_its_number_and_what_it_has_been_through(caller: Calls) -> None:
    client = caller()
    made = facts(told(client, "single_use.create", **SPLASH, email="ada@example.test"))
    assert made["Number"].isdigit()
    which = {"couponsession": made["Code"]}
    for operation in ("void", "unvoid", "void"):
        told(client, "session.update", **which, operation=operation)
    shown = told(client, "session.info", **which)
    assert facts(shown)["Number"] == made["Number"]
    assert facts(shown)["State"].startswith("voided")
    told(client, "session.update", **which, operation="unvoid")
    assert facts(told(client, "session.info", **which))["State"].startswith("created")


def test_what_is_not_there_is_missing_whatever_its_code(caller: Calls) -> None:
    client = caller()
    email = {"email": "ada@example.test"}
    for endpoint, asked in (
        (endpoints.LOYALTY_INFO, {"loyaltycard": "lost"}),
        (endpoints.LOYALTY_USERS_LIST, {"loyaltycard": "lost"}),
        (endpoints.DIRECTORY_INFO, {"directory": "dir_1"}),
        (endpoints.SEND_EMAIL, {"campaign": "dir_1", **email}),
        (endpoints.SEND_EMAIL, {"campaign": "lost", **email}),
    ):
        with pytest.raises(Missing, match="not found") as lost:
            client.call(endpoint, asked)
        assert lost.value.codes[0] in (502, 505, 507)


def test_a_subaccount_is_listed_and_then_shown_by_what_the_list_says(caller: Calls) -> None:
    client = caller()
    found = client.call(endpoints.SUBACCOUNT_LIST, {})["subaccount"]
    assert told(client, "subaccount.list").table
    assert facts(told(client, "subaccount.info", subaccount=str(found[0]["ID"])))["Id"]


def test_a_holder_is_enrolled_with_a_first_name(caller: Calls, http: httpx.Client) -> None:
    enrolled = {"email": "zoe@example.test", "password": "x-y-z-1", "first_name": "Zoë"}
    caller().call(endpoints.LOYALTY_USERS_CREATE, enrolled)
    [made] = http.get("/_/state").json()["loyalty"]["created"]
    assert made["first_name"] == "Zoë"


def test_days_bound_usage_data_in_every_manner(caller: Calls) -> None:
    first = told(caller(), "campaign.usage", **SPLASH, start_date="2000-01-01")
    assert first.attachment


# what sets them apart


def raw(http: httpx.Client, profile: str, path: str, **params: Any) -> httpx.Response:
    http.post("/_/reset", json={"profile": profile}).raise_for_status()
    return http.post(path, json=params, headers=KEYS)


def test_each_profile_differs_in_what_it_is_named_for(http: httpx.Client) -> None:
    info, data = "/v3/coupon/info", "/v3/campaign/data"
    assert raw(http, "documented", info).json()["status"]["errors"]["error_code"] == [200]
    beside = raw(http, "errors_beside", info).json()
    assert beside["status"] == {"status": "failed"}
    assert beside["errors"]["error_code"] == [200]
    assert raw(http, "bare_codes", info).json()["status"]["errors"]["error_code"] == 200
    assert raw(http, "loud_http", info).status_code == 200
    assert len(raw(http, "pages_of_100", data, **SPLASH).json()["data"]) == 100
    counted = raw(http, "numbers", data, **SPLASH).json()["data"][0]
    assert isinstance(counted["sequenceid"], int)
    assert counted["status"]["opened"] == 1


def codes(answer: httpx.Response) -> Any:
    return answer.json()["status"].get("errors", {}).get("error_code", [])


def test_codes_of_what_is_missing_are_of_one_kind_or_another(http: httpx.Client) -> None:
    card, directory = "/v3/loyalty/info", "/v3/directory/info"
    lost, mail = {"loyaltycard": "lost"}, {"campaign": "dir_1", "email": "a@example.test"}
    for profile, expected in (
        ("documented", [507, 505, 507, 502]),
        ("missing_505_502", [505, 505, 502, 502]),
        ("missing_507", [507, 507, 507, 507]),
    ):
        said = [
            raw(http, profile, card, **lost),
            raw(http, profile, "/v3/loyaltyusers/list", **lost),
            raw(http, profile, directory, directory="dir_1"),
            raw(http, profile, "/v3/send/email", **mail),
        ]
        assert [code for each in said for code in codes(each)] == expected
    wrong = http.post("/v3/coupon/list")
    assert codes(wrong) == 1000
    http.post("/_/reset", json={"profile": "keys_in_their_family"})
    assert codes(http.post("/v3/coupon/list")) == 100


def test_names_in_answers_are_those_of_one_source(http: httpx.Client) -> None:
    data, many = "/v3/campaign/data", "/v3/multiplesingleuse/create"
    rows_of = {
        profile: [
            raw(http, profile, path, **SPLASH, amount=1).json()["data"][0] for path in (data, many)
        ]
        for profile in ("documented", "sequence_id", "sequenceid", "unvoided_alone", "voided_alone")
    }
    numbers = {
        profile: [type(row.get(name)) for row in found for name in ("sequenceid", "sequence_id")]
        for profile, found in rows_of.items()
    }
    nothing = type(None)
    assert numbers["documented"] == [str, nothing, nothing, int]
    assert numbers["sequence_id"] == [nothing, int, nothing, int]
    assert numbers["sequenceid"] == [str, nothing, str, nothing]
    moments = {"voided_date_utc", "unvoided_date_utc"}
    assert moments <= rows_of["documented"][0]["status"].keys()
    assert moments & rows_of["unvoided_alone"][0]["status"].keys() == {"unvoided_date_utc"}
    assert moments & rows_of["voided_alone"][0]["status"].keys() == {"voided_date_utc"}


def test_subaccounts_may_have_bare_numbers(http: httpx.Client) -> None:
    told_of = raw(http, "bare_subaccounts", "/v4/subaccount/list").json()["subaccount"]
    assert told_of[0]["ID"] == "2001"
    asked = {"subaccount": "sub_2001"}
    assert codes(raw(http, "bare_subaccounts", "/v4/subaccount", **asked)) == [301]


HYPHEN, COLON = "2026-01-31 09-30", "2026-01-31 09:30"


@pytest.mark.parametrize(
    ("path", "name", "printed", "by_a_client", "code"),
    [
        ("/v3/campaign/data", "start_date", HYPHEN, COLON, 303),
        ("/v3/campaign/claims", "end_date", HYPHEN, COLON, 303),
        (
            *("/v3/singleuse/create", "expiry_date"),
            *("2027-06-30 22:00:00", "2027-06-30:22:00:00", 303),
        ),
        ("/v3/singleuse/create", "duplicate_check", "email", True, 302),
    ],
)
def test_what_is_written_in_two_ways_is_taken_in_one(
    http: httpx.Client, path: str, name: str, printed: str, by_a_client: object, code: int
) -> None:
    def answered(profile: str, value: object) -> Any:
        asked = {**SPLASH, "email": "ada@example.test", name: value}
        return codes(raw(http, profile, path, **asked))

    assert answered("as_printed", printed) == answered("as_a_client_writes", by_a_client) == []
    assert answered("as_printed", by_a_client) == [code]
    assert answered("as_a_client_writes", printed) == [code]


def test_a_yes_looks_for_the_consumer_by_what_is_given(http: httpx.Client) -> None:
    guest = {**SPLASH, "email": "twice@example.test", "duplicate_check": True}
    first = raw(http, "as_a_client_writes", "/v3/singleuse/create", **guest).json()
    again = http.post("/v3/singleuse/create", json=guest, headers=KEYS).json()
    no = {**guest, "duplicate_check": False}
    another = http.post("/v3/singleuse/create", json=no, headers=KEYS).json()
    code = "single_use_code"
    assert first[code] == again[code] != another[code]


def test_an_action_that_is_written_otherwise_is_refused_and_nothing_is_made(
    http: httpx.Client,
) -> None:
    client = calls_of(http, "as_a_client_writes")()
    guest = {**SPLASH, "email": "ada@example.test", "duplicate_check": "email"}
    with pytest.raises(BadInput) as refused:
        told(client, "single_use.create", **guest)
    assert refused.value.happened is False
    assert http.get("/_/state").json()["sessions"]["created"] == []


def test_lists_are_asked_for_in_the_ways_there_are(http: httpx.Client) -> None:
    def statuses(profile: str) -> tuple[int, int]:
        posted = raw(http, profile, "/v3/coupon/list")
        return posted.status_code, http.get("/v3/coupon/list", headers=KEYS).status_code

    assert statuses("documented") == (200, 200)
    assert statuses("as_printed") == (200, 405)
    assert statuses("lists_are_got") == (405, 200)


def test_a_text_message_has_a_sender_where_one_is_heard_of(http: httpx.Client) -> None:
    sms = {**SPLASH, "phone": "+32470123456", "body": "Hi", "sender": "Shop"}
    for profile, sender in (("documented", "Shop"), ("as_printed", "")):
        raw(http, profile, "/v3/send/sms", **sms).raise_for_status()
        assert http.get("/_/state").json()["messages"][-1]["sender"] == sender


def test_a_reset_names_a_profile_that_there_is_or_goes_back_to_the_first(
    http: httpx.Client,
) -> None:
    for wrong in ("strict", 7):
        answer = http.post("/_/reset", json={"profile": wrong})
        assert answer.status_code == 422
        assert "documented" in answer.json()["error"]
    with pytest.raises(ValueError, match="profile is one of"):
        profile_of("strict")
    raw(http, "loud_http", "/v3/coupon/info")
    http.post("/_/reset", json={}).raise_for_status()
    assert http.post("/v3/coupon/list").status_code == 401


def test_the_command_begins_with_the_profile_it_is_given() -> None:
    command = [sys.executable, "-m", "sandbox.coupontools", "--profile", "loud_http"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address is not None
            assert httpx.post(f"{address[0]}/v3/coupon/list").status_code == 200
        finally:
            process.terminate()
