"""The kinds of lines as a page for people: `python -m bot.handbook` writes docs/kinds.md too."""

from pathlib import Path

from store.kinds import MEANINGS, Kind

FILE = Path(__file__).resolve().parent.parent / "docs" / "kinds.md"
HEAD = """\
# Kinds

<!-- Written by `make regen` from `store/kinds.py`: change that, not this. -->

What a line of the record can be about. `--kind` and `--outcome` of `vouchdesk audit search`, and
`outcome=` of `/coupon-audit`, take these words. [record.md](record.md) says what else a line holds.

| Kind | Meaning |
|---|---|
"""


def kinds() -> str:
    """The page as the file holds it."""
    return HEAD + "".join(f"| `{kind}` | {MEANINGS[kind]} |\n" for kind in Kind)
