"""docs/policy.md says what is so: its words, its examples, and the built-in policy."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from actions import policy
from actions.catalog import CATALOG
from actions.rulebook import read
from actions.rules import Facts
from actions.wording import ConditionText, PolicyText, RuleText
from bot.policy_words import terms_told

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "policy.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.S)
HEADS: dict[str, type[BaseModel]] = {
    "What a rule looks at": ConditionText,
    "What follows": RuleText,
    "Beside the rules": PolicyText,
}


def section(title: str) -> str:
    """What stands under a heading."""
    return TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def table(text: str) -> list[list[str]]:
    """The rows of its tables, without their heads."""
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in row] for row in rows]
    return [row for n, row in enumerate(rows) if row[0].startswith("`") and n]


def test_the_built_in_policy_is_shown_as_it_is() -> None:
    assert (ROOT / "actions" / "policy.yml").read_text() in BLOCKS


def test_every_policy_shown_can_be_used() -> None:
    assert len(BLOCKS) == 6
    for block in BLOCKS:
        read(block)


@pytest.mark.parametrize("title", HEADS)
def test_every_word_is_explained_and_no_other(title: str) -> None:
    explained = {row[0].strip("`") for row in table(section(title))}
    words = {field.alias or name for name, field in HEADS[title].model_fields.items()}
    assert explained == words - {"rule", "when", "unless"}


EXAMPLES = [
    (block, row[0].strip("`"), row[1])
    for part in section("Four examples").split("\n### ")[1:]
    for block in re.findall(r"```yaml\n(.*?)```", part, re.S)
    for row in table(part.split("```")[2])
]


def test_there_are_four_examples() -> None:
    assert len({block for block, *_ in EXAMPLES}) == 4


@pytest.mark.parametrize(("block", "asked", "takes"), EXAMPLES, ids=[each[1] for each in EXAMPLES])
def test_an_example_takes_what_it_says(block: str, asked: str, takes: str) -> None:
    said: dict[str, Any] = yaml.safe_load(asked)
    moment = datetime.fromisoformat(f"{said.pop('at', '2026-06-01 12:00')}").replace(tzinfo=UTC)
    if said.get("face_value") is not None:
        said["face_value"] = Decimal(said["face_value"])
    roles = frozenset(said.pop("roles", ()))
    risk = CATALOG[said["action"]].risk
    facts = Facts(**said, at=moment, risk=risk, account="main", roles=roles)
    assert terms_told(policy.decide(read(block), facts)) == takes
