"""How a report tells what was counted."""

from typing import Any

from actions.card import Card
from actions.catalog import CATALOG

REPORT = CATALOG["campaign.report"]
QUIET = [0] * 14


def told(**found: Any) -> Card:
    reply = {"first": "2026-05-11", "last": "2026-05-17", "begin": "2026-05-04"}
    counts = {"opened": QUIET, "claimed": QUIET, "validated": QUIET}
    card: Card = REPORT.present(REPORT.output.model_validate({**reply, **counts, **found}))
    return card


def test_each_stage_is_a_part_of_the_one_before_and_beside_the_week_before() -> None:
    card = told(name="Spring", opened=[1] * 7 + [4] * 7, claimed=QUIET[:7] + [1] * 7)
    assert card.facts == (
        ("Opened", "▇▇▇▇▇▇▇▇▇▇▇▇ 28\n+300% on 7 the week before"),
        ("Claimed", "▇▇▇ 7\n25% of opened\nnone the week before"),
        ("Validated", "0\n0% of claimed\nas many as the week before"),
    )
    assert card.chart is not None
    assert (card.chart.labels[0], card.chart.labels[-1]) == ("4 May", "17 May")


def test_when_nothing_happened_there_is_no_chart_and_nothing_is_divided_by() -> None:
    card = told(name="Spring")
    assert card.chart is None and card.table is None
    assert dict(card.facts)["Claimed"] == "0\nas many as the week before"


def test_a_day_is_beside_the_same_day_a_week_before() -> None:
    eight = [10, *[99] * 6, 5]
    card = told(name="Spring", first="2026-05-17", begin="2026-05-10", opened=eight)
    assert card.text == "Spring, 2026-05-17"
    assert dict(card.facts)["Opened"].endswith(" 5\n−50% on 10 a week before")


def test_of_all_campaigns_each_has_a_line_and_those_left_out_are_counted() -> None:
    lines = [{"name": f"No. {n}", "opened": n, "claimed": n % 3} for n in range(50)]
    card = told(lines=lines, left_out=1_200)
    assert card.text == "All active campaigns, 2026-05-11 to 2026-05-17"
    assert ("Left out", "1,200 more active campaigns are not in it") in card.facts
    assert card.table is not None and (len(card.table.rows), card.table.total) == (20, 50)
    assert card.table.rows[0] == ("No. 47", "47", "2", "0")
