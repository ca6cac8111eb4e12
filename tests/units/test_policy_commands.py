"""`vouchdesk policy` and what the doctor says of one, as a script uses them."""

import json
from pathlib import Path
from typing import Any

from test_cli import settings  # noqa: F401  a fixture

from tests.console import vouchdesk

PUSH = ("campaign.push_all", "--input", "campaign=cam_123456", "--input", "message=Summer")
MINE = """
rules:
  - rule: Reads
    when: {risk: read}
    allow: true
  - rule: Blasts
    when: {risk: blast, reach: {least: 500}}
    approvals: 3
    from: [approver, finance]
    brake: 90s
  - rule: Night
    when: {risk: [launch, blast], hours: 21:00-08:00}
    unless: {roles: [crm, coupon-heads]}
    refuse: Not at night.
  - rule: Many codes
    when: {codes: {least: 10001}}
    approvals: 1
    from: finance
"""


def told(settings: dict[str, str], *words: str) -> Any:  # noqa: F811
    done = vouchdesk(settings, "policy", *words, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_one_decision_is_explained(settings: dict[str, str], tmp_path: Path) -> None:  # noqa: F811
    found = told(settings, "test", *PUSH, "--reach", "812", "--role", "operator")
    assert (found["facts"]["reach"], found["facts"]["roles"]) == (812, ["operator"])
    assert found["words"] == "2 of approver, brake 2m, quiet 21:00-08:00"
    verdicts = {each["rule"]: (each["matches"], each["why_not"]) for each in found["rules"]}
    assert verdicts["Blasts"] == (True, "")
    assert verdicts["Launches"] == (False, "risk is blast, not launch")
    assert found["needs"] == [{"count": 2, "from": ["approver"], "rule": "Blasts"}]
    assert (found["brake_seconds"], found["quiet"]) == (120, ["21:00-08:00"])

    file = tmp_path / "mine.yml"
    file.write_text(MINE)
    mine = ("--policy", str(file))
    at_night = ("--at", "2099-06-01T23:00", "--zone", "Europe/Brussels")
    night = told(settings, "test", *PUSH, "--reach", "unknown", *at_night, *mine)
    assert (night["refusal"], night["needs"]) == ("Not at night.", [])
    assert night["facts"]["at"] == "2099-06-01T23:00:00+02:00"
    as_crm = told(settings, "test", *PUSH, *at_night, *mine, "--role", "crm")
    assert as_crm["words"] == "3 of approver or finance, brake 90s"
    assert [each["why_not"] for each in as_crm["rules"]] == [
        "risk is blast, not read",
        "",
        "unless roles is coupon-heads or crm",
        "codes is 0, not at least 10,001",
    ]
    codes = ("single_use.create_many", "--input", "campaign=cam_123456", "--input", "amount=20000")
    by_day = ("--cron", "0 12 * * *")
    assert told(settings, "test", *codes, *by_day, *mine)["words"] == "1 of finance"
    uncovered = told(settings, "test", "session.update", *mine)
    assert uncovered["refusal"] == "No rule of the policy covers this."
    few = told(settings, "test", *PUSH, "--reach", "499", "--at", "2099-06-01T12:00", *mine)
    assert few["rules"][1]["why_not"] == "reach is 499, not at least 500"
    assert few["rules"][2]["why_not"].startswith("hours is 12:00, not 21:00-08:00")


def test_a_decision_reads_well_too_and_slack_says_who_asks(settings: dict[str, str]) -> None:  # noqa: F811
    done = vouchdesk(settings, "policy", "test", *PUSH, "--as", "U0ANA")
    assert done.exit_code == 0, done.stderr
    for words in ("coupon-operators or operator", "Small changes of operators", "risk is blast"):
        assert words in done.stdout
    assert "At the most, before anybody has counted (--reach N): 2 of approver" in done.stdout
    rows = vouchdesk(
        settings, "policy", "test", "session.update", "--role", "operator", "--rows", "2"
    )
    assert "rows is 2, not at most 1" in rows.stdout
    assert rows.stdout.splitlines()[-1] == "1 of approver"
    lines = json.loads(vouchdesk(settings, "audit", "search", "--json").stdout)
    assert [line["kind"] for line in lines] == ["account added"]  # to try it out leaves none


def test_wrong_questions_are_answered_with_words(settings: dict[str, str]) -> None:  # noqa: F811
    assert vouchdesk(settings, "policy", "test", *PUSH, "--reach", "many").exit_code == 2
    assert vouchdesk(settings, "policy", "replay", "--since", "a year").exit_code == 2
    wrong = vouchdesk(settings, "policy", "test", "campaign.push_all", "--input", "campaign=1")
    assert (wrong.exit_code, "looks like cam_123456" in wrong.stderr) == (1, True)
    gone = vouchdesk(settings, "policy", "replay", "--policy", "none.yml")
    assert gone.exit_code == 1
    assert "none.yml: it cannot be read (No such file or directory)." in gone.stderr


def test_a_file_is_checked_without_anything_else(
    settings: dict[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    good, bad = tmp_path / "good.yml", tmp_path / "bad.yml"
    good.write_text(MINE)
    bad.write_text(MINE.replace("90s", "soon"))
    kept = ("PATH", "PYTHONPATH", "DATABASE_URL", "COLUMNS")
    bare = {name: settings[name] for name in kept}
    done = vouchdesk(bare, "policy", "check", str(good))
    assert (done.exit_code, "4 rules, version " in done.stdout) == (0, True)
    assert told(bare, "check")["file"] == "built-in policy"
    broken = vouchdesk(bare, "policy", "check", str(bad))
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert "bad.yml, line 10: rule “Blasts”: brake: a time looks like" in broken.stderr
    assert not (tmp_path / "vouchdesk.db").exists()


def test_a_broken_policy_stops_the_start_and_the_doctor_says_why(
    settings: dict[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    file = tmp_path / "policy.yml"
    file.write_text(MINE.replace("refuse", "refuses"))
    settings["VOUCHDESK_POLICY"] = str(file)
    refused = vouchdesk(settings, "serve")
    assert refused.exit_code == 1
    words = "policy.yml, line 14: rule “Night”: refuses: there is no such word in a policy."
    assert words in refused.stderr
    doctor = vouchdesk(settings, "doctor")
    assert doctor.exit_code == 1
    assert words in doctor.stdout
    assert "ok slack" in doctor.stdout

    file.write_text(MINE)
    done = vouchdesk(settings, "doctor", "--json")
    found = {
        each["what"]: (each["ok"], each["words"]) for each in json.loads(done.stdout)["findings"]
    }
    assert found["policy"][0] is True
    assert f"{file}, version " in found["policy"][1]
    assert found["@finance"] == (False, "no such user group; rule “Blasts” names it")
    assert found["@crm"] == (False, "no such user group; rule “Night” names it")
    assert found["rule Blasts"][1] == "asks for 3 of approver or finance; these have 2 members"
    assert found["rule Many codes"][0] is False


def test_an_empty_past_is_replayed_too(settings: dict[str, str]) -> None:  # noqa: F811
    assert told(settings, "replay")["requests"] == []
    done = vouchdesk(settings, "policy", "replay", "--since", "12h")
    assert "0 of 0 requests would have gone otherwise under built-in policy" in done.stdout
