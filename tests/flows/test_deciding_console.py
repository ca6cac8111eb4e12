"""Deciding from the command line, for the day that Slack's page is out of reach."""

import json
import os
from typing import Any

import pytest
from pydantic import SecretStr

from bot.doctor import examine
from store import queries
from store.tables import Consent
from tests import console
from tests.flows.asking import asks_campaign, asks_push
from tests.flows.test_deciding import ON_SQLITE, declined
from tests.world import World

pytestmark = ON_SQLITE
BO, CY, ANA = "U0BO", "U0CY", "U0ANA"


@pytest.fixture
def settings(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The environment that the bot of this world runs in."""
    for name, value in world.settings.model_dump().items():
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if plain not in (None, ""):
            monkeypatch.setenv(name.upper(), str(plain))
    return world


def vouchdesk(*words: str) -> Any:
    return console.vouchdesk(os.environ, *words)


def test_the_same_checks_and_the_same_record(settings: World) -> None:
    world = settings
    asks_push(world, "bo")
    id = world.request().id
    assert vouchdesk("approve", id, "--as", "bo").exit_code == 2
    no = vouchdesk("approve", id, "--as", BO, "--reach", "812")
    assert (no.exit_code, "You asked for this yourself" in no.stderr) == (1, True)
    assert "Only approvers can decide this." in vouchdesk("approve", id, "--as", ANA).stderr
    assert "how many people it reaches: 812" in vouchdesk("approve", id, "--as", CY).stderr
    done = vouchdesk("approve", id, "--as", CY, "--reach", "812", "--comment", "ok", "--json")
    assert json.loads(done.stdout) == {"request": id, "state": "waiting", "version": 1}
    assert [line.surface for line in declined(world)] == ["cli"] * 3
    with world.bot.office.store.look() as tx:
        assert queries.audit(tx, kind="approved")[0].surface == "cli"
    assert vouchdesk("refuse", id, "--as", CY, "--reason", "Too loud").exit_code == 0
    world.tick()
    assert world.request().state is Consent.REFUSED
    assert world.person("bo").was_told("Too loud")
    late = vouchdesk("withdraw", id, "--as", BO)
    assert (late.exit_code, "Too late" in late.stderr) == (1, True)


def test_everything_is_stopped_and_let_go_from_there(settings: World) -> None:
    world = settings
    assert vouchdesk("stop", "--as", BO).exit_code == 2
    done = vouchdesk("stop", "--all", "--as", BO, "--reason", "Slack is down")
    assert "nothing goes out any more" in done.stdout
    world.bot.jobs["stops"][0]()
    assert world.person("cy").opens_home().was_told("Slack is down")
    words = [finding.words for finding in examine(world.bot.office, world.settings)]
    assert any("stopped by Bo Lindqvist" in each for each in words)
    assert vouchdesk("resume", "--all", "--as", ANA).exit_code == 1
    assert "one more approver" in vouchdesk("resume", "--all", "--as", BO).stdout
    assert "everything goes out again" in vouchdesk("resume", "--all", "--as", CY).stdout
    world.slack.fails("users.info", times=3, error="internal_error")
    assert vouchdesk("stop", "--all", "--as", "operator").exit_code == 0  # Slack is down
    assert vouchdesk("resume", "--all", "--as", "operator").exit_code == 2


def test_one_launch_is_stopped_and_resumed_and_without_slack_nobody_decides(
    settings: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = settings
    world.under("rules: [{rule: All, approvals: 1, brake: 5m}]")
    monkeypatch.setenv("VOUCHDESK_POLICY", str(world.rules_at))
    id = asks_campaign(world).id
    assert vouchdesk("approve", id, "--as", BO).exit_code == 0
    assert vouchdesk("stop", id, "--as", ANA).exit_code == 0
    assert world.request().state is Consent.PAUSED
    world.slack.fails("users.info", times=3, error="internal_error")
    down = vouchdesk("resume", id, "--as", CY)
    assert (down.exit_code, "Slack cannot say who you are" in down.stderr) == (1, True)
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    unset = vouchdesk("resume", id, "--as", CY)
    assert (unset.exit_code, "SLACK_BOT_TOKEN" in unset.stderr) == (1, True)
    assert world.request().state is Consent.PAUSED
    assert vouchdesk("withdraw", id, "--as", ANA).exit_code == 0
