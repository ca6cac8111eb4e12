"""What people see, as files: run with UPDATE_SNAPSHOTS=1 to write them again."""

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "snapshots"


def same_as_before(name: str, seen: Any) -> bool:
    """Whether this is what was kept under that name."""
    file, text = FOLDER / f"{name}.json", json.dumps(seen, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return file.is_file() and file.read_text(encoding="utf-8") == text
