"""The command line as a script uses it: what it prints, and how it exits."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.console import vouchdesk
from tests.world import KEY, SIGNING_SECRET, TOKEN

ROOT = Path(__file__).parents[2]
VOUCHDESK = str(Path(sys.executable).parent / "vouchdesk")


@pytest.fixture
def settings(
    tmp_path: Path, api_server: str, slack_server: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The environment of a bot between the two sandboxes, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    httpx.post(f"{api_server}/_/reset", json={})
    httpx.post(f"{slack_server}/_/reset", json={})
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"{slack_server}/api/",
        "COUPONTOOLS_URL": api_server,
        "COUPONTOOLS_CLIENT_ID": "sandbox-id",
        "COUPONTOOLS_CLIENT_SECRET": "sandbox-secret",
        "DATABASE_URL": f"sqlite:///{tmp_path}/vouchdesk.db",
        "VOUCHDESK_SECRET_KEY": KEY,
        "VOUCHDESK_APPROVALS_CHANNEL": "C0APPROVALS",
        "VOUCHDESK_TIMEZONE": "Europe/Brussels",
        "COLUMNS": "200",
    }


def test_the_catalogue_is_one_json_document(settings: dict[str, str]) -> None:
    done = vouchdesk(settings, "catalog", "--json")
    assert done.exit_code == 0
    push = next(row for row in json.loads(done.stdout) if row["name"] == "campaign.push_all")
    assert push == {
        "name": "campaign.push_all",
        "area": "campaign",
        "title": "Push to everyone",
        "risk": "blast",
        "endpoints": ["campaign_push_all"],
        "surfaces": ["/coupon", "/coupon-push", "launcher", "modal", "schedule", "cli"],
        "proven": False,
    }


def test_a_read_answers_at_once_and_is_on_record(settings: dict[str, str]) -> None:
    words = ("ask", "session.search", "--input", "email=mia.vos@example.test", "--json")
    done = vouchdesk(settings, *words)
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["data"][0]["campaign"].startswith("cam_")
    record = json.loads(vouchdesk(settings, "audit", "search", "--json").stdout)
    assert [(line["kind"], line["action"], line["surface"]) for line in record] == [
        ("read", "session.search", "cli"),
        ("account added", "", ""),
    ]


def test_a_whole_list_goes_into_a_file(settings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    words = ("ask", "campaign.usage", "--input", "campaign=cam_123456", "--csv", str(file))
    done = vouchdesk(settings, *words)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"1,240 rows in {file}\n"
    assert len(file.read_text().splitlines()) == 1_241
    record = json.loads(vouchdesk(settings, "audit", "search", "--json").stdout)
    assert [(line["kind"], line["because"], line["surface"]) for line in record] == [
        ("exported", "campaign.usage: 1,240 rows", "cli"),
        ("account added", "", ""),
    ]


def test_a_list_that_breaks_off_leaves_no_file(settings: dict[str, str], tmp_path: Path) -> None:
    fault = {"path": "/v3/campaign/data", "times": 1, "error_code": 502}
    httpx.post(f"{settings['COUPONTOOLS_URL']}/_/faults", json=fault)
    words = ("--input", "campaign=cam_123456", "--csv", str(tmp_path / "usage.csv"))
    done = vouchdesk(settings, "ask", "campaign.usage", *words)
    assert done.exit_code == 1
    assert "broke off after 0 rows" in done.stderr
    assert [file.name for file in tmp_path.glob("*usage*")] == []


def test_a_read_that_is_no_list_gives_no_file(settings: dict[str, str], tmp_path: Path) -> None:
    words = ("--input", "campaign=cam_123456", "--csv", str(tmp_path / "a.csv"))
    done = vouchdesk(settings, "ask", "campaign.info", *words)
    assert done.exit_code == 1
    assert "gives no list" in done.stderr
    words = (*words, "--at", "2030-01-01T09:00")
    assert vouchdesk(settings, "ask", "campaign.usage", *words).exit_code == 2


def test_a_wish_is_put_on_record_and_its_story_can_be_told(settings: dict[str, str]) -> None:
    given = ("--input", "campaign=cam_123456", "--input", "message=Summer")
    done = vouchdesk(settings, "ask", "campaign.push_all", *given, "--as", "U0ANA", "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["quorum"] == 2
    story = vouchdesk(settings, "explain", told["request"])
    assert story.exit_code == 0
    for words in ("asked by U0ANA", "Push to everyone", "cam_123456"):
        assert words in story.stdout


def test_bad_input_is_said_on_stderr_with_exit_code_1(settings: dict[str, str]) -> None:
    wrong = vouchdesk(settings, "ask", "campaign.push_all", "--input", "campaign=123")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "A campaign id looks like cam_123456" in wrong.stderr
    unknown = vouchdesk(settings, "ask", "campaign.pusch_all")
    assert unknown.exit_code == 1
    assert "campaign.push_all" in unknown.stderr
    assert vouchdesk(settings, "explain", "req_0").exit_code == 1
    past = vouchdesk(settings, "ask", "campaign.list", "--at", "2020-01-01T09:00")
    assert "has passed" in past.stderr


def test_wrong_usage_is_exit_code_2(settings: dict[str, str]) -> None:
    assert vouchdesk(settings, "ask").exit_code == 2
    assert vouchdesk(settings, "catalog", "--yaml").exit_code == 2


def test_an_action_explains_itself_with_file_and_line(settings: dict[str, str]) -> None:
    told = vouchdesk(settings, "explain", "campaign.push_all").stdout
    assert "_count_holders (actions/catalog/campaigns.py:" in told
    assert "PushForm (bot/forms/push.py:" in told
    assert "never repeated without a person" in told


def test_the_doctor_finds_nothing_wrong_between_the_sandboxes(settings: dict[str, str]) -> None:
    done = vouchdesk(settings, "doctor", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 0, done.stdout
    assert found["settings"]["SLACK_BOT_TOKEN"] == "set"
    assert TOKEN not in done.stdout
    assert {finding["what"] for finding in found["findings"]} >= {"database", "slack"}


def test_the_doctor_masks_the_password_of_the_database(settings: dict[str, str]) -> None:
    elsewhere = settings | {"DATABASE_URL": "postgresql://me:hush@127.0.0.1:9/none"}
    done = vouchdesk(elsewhere, "doctor")
    assert done.exit_code == 1
    assert "hush" not in done.stdout + done.stderr


def test_serve_refuses_to_start_half_configured(settings: dict[str, str]) -> None:
    settings.pop("SLACK_SIGNING_SECRET")
    settings.pop("VOUCHDESK_SECRET_KEY")
    done = vouchdesk(settings, "serve")
    assert done.exit_code == 1
    assert "SLACK_SIGNING_SECRET" in done.stderr
    assert "VOUCHDESK_SECRET_KEY" in done.stderr


def test_serve_refuses_a_token_that_slack_does_not_know(settings: dict[str, str]) -> None:
    done = vouchdesk(settings | {"SLACK_BOT_TOKEN": "xoxb-wrong"}, "serve")
    assert done.exit_code == 1
    assert "invalid_auth" in done.stderr


def test_serve_answers_until_it_is_told_to_stop_and_keeps_others_off(
    settings: dict[str, str],
) -> None:
    port = free_port()
    words = [VOUCHDESK, "serve", "--http", f"127.0.0.1:{port}"]
    with subprocess.Popen(words, env=settings, stderr=subprocess.PIPE, text=True) as bot:
        try:
            assert answer(f"http://127.0.0.1:{port}/readyz") == {"ready": True}
            assert answer(f"http://127.0.0.1:{port}/healthz") == {"ok": True}
            unsigned = httpx.post(f"http://127.0.0.1:{port}/slack/events", content=b"text=x")
            assert unsigned.status_code == 401
            second = vouchdesk(settings, "serve", "--http", f"127.0.0.1:{free_port()}")
            assert second.exit_code == 1
            assert "Another Vouchdesk" in second.stderr
        finally:
            bot.send_signal(signal.SIGTERM)
            bot.communicate(timeout=20)
    assert bot.returncode in (0, -signal.SIGTERM)


def test_the_demo_plays_the_main_job_through(tmp_path: Path) -> None:
    done = subprocess.run(
        [VOUCHDESK, "demo", "--check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = json.loads(done.stdout)
    assert told["ok"], told
    assert done.returncode == 0
    assert len(told["checks"]) == 13


def free_port() -> int:
    from bot.serve import free_port as one

    return one()


def answer(url: str) -> Any:
    """What it answers, once it is there."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return httpx.get(url).json()
        except httpx.TransportError:
            assert time.monotonic() < deadline, "it does not come up"
            time.sleep(0.1)


