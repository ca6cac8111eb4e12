"""What is written from the catalogue is current: `make regen` writes it again."""

from typing import Any

import pytest
import yaml

from actions.catalog import CATALOG
from bot import handbook, manifest
from coupontools.endpoints import ENDPOINTS
from sandbox.slack.manifest import check


@pytest.mark.parametrize("with_steps", [False, True])
def test_the_manifest_is_current(with_steps: bool):
    file = manifest.FILE_WITH_STEPS if with_steps else manifest.FILE
    assert file.read_text("utf-8") == manifest.written(CATALOG, with_steps=with_steps)


def test_the_handbook_is_current():
    assert handbook.FILE.read_text("utf-8") == handbook.handbook(CATALOG)


@pytest.mark.parametrize("with_steps", [False, True])
@pytest.mark.parametrize("host", ["", "https://vouchdesk.example.test"])
def test_slack_takes_the_manifest_in_all_its_variants(host: str, with_steps: bool):
    made = manifest.manifest(CATALOG, host=host, with_steps=with_steps)
    assert check(made) == []
    assert made["settings"]["socket_mode_enabled"] is not bool(host)
    assert ("functions" in made) is with_steps


@pytest.mark.parametrize("with_steps", [False, True])
def test_the_file_says_what_the_manifest_says(with_steps: bool):
    file = manifest.FILE_WITH_STEPS if with_steps else manifest.FILE
    made = manifest.manifest(CATALOG, with_steps=with_steps)
    assert yaml.safe_load(file.read_text("utf-8")) == made


def test_any_variant_can_be_printed(monkeypatch: pytest.MonkeyPatch, capsys: Any):
    host = "https://vouchdesk.example.test"
    monkeypatch.setattr("sys.argv", ["bot.manifest", "--steps", "--host", host])
    manifest.main()
    printed = yaml.safe_load(capsys.readouterr().out)
    assert printed == manifest.manifest(CATALOG, host=host, with_steps=True)


def test_every_action_is_in_the_handbook():
    page = handbook.handbook(CATALOG)
    assert all(f"`{name}`" in page for name in CATALOG)


def test_each_call_of_the_api_is_made_by_an_action_or_left_out_for_a_reason():
    made = {step.endpoint.id for action in CATALOG.values() for step in action.steps}
    assert made.isdisjoint(handbook.LEFT_OUT)
    assert made | {*handbook.LEFT_OUT} == {*ENDPOINTS}
