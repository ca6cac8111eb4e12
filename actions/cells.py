"""Cells of the sheets we write: none is taken for a formula, and each can be read back."""

import re

FORMULA = re.compile(r"'*(\s*[=+\-@＝＋－＠]|[\t\r\n])")
"""What a spreadsheet may carry out; and what looks as if we had made it harmless already."""
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
"""`-5`, `-2,50` and `+32470123456` are what they seem."""


def harmless(value: object) -> object:
    """The value as a cell; text that would be a formula gets an apostrophe in front."""
    if not isinstance(value, str) or value[:1].isalnum():
        return value  # at once: files have millions of such cells
    if NUMBER.fullmatch(value) or not FORMULA.match(value):
        return value
    return f"'{value}"


def meant(cell: str) -> str:
    """What a cell says without the apostrophe that made it harmless."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
