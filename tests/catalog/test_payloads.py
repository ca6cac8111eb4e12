"""Inputs as older releases stored them still load."""

import json
from pathlib import Path

import pytest

from actions.catalog import CATALOG

STORED = sorted((Path(__file__).parent.parent / "payloads").glob("*/*.json"))


@pytest.mark.parametrize("file", STORED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_stored_payload_still_loads(file: Path) -> None:
    stored = json.loads(file.read_text(encoding="utf-8"))
    inputs = CATALOG[file.stem].inputs.model_validate(stored)
    assert inputs.model_dump(mode="json", exclude_none=True) == stored


def test_every_action_has_one() -> None:
    assert {file.stem for file in STORED} == set(CATALOG)
