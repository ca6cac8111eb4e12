"""The client reads the account whichever of the published variants it turns out to be."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from actions.catalog import CATALOG
from coupontools import endpoints
from coupontools.client import Client, Keys
from coupontools.errors import BadCredentials, BadInput, Missing
from coupontools.pace import Pace
from coupontools.paging import rows
from sandbox.coupontools.app import create
from sandbox.coupontools.profiles import PROFILES, profile_of
from tests.servers import serving

SPLASH = {"campaign": "cam_123456"}
Calls = Callable[..., Client]


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with serving(create()) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield http


@pytest.fixture(params=PROFILES)
def caller(http: httpx.Client, request: pytest.FixtureRequest) -> Calls:
    """Makes clients of an account of this profile."""
    http.post("/_/reset", json={"profile": request.param}).raise_for_status()

    def made(*, right: bool = True) -> Client:
        keys = Keys("sandbox-id", "sandbox-secret" if right else "guess")
        return Client(http, keys, Pace(10_000, 10_000))

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
    assert caught.value.codes == (1000,)
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
        action = CATALOG[name]
        step = action.steps[0]
        reply = client.call(step.endpoint, step.payload(action.inputs.model_validate(raw), {}))
        assert action.present(action.output.model_validate(reply)).text


# what sets them apart


def raw(http: httpx.Client, profile: str, path: str, **params: Any) -> httpx.Response:
    http.post("/_/reset", json={"profile": profile}).raise_for_status()
    keys = {"X-Client-Id": "sandbox-id", "X-Client-Secret": "sandbox-secret"}
    return http.post(path, json=params, headers=keys)


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
