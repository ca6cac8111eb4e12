"""Text and results as people see them: escaped, and within Slack's limits whatever comes."""

import json
import re
from pathlib import Path

import pytest

from actions.card import Card, Table
from bot.views.card import draw, result_view, trouble_view, waiting_view
from bot.views.text import cut, escape, link
from sandbox.slack.blockkit import check

LONG = "<!channel> & “Größe” 👩‍👩‍👧 שלום " * 120


def test_a_name_can_notify_nobody():
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


@pytest.mark.parametrize("limit", [1, 2, 10, 75, 2_900])
def test_text_is_cut_to_the_limit_after_escaping(limit: int):
    for text in ("&" * 4_000, LONG, "a\u202eb" * 2_000):
        assert len(escape(text, limit)) <= limit
        assert not escape(text, limit).rstrip("…").endswith(("&", "&a", "&am", "&amp"))


def test_as_much_is_kept_as_fits():
    assert escape("&" * 4_000, 100).count("&amp;") == 19
    assert len(escape("a" * 4_000, 100)) == 100


def test_text_that_fits_stays_as_it_is():
    for text in ("שלום עולם", "مرحبا 👋🏽", "👩‍👩‍👧", "Größe"):
        assert escape(text) == text
        assert cut(text, len(text)) == text


def test_an_emoji_is_kept_whole_or_left_out():
    assert cut("ab👩‍👩‍👧cd", 6) == "ab…"
    assert cut("abc👋🏽d", 5) == "abc…"


def test_text_that_turns_around_ends_before_ours_goes_on():
    assert escape("abc\u202edef") == "abc\u202edef\u202c"


def test_a_link_cannot_break_out():
    assert link("https://x.test/a|b>c", "Open") == "<https://x.test/a%7Cb%3Ec|Open>"
    assert link("javascript:alert(1)", "Open") == "Open"


@pytest.mark.parametrize("columns", [1, 2, 6, 20])
@pytest.mark.parametrize("long", [LONG, '"\n' * 2_000, "&" * 4_000])
def test_a_card_of_any_size_fits(columns: int, long: str):
    table = Table(tuple([long] * columns), [[long] * columns] * 500, total=100_000)
    card = Card(long, facts=((long, long),) * 30, table=table, link="https://x.test/" + "a" * 1_900)
    blocks = [block.to_dict() for block in draw(card)]
    assert check(blocks, "message") == []
    assert len(json.dumps(blocks, ensure_ascii=False)) < 12_000
    assert check(result_view(long, card).to_dict(), "modal") == []


def test_a_long_table_says_how_much_is_left_out():
    card = Card("Campaigns", table=Table(("Name",), [["a"]] * 30, total=1_254))
    for surface in ("message", "modal"):
        last = draw(card, surface)[-1].to_dict()
        assert last["elements"][0]["text"] == "… and 1,234 more"


def test_a_table_in_a_modal_stands_in_columns():
    card = Card("Two", table=Table(("Name", "Id"), [["Größe 券", "cam_1"], ["", "cam_2"]]))
    text = draw(card, "modal")[1].to_dict()["text"]["text"]
    assert text == "```Name      Id\nGröße 券  cam_1\n–         cam_2```"


def test_waiting_and_trouble_are_views():
    for view in (waiting_view("Find a coupon", "Asking", "read:V1"), trouble_view(LONG, LONG)):
        assert check(view.to_dict(), "modal") == []


def test_the_page_knows_every_emoji_that_is_used():
    used = {
        name
        for file in [*Path("bot").rglob("*.py")]
        for name in re.findall(r"""["\s]:([a-z_]{3,}):["\s]""", file.read_text())
    }
    known = Path("sandbox/workspace/emoji.js").read_text()
    assert len(used) > 20
    assert [name for name in used if not re.search(rf"[|`]{name} ", known)] == []
