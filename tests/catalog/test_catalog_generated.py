"""What is written from the catalogue is current: `make regen` writes it again."""

import pytest
import yaml

from actions.catalog import CATALOG
from bot import handbook, manifest
from coupontools.endpoints import ENDPOINTS
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


def test_each_call_of_the_api_is_made_by_an_action_or_left_out_for_a_reason():
    made = {step.endpoint.id for action in CATALOG.values() for step in action.steps}
    assert made.isdisjoint(handbook.LEFT_OUT)
    assert made | {*handbook.LEFT_OUT} == {*ENDPOINTS}
