"""Sheets are read as people make them: separators, marks, quotes, titles; and told what is odd."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import pytest
from pydantic import Field

from actions import batch
from actions.action import Action, AnyAction, Example, Risk, once
from actions.card import Card
from actions.catalog import CATALOG
from actions.errors import BadSheet
from actions.fields import Choice, Email, Inputs, Reply
from actions.policy import decide, may_batch
from actions.rulebook import builtin
from actions.rules import OPERATOR, Facts
from actions.undo import Undo
from coupontools import endpoints


class Asked(Inputs):
    campaign: str = Field(title="Campaign")
    email: Email | None = Field(None, title="E-mail")
    what: Annotated[Literal["void", "lock"], Choice((("void", "Void"), ("lock", "Lock it")))] = (
        Field("void", title="What to do")
    )


class Nothing(Reply):
    pass


ACTION: AnyAction = Action(
    name="test.change",
    title="Change",
    summary="Change something",
    risk=Risk.CHANGE,
    inputs=Asked,
    output=Nothing,
    steps=once(endpoints.SESSION_UPDATE),
    present=lambda _: Card("Changed"),
    undo=Undo("No"),
    example=Example(inputs={"campaign": "cam_1"}, reply={}),
)


def raws(text: str) -> list[dict[str, object]]:
    return [dict(line.raw) for line in batch.read(ACTION, text)]


def refusal(text: str) -> str:
    with pytest.raises(BadSheet) as caught:
        batch.read(ACTION, text)
    return str(caught.value)


def test_a_column_for_each_field() -> None:
    found = [(column.name, column.title, column.required) for column in batch.columns(ACTION)]
    assert found == [
        ("campaign", "Campaign", True),
        ("email", "E-mail", False),
        ("what", "What to do", False),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_each_usual_separator(separator: str) -> None:
    text = "campaign|email\ncam_1|a@example.test\ncam_2|\n".replace("|", separator)
    assert raws(text) == [{"campaign": "cam_1", "email": "a@example.test"}, {"campaign": "cam_2"}]


@pytest.mark.parametrize("header", ["E-MAIL,Campaign", "email , campaign", '"e mail","CAMPAIGN"'])
def test_titles_or_names_in_any_case_and_order(header: str) -> None:
    assert raws(f"{header}\na@example.test,cam_1") == [
        {"email": "a@example.test", "campaign": "cam_1"}
    ]


def test_a_comma_in_a_title_of_a_sheet_with_semicolons() -> None:
    assert raws("campaign;email\ncam_1,2;a@example.test") == [
        {"campaign": "cam_1,2", "email": "a@example.test"}
    ]


def test_quotes_blanks_empty_lines_and_a_mark_in_front() -> None:
    text = '\ufeff\r\ncampaign,email,,\r\n\r\n"cam ""1"", x", a@example.test,,\r\n , ,\r\n'
    assert raws(text) == [{"campaign": 'cam "1", x', "email": "a@example.test"}]


def test_lines_are_numbered_as_an_editor_does() -> None:
    text = 'campaign\n\n"one\ntwo"\nthree\n'
    found = [(line.number, line.raw["campaign"]) for line in batch.read(ACTION, text)]
    assert found == [(3, "one\ntwo"), (5, "three")]


def test_a_choice_may_be_written_as_people_see_it() -> None:
    text = "campaign,what\na,Lock it\nb,LOCK\nc,burn"
    assert [raw["what"] for raw in raws(text)] == ["lock", "lock", "burn"]


def test_a_row_with_too_many_cells_is_bad() -> None:
    [line] = batch.read(ACTION, "campaign\ncam_1,spare")
    assert line.problems == {"": "More cells than the header has columns."}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing in it"),
        (" \n,,\n", "nothing in it"),
        ("campaign\n", "no row under the header"),
        ("cam_1,a@example.test\n", "The first line has to name the columns"),
        ("campaign,emial\ncam_1,x", "There is no column “emial”. Did you mean email?"),
        ("campaign,zzz\ncam_1,x", "There is no column “zzz”. Known: campaign, email, what."),
        ("campaign,,email\ncam_1,,x", "A column has no name."),
        ("campaign,Campaign\na,b", "The column “campaign” is there twice."),
        ("email\na@example.test", "A column is missing: campaign."),
        ('campaign\n"cam_1\n', "Line 2 cannot be read"),
    ],
)
def test_what_cannot_be_read_as_a_whole_is_said(text: str, words: str) -> None:
    assert words in refusal(text)


def test_at_most_five_thousand_rows() -> None:
    sheet = "campaign\n" + "cam_1\n" * batch.MOST
    assert len(batch.read(ACTION, sheet)) == 5_000
    assert "At most 5,000 rows" in refusal(sheet + "cam_1\n")


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16"])
def test_uploaded_text_in_any_unicode(code: str) -> None:
    assert batch.decoded("é,ü".encode(code)) == "é,ü"


def test_other_text_is_refused() -> None:
    with pytest.raises(BadSheet, match="CSV UTF-8"):
        batch.decoded("é".encode("cp1252"))


def test_only_changes_take_sheets() -> None:
    taken = {name for name in CATALOG if may_batch(CATALOG[name])}
    assert {"session.update", "single_use.create"} <= taken
    assert all(CATALOG[name].risk is Risk.CHANGE for name in taken)
    assert not any(CATALOG[name].secrets for name in taken)
    assert not taken & {"campaign.push", "loyalty.push", "message.sms", "message.email"}


def test_many_rows_need_another_person_whoever_asks() -> None:
    noon, operator = datetime(2026, 11, 23, 12, tzinfo=UTC), frozenset({OPERATOR})
    asked = {"action": ACTION.name, "risk": ACTION.risk, "at": noon, "roles": operator}
    quorums = [decide(builtin(), Facts(**asked, rows=rows)).quorum for rows in (1, 2)]
    assert quorums == [0, 1]
