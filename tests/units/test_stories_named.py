"""The index of stories names what there is."""

import re
from pathlib import Path

FLOWS = Path(__file__).parent.parent / "flows"
NAMED = re.compile(r"`([\w./]+\.py)::(test_\w+)`")


def test_each_story_of_the_index_exists() -> None:
    named = NAMED.findall((FLOWS / "README.md").read_text())
    assert len(named) > 40
    for file, story in named:
        assert f"def {story}(" in (FLOWS / file).read_text(), f"{file}::{story}"
