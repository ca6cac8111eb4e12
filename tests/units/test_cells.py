"""Cells of our sheets: none is a formula, all can be read back."""

import csv
import io

import pytest
from hypothesis import given, strategies as st

from actions.batch import read
from actions.card import Attachment
from actions.catalog import CATALOG
from actions.cells import harmless, meant

BAD = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "-", "+", "--5"),
    *("=cmd|' /C calc'!A0", "＝1+1", "+32 470 12 34 56", "-5%", "+…6"),
)
GOOD = ("", "5", "-5", "+5", "-2.50", "-2,50", "+32470123456", "a=b", "1-2", "–", "'", "O'Neill")


@pytest.mark.parametrize("text", BAD)
def test_what_a_spreadsheet_would_carry_out_begins_with_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert meant(f"'{text}") == text


@pytest.mark.parametrize("value", [*GOOD, 5, -5, None, True, 2.5])
def test_everything_else_stays_as_it_is(value: object) -> None:
    assert harmless(value) == value
    if isinstance(value, str):
        assert meant(value) == value


@given(st.text(alphabet="'=+-@\t\r\n 5a,\"", max_size=8))
def test_every_cell_can_be_read_back(text: str) -> None:
    assert meant(str(harmless(text))) == text


def test_an_apostrophe_of_somebody_else_is_not_lost() -> None:
    assert harmless("'=1") == "''=1"
    assert meant("''=1") == "'=1"


def test_every_file_is_written_like_that() -> None:
    into = io.BytesIO()
    rows = [("=1+1", "+32470123456", -5)]
    assert Attachment("a.csv", ("=name", "phone", "sum"), lambda: rows).write(into) == 1
    written = list(csv.reader(io.StringIO(into.getvalue().decode())))
    assert written == [["'=name", "phone", "sum"], ["'=1+1", "+32470123456", "-5"]]


def test_a_sheet_that_comes_back_says_what_it_said() -> None:
    action, into = CATALOG["single_use.create"], io.BytesIO()
    asked = {"campaign": "cam_123456", "firstname": "=Ada", "phone": "+32470123456"}
    Attachment("a.csv", tuple(asked), lambda: [tuple(asked.values())]).write(into)
    [line] = read(action, into.getvalue().decode())
    assert line.raw == asked
    [typed] = read(action, "campaign,phone\ncam_123456,'+32470123456\n")
    assert typed.raw["phone"] == "+32470123456"
