"""Charts: within Slack's limits whatever they show, and the same as a picture and in words."""

import pytest

from actions.card import Card, Chart
from actions.catalog import CATALOG
from bot.views.card import draw, result_view
from bot.views.chart import png
from sandbox.slack.blockkit import check

DAYS = tuple(f"2026-11-{day:02}" for day in range(1, 31))
HUGE = Chart(
    "<!channel> " * 20,
    labels=DAYS,
    series=tuple(("🎉 " * 20 + str(n), tuple(range(n, n + 30))) for n in range(15)),
)
ONE_DAY = Chart("Opened", DAYS[:1], (("Opened", (3,)), ("Claimed", (0,))), kind="bar")


@pytest.mark.parametrize("chart", [HUGE, ONE_DAY], ids=["huge", "one day"])
def test_it_fits_into_a_message_and_its_picture_into_a_modal(chart: Chart) -> None:
    card = Card("Used", chart=chart)
    assert check([block.to_dict() for block in draw(card)], "message") == []
    for picture in ("", "F123"):
        view = result_view("Usage", card, whole="draft", picture=picture, file="In a file.")
        assert check(view.to_dict(), "modal") == []


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_it_can_be_drawn_as_a_picture(kind: str) -> None:
    lines = (("Opened", tuple(range(20))), ("Claimed", (0,) * 20))
    picture = png(Chart("Used by day", DAYS[:20], lines, kind=kind))
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 200_000


def test_in_words_it_says_how_much_and_when_most() -> None:
    told = Chart("Used by day", DAYS[:3], (("Opened", (1, 1_200, 2)),)).alt
    assert told == (
        "Used by day, 2026-11-01 to 2026-11-03. Opened: 1,203 in all, at most 1,200 (2026-11-02)."
    )


def test_usage_shows_the_last_days_on_which_something_happened() -> None:
    action = CATALOG["campaign.usage"]
    rows = [
        {
            "session": f"s{n}",
            "status": {
                "opened": "1",
                "open_date_utc": f"2026-{1 + n // 28:02}-{1 + n % 28:02} 10:00:00",
                "claimed": "1" if n % 2 else "0",
                "claim_date_utc": "2026-03-01 09:00:00" if n % 2 else "",
                "validated": "1",
                "validation_date_utc": "soon",
            },
        }
        for n in range(56)
    ]
    chart = action.present(action.output.model_validate({"data": rows})).chart
    assert chart is not None
    assert (len(chart.labels), chart.labels[-1]) == (20, "2026-03-01")
    told = {name: sum(values) for name, values in chart.series}
    assert told == {"Opened": 19, "Claimed": 28, "Validated": 0}


def test_nothing_that_happened_is_no_chart() -> None:
    action = CATALOG["campaign.opens"]
    rows = {"data": [{"session": "s1", "status": {"opened": "0"}}]}
    assert action.present(action.output.model_validate(rows)).chart is None
