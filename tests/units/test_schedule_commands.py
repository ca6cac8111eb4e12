"""Schedules at the command line: the plan before it is saved, the list, and moving a run."""

import json

from tests.console import vouchdesk
from tests.units.test_cli import settings

__all__ = ["settings"]
CRON = ("--cron", "0 9 * * 1-5", "--zone", "Europe/Brussels")
PUSH = ("ask", "campaign.push_all", "--input", "campaign=cam_123456", "--input", "message=Sale")


def test_a_series_is_shown_before_it_is_on_record_and_listed_after(
    settings: dict[str, str],
) -> None:
    ends = ("--runs", "3", "--until", "2099-12-24")
    asked = vouchdesk(settings, "ask", "campaign.list", *CRON, *ends)
    assert asked.exit_code == 0, asked.stderr
    assert "The next 3 on the clock of Europe/Brussels:" in asked.stdout
    assert asked.stdout.count("09:00 · ") == 3
    [listed] = json.loads(vouchdesk(settings, "schedules", "--json").stdout)
    assert (listed["crontab"], listed["runs"], listed["until"]) == ("0 9 * * 1-5", 3, "2099-12-24")
    assert len(listed["next"]) == 3
    shown = vouchdesk(settings, "schedules").stdout
    assert listed["request"] in shown
    for words, fault in (
        (("--runs", "0"), "when_runs"),
        (("--until", "2020-01-01"), "when_until"),
        (("--until", "soon"), "when_until"),
    ):
        refused = vouchdesk(settings, "ask", "campaign.list", *CRON, *words)
        assert (refused.exit_code, fault in refused.stderr) == (1, True)
    once = vouchdesk(settings, "ask", "campaign.list", "--at", "2099-01-01T09:00", "--runs", "3")
    assert "Only what happens again and again has an end." in once.stderr


def test_a_push_too_close_to_another_one_is_said(settings: dict[str, str]) -> None:
    first = json.loads(vouchdesk(settings, *PUSH, "--at", "2099-05-04T09:00Z", "--json").stdout)
    assert first["warnings"] == []
    near = vouchdesk(settings, *PUSH, "--at", "2099-05-05T08:00Z")
    assert "Note: Another push to the same people is planned within 24 hours" in near.stdout
    assert first["request"] in near.stdout
    far = json.loads(vouchdesk(settings, *PUSH, "--at", "2099-05-09T08:00Z", "--json").stdout)
    assert (far["warnings"], far["next"]) == ([], ["2099-05-09T08:00:00+00:00"])


def test_whoever_asked_moves_it_by_id(settings: dict[str, str]) -> None:
    asked = vouchdesk(settings, *PUSH, "--at", "2099-05-04T09:00Z", "--as", "U0ANA", "--json")
    id = json.loads(asked.stdout)["request"]
    to = ("--to", "2099-05-06T09:00", "--zone", "Europe/Brussels")
    moved = vouchdesk(settings, "shift", id, *to, "--as", "U0ANA", "--json")
    assert json.loads(moved.stdout) == {"request": id, "state": "asked", "version": 2}
    [listed] = json.loads(vouchdesk(settings, "schedules", "--json").stdout)
    assert listed["next"] == ["2099-05-06T07:00:00+00:00"]
    refused = vouchdesk(settings, "shift", id, "--to", "2020-01-01T09:00", "--as", "U0ANA")
    assert (refused.exit_code, "That moment has passed." in refused.stderr) == (1, True)
