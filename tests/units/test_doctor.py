"""`vouchdesk doctor --live`: every read is called, and told to be as we think or not."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from test_cli import settings  # noqa: F401  a fixture

from bot.proving import GIVES, NEEDS, Proof, prove
from coupontools.client import Client, Keys
from coupontools.endpoint import Override
from coupontools.endpoints import ENDPOINTS
from coupontools.pace import Pace
from sandbox.coupontools.app import create
from sandbox.coupontools.profiles import PROFILES
from tests.console import vouchdesk
from tests.servers import serving
from tests.units.test_profiles import KNOWN_BETTER

HURRIED = {"VOUCHDESK_PACE": "1000"}
READS = [endpoint.id for endpoint in ENDPOINTS.values() if endpoint.reads]


@pytest.fixture(scope="module")
def api() -> Iterator[httpx.Client]:
    with serving(create()) as address, httpx.Client(base_url=address, timeout=20) as http:
        yield http


def proofs(api: httpx.Client, *, right: bool = True, **elsewhere: Override) -> dict[str, Proof]:
    keys = Keys("sandbox-id", "sandbox-secret" if right else "guess")
    client = Client(api, keys, Pace(10_000, 10_000), elsewhere)
    return {proof.endpoint.id: proof for proof in prove(client)}


def reset(api: httpx.Client, **wish: Any) -> None:
    api.post("/_/reset", json=wish).raise_for_status()


def test_every_read_and_nothing_else_is_called(api: httpx.Client) -> None:
    reset(api)
    assert [*proofs(api)] == READS
    called = api.get("/_/calls").json()
    paths = {endpoint.path for endpoint in ENDPOINTS.values() if endpoint.reads}
    assert {call["path"] for call in called if "v4/" not in call["path"]} <= paths
    held = api.get("/_/state").json()
    assert held["pushes"] == held["updates"] == held["created"] == held["messages"] == []


@pytest.mark.parametrize("profile", PROFILES)
def test_the_sandbox_proves_all_but_what_nothing_is_known_of(
    api: httpx.Client, profile: str
) -> None:
    reset(api, profile=profile)
    found = proofs(api, **KNOWN_BETTER.get(profile, {}))
    assert {id for id, proof in found.items() if proof.verdict != "proven"} == {
        "webhook_verification"
    }
    webhook = found["webhook_verification"]
    assert (webhook.verdict, webhook.ok) == ("refused", None)
    assert "There was no webhook to ask about" in webhook.words


def test_what_answers_give_is_what_calls_need() -> None:
    given = {thing for things in GIVES.values() for thing in things}
    assert given == {thing for things in NEEDS.values() for thing in things.values()}
    assert GIVES.keys() | NEEDS.keys() <= set(READS)
    filled = {id for id in READS if "{" in ENDPOINTS[id].path}
    assert filled <= NEEDS.keys()


def test_an_answer_of_another_shape_is_told_with_what_is_not_in_it(api: httpx.Client) -> None:
    reset(api)
    found = proofs(
        api,
        campaign_info=Override(path="/v3/directory/list"),
        campaign_list=Override(path="/v3/coupon/info"),
        sms_group_list=Override(path="/v3/category/list"),
        loyalty_list=Override(path="/v3/account/sso"),
        session_search=Override(path="/v3/loyalty/list"),
    )
    told = {id: (each.verdict.value, each.ok) for id, each in found.items()}
    for id in ("campaign_info", "sms_group_list", "loyalty_list", "session_search"):
        assert told[id] == ("different", False), (id, found[id].words)
    assert found["loyalty_list"].words == "there is no list in it"
    assert found["sms_group_list"].words == "there is no group in it"
    assert "coupon_info" in found["campaign_info"].words
    assert told["campaign_list"] == ("refused", None)


def test_a_path_that_is_not_there_and_keys_that_are_wrong_are_told_apart(
    api: httpx.Client,
) -> None:
    reset(api)
    nowhere = proofs(api, directory_list=Override(path="/v3/nowhere"))
    assert (nowhere["directory_list"].verdict, nowhere["directory_list"].ok) == ("refused", False)
    assert "It knows no POST /v3/nowhere" in nowhere["directory_list"].words
    assert nowhere["directory_info"].ok is None
    assert "There was no directory to ask about" in nowhere["directory_info"].words
    locked = proofs(api, right=False)
    tried = {id: each for id, each in locked.items() if each.verdict != "untried"}
    assert all((each.verdict, each.ok) == ("refused", False) for each in tried.values())
    assert {ENDPOINTS[id].path.count("{") > 0 for id in locked.keys() - tried.keys()} == {True}


@pytest.mark.parametrize(
    ("fault", "verdict", "ok"),
    [
        ({"error_code": 103}, "refused", None),
        ({"error_code": 101}, "refused", False),
        ({"status": 500}, "different", False),
        ({"drop": "before"}, "unanswered", False),
        ({"status": 429, "retry_after": 0.01}, "unanswered", False),
    ],
)
def test_trouble_with_one_call_stays_with_that_call(
    api: httpx.Client, fault: Mapping[str, Any], verdict: str, ok: bool | None
) -> None:
    reset(api)
    api.post("/_/faults", json={"path": "/v3/smstool/grouplist", **fault}).raise_for_status()
    found = proofs(api)
    assert (found["sms_group_list"].verdict, found["sms_group_list"].ok) == (verdict, ok)
    assert found["email_group_list"].verdict == "proven"


def test_the_command_names_every_read_and_shows_nothing_of_the_account(
    settings: dict[str, str],  # noqa: F811
) -> None:
    done = vouchdesk(settings | HURRIED, "doctor", "--live", "--json")
    assert done.exit_code == 0, done.stdout + done.stderr
    findings = {each["what"]: each for each in json.loads(done.stdout)["findings"]}
    assert findings.keys() >= set(READS)
    assert findings["campaign_list"]["ok"] is True
    assert findings["campaign_list"]["words"].startswith("proven: ")
    assert findings["webhook_verification"]["words"].startswith("refused: ")
    assert all("@example.test" not in each["words"] for each in findings.values())


def test_the_command_fails_when_one_answer_is_different(
    settings: dict[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    file = tmp_path / "endpoints.yml"
    file.write_text("directory_info:\n  path: /v3/coupon/list\n")
    told = settings | HURRIED | {"COUPONTOOLS_ENDPOINTS": str(file)}
    done = vouchdesk(told, "doctor", "--live")
    assert done.exit_code == 1
    assert "no directory_info: different: " in done.stdout
    assert "ok directory_list: proven: " in done.stdout
