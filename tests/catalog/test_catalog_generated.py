"""What is written from the catalogue is current: `make regen` writes it again."""

import pytest
import yaml

from actions.catalog import CATALOG
from bot import handbook, manifest
from sandbox.slack.manifest import check


def test_the_manifest_is_current():
    assert manifest.FILE.read_text("utf-8") == manifest.written(CATALOG)


def test_the_handbook_is_current():
    assert handbook.FILE.read_text("utf-8") == handbook.handbook(CATALOG)


@pytest.mark.parametrize("host", ["", "https://vouchdesk.example.test"])
def test_slack_takes_the_manifest(host: str):
    assert check(manifest.manifest(CATALOG, host=host)) == []


def test_the_file_says_what_the_manifest_says():
    assert yaml.safe_load(manifest.FILE.read_text("utf-8")) == manifest.manifest(CATALOG)


def test_every_action_is_in_the_handbook():
    page = handbook.handbook(CATALOG)
    assert all(f"`{name}`" in page for name in CATALOG)
