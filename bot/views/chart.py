"""Draw a Chart: Slack's own block in messages, a picture where that is not known."""

import io
from typing import Any

from slack_sdk.models.blocks import Block, ImageBlock
from slack_sdk.models.blocks.basic_components import SlackFile

from actions.card import Chart
from bot.views.text import cell, cut

TITLE, NAME = 50, 20
POINTS, LINES = 20, 12
ALT = 2_000
SIZE = (7.2, 3.6)
DOTS = 150
COLOURS = ("#1264a3", "#e8912d", "#2bac76", "#cd2553", "#7c3085", "#5c6b77")


class ChartBlock(Block):
    """`data_visualization`, which `slack_sdk.models` does not know."""

    type = "data_visualization"

    def __init__(self, *, title: str, chart: dict[str, Any]) -> None:
        super().__init__(type=self.type)
        self.title, self.chart = title, chart

    @property
    def attributes(self) -> set[str]:  # type: ignore[override]  # as its siblings in slack_sdk do
        return super().attributes.union({"title", "chart"})


def chart_block(chart: Chart) -> Block:
    """The chart as Slack draws it: the last points, the first lines."""
    labels = [cell(label, NAME) for label in chart.labels[-POINTS:]]
    lines = [
        {
            "name": cell(name, NAME),
            "data": [
                {"label": label, "value": value}
                for label, value in zip(labels, values[-POINTS:], strict=True)
            ],
        }
        for name, values in chart.series[:LINES]
    ]
    drawn = {"type": chart.kind, "series": lines, "axis_config": {"categories": labels}}
    return ChartBlock(title=cell(chart.title, TITLE), chart=drawn)


def picture_block(chart: Chart, file: str) -> Block:
    """The picture that stands in its place, by the id of an uploaded file."""
    return ImageBlock(alt_text=cut(chart.alt, ALT), slack_file=SlackFile(id=file))


def png(chart: Chart) -> bytes:
    """The chart as a picture, drawn without a screen."""
    from matplotlib.figure import Figure  # half a second and 60 MB: only when it is needed

    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    axes = figure.subplots()
    for number, (name, values) in enumerate(chart.series):
        colour = COLOURS[number % len(COLOURS)]
        if chart.kind == "line":
            axes.plot(chart.labels, values, label=name, color=colour, marker="o", markersize=4)
        else:
            width = 0.8 / len(chart.series)
            left = [place - 0.4 + (number + 0.5) * width for place in range(len(chart.labels))]
            axes.bar(left, values, width, label=name, color=colour)
    axes.set_xticks(range(len(chart.labels)), chart.labels, rotation=45, ha="right")
    axes.locator_params(axis="y", integer=True)
    axes.set_axisbelow(True)
    axes.set_ylim(bottom=min(0, *(value for _, values in chart.series for value in values)))
    axes.set_title(chart.title)
    axes.grid(axis="y", alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=6, frameon=False)
    into = io.BytesIO()
    figure.savefig(into, format="png")
    return into.getvalue()