def test_the_calendar_is_a_table_json_or_a_file(settings: dict[str, str], tmp_path: Path) -> None:
    daily = ("ask", "campaign.list", "--cron", "0 9 * * *", "--zone", "Europe/Brussels", "--json")
    asked = json.loads(vouchdesk(settings, *daily).stdout)["request"]
    found = json.loads(vouchdesk(settings, "calendar", "--days", "7", "--json").stdout)
    assert [each["request"] for each in found] == [asked] * 7
    assert {each["series"] for each in found} == {"0 9 * * *"}
    table = vouchdesk(settings, "calendar", "--days", "1").stdout
    assert "when (Europe/Brussels)" in table
    assert "campaign.list" in table
    assert vouchdesk(settings, "calendar", "--account", "none").stdout == "Nothing is planned.\n"

    file = tmp_path / "vouchdesk.ics"
    done = vouchdesk(settings, "calendar", "--ics", str(file), "--as", "ana")
    assert done.stdout == f"90 runs in {file}\n", done.stderr
    assert file.read_bytes().count(b"STATUS:TENTATIVE\r\n") == 90  # nobody has looked at it yet
    record = json.loads(
        vouchdesk(settings, "audit", "search", "--kind", "exported", "--json").stdout
    )
    assert [(line["actor"], line["because"], line["surface"]) for line in record] == [
        ("ana", "calendar: 90 runs", "cli")
    ]
