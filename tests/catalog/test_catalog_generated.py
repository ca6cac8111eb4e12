"""What is written from the catalogue is current: `make regen` writes it again."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.catalog import CATALOG
from bot import handbook, manifest, vocabulary
from coupontools.endpoints import ENDPOINTS
from sandbox.slack.manifest import check
from store.kinds import MEANINGS, Kind
from store.tables import AuditEntry, Consent, Progress

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("with_steps", [False, True])
def test_the_manifest_is_current(with_steps: bool):
    file = manifest.FILE_WITH_STEPS if with_steps else manifest.FILE
    assert file.read_text("utf-8") == manifest.written(CATALOG, with_steps=with_steps)


def test_the_handbook_is_current():
    assert handbook.FILE.read_text("utf-8") == handbook.handbook(CATALOG)


def test_the_page_of_kinds_is_current_and_says_what_each_means():
    assert vocabulary.FILE.read_text("utf-8") == vocabulary.kinds()
    assert MEANINGS.keys() == {*Kind}


def test_every_state_is_a_kind_of_line():
    assert {str(state) for state in (*Consent, *Progress)} <= {str(kind) for kind in Kind}


def test_every_kind_is_written_by_something():
    folders = ("actions", "bot", "schedules", "store")
    files = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    code = "".join(file.read_text("utf-8") for file in files if file.name != "kinds.py")
    states = {str(state) for state in (*Consent, *Progress)}
    assert [kind for kind in Kind if kind not in states and f"Kind.{kind.name}" not in code] == []


def test_the_page_of_the_record_has_every_column():
    page = (ROOT / "docs" / "record.md").read_text("utf-8")
    assert [name for name in AuditEntry.model_fields if f"`{name}`" not in page] == []


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
