"""How coupons do: opened, claimed and validated in a day or week, beside the week before."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from actions.action import Action, Example, Reads, Risk, Step, plain
from actions.announced import ChannelId
from actions.card import Card, Chart, Table
from actions.fields import CampaignId, Choice, Inputs, Reply
from actions.lives import Life
from actions.replies import Campaign, Campaigns, OneCampaign
from coupontools import endpoints

WEEK, DAY = timedelta(days=7), timedelta(days=1)
BAR = 12
MOST = 50
"""Campaigns in one report: three lists are read of each."""


class Stage(NamedTuple):
    """What happens to a coupon, where it is listed, and which moment says when."""

    name: str
    endpoint: Any
    moment: str


STAGES = (
    Stage("opened", endpoints.CAMPAIGN_OPENS, "open_date_utc"),
    Stage("claimed", endpoints.CAMPAIGN_CLAIMS, "claim_date_utc"),
    Stage("validated", endpoints.CAMPAIGN_VALIDATIONS, "validation_date_utc"),
)


class AskReport(Inputs):
    campaign: CampaignId | None = Field(
        None, title="Campaign", description="Left empty, all active campaigns of the account."
    )
    period: Annotated[
        Literal["week", "day"], Choice((("week", "The last seven days"), ("day", "The last day")))
    ] = Field(
        "week", title="Period", description="Whole days in UTC, up to yesterday. Left empty, seven."
    )
    channel: ChannelId | None = Field(
        None, title="Post it in", description="Invite me there first. Left empty, only you get it."
    )


class Listed(Reply):
    """One session of a list, as far as it matters when things happened to it."""

    status: Life = Life()


class Page(Reply):
    data: list[Listed] = []


class Line(Reply):
    """What one campaign brought in the period."""

    name: str = ""
    opened: int = 0
    claimed: int = 0
    validated: int = 0


class Report(Reply):
    """Counts by day: first those that are compared with, then those of the period."""

    name: str = ""
    """Of the campaign; empty, when it is about all of them."""
    first: date
    last: date
    begin: date
    opened: list[int] = []
    claimed: list[int] = []
    validated: list[int] = []
    lines: list[Line] = []
    left_out: int = 0

    @property
    def days(self) -> tuple[str, ...]:
        """As a chart names them: `22 Sep`."""
        length = (self.last - self.begin).days + 1
        return tuple(f"{self.begin + DAY * number:%-d %b}" for number in range(length))

    @property
    def length(self) -> int:
        """Days of the period."""
        return (self.last - self.first).days + 1


def _gather(asked: AskReport, api: Reads, at: datetime) -> dict[str, Any]:
    """Three lists of each campaign, from a week before the period to its end."""
    last = at.date() - DAY
    first = last if asked.period == "day" else last - WEEK + DAY
    begin = first - WEEK
    campaigns, left_out = _campaigns(asked, api)
    days = _days(begin, last)
    by_day: dict[str, Counter[str]] = {stage.name: Counter() for stage in STAGES}
    lines = []
    for campaign in campaigns:
        line: dict[str, Any] = {"name": campaign.name or campaign.id}
        for stage in STAGES:
            happened = Counter(_happened(campaign.id, stage, api, begin, last))
            by_day[stage.name] += happened
            line[stage.name] = sum(happened[day] for day in _days(first, last))
        lines.append(line)
    return {
        "name": lines[0]["name"] if asked.campaign else "",
        **{"first": f"{first}", "last": f"{last}", "begin": f"{begin}"},
        **{name: [found[day] for day in days] for name, found in by_day.items()},
        **{"lines": lines, "left_out": left_out},
    }


def _campaigns(asked: AskReport, api: Reads) -> tuple[Sequence[Campaign], int]:
    """Which it is about, and how many more there are."""
    if asked.campaign:
        found = api.call(endpoints.CAMPAIGN_INFO, {"campaign": asked.campaign})
        return [OneCampaign.model_validate(found).coupon_info], 0
    listed = Campaigns.model_validate(api.call(endpoints.CAMPAIGN_LIST, {"only_active": True}))
    active = [each for each in listed.coupon_info if each.status == "active"]
    return active[:MOST], max(0, len(active) - MOST)


def _happened(campaign: str, stage: Stage, api: Reads, begin: date, last: date) -> Iterator[str]:
    """The day of each time that it happened. A day more is asked for: `end` may mean its begin."""
    bounds = {"campaign": campaign, "start_date": f"{begin}", "end_date": f"{last + DAY}"}
    wanted = set(_days(begin, last))
    for page in api.pages(stage.endpoint, bounds):
        for row in Page.model_validate(page).data:
            day = str(getattr(row.status, stage.moment))[:10]
            if day in wanted:
                yield day


def _days(first: date, last: date) -> list[str]:
    return [f"{first + DAY * number}" for number in range((last - first).days + 1)]


def _card(found: Report) -> Card:
    period = f"{found.first} to {found.last}" if found.length > 1 else f"{found.last}"
    series = tuple((name.capitalize(), tuple(each)) for name, each in _series(found))
    is_quiet = not any(any(each) for _, each in series)
    chart = None if is_quiet else Chart("Coupons used by day (UTC)", found.days, series)
    left_out = f"{found.left_out:,} more active campaigns are not in it" if found.left_out else ""
    notes = (("Left out", left_out),) if left_out else ()
    return Card(
        f"{found.name or 'All active campaigns'}, {period}",
        facts=(*_funnel(found), *notes),
        table=None if found.name else _table(found),
        chart=chart,
    )


def _series(found: Report) -> tuple[tuple[str, list[int]], ...]:
    return tuple((stage.name, getattr(found, stage.name)) for stage in STAGES)


def _funnel(found: Report) -> Iterator[tuple[str, str]]:
    """How many came so far, which part of the stage before that is, and how it was a week ago."""
    totals = {name: sum(series[-found.length :]) for name, series in _series(found)}
    most, before = max(totals.values()), ""
    for name, series in _series(found):
        total, then = totals[name], sum(series[: found.length])
        bar = "▇" * -(-total * BAR // most) if most else ""
        part = f"{total / totals[before]:.0%} of {before}" if before and totals[before] else ""
        lines = (f"{bar} {total:,}".strip(), part, _compared(total, then, found.length))
        yield name.capitalize(), "\n".join(filter(None, lines))
        before = name


def _compared(now: int, then: int, length: int) -> str:
    beside = "the week before" if length > 1 else "a week before"
    if now == then:
        return f"as many as {beside}"
    if not then:
        return f"none {beside}"
    return f"{(now - then) / then:+.0%} on {then:,} {beside}".replace("-", "−")


def _table(found: Report) -> Table | None:
    lines = sorted(found.lines, key=lambda line: (-line.claimed, -line.opened, line.name))
    rows = [(each.name, *(f"{getattr(each, stage.name):,}" for stage in STAGES)) for each in lines]
    columns = ("Campaign", *(stage.name.capitalize() for stage in STAGES))
    return Table(columns, rows[:20], total=len(rows)) if rows else None


REPORT = Action(
    name="campaign.report",
    title="Report",
    summary="Opened, claimed and validated coupons, beside the week before",
    risk=Risk.READ,
    inputs=AskReport,
    output=Report,
    steps=(Step(endpoints.CAMPAIGN_OPENS.id, endpoints.CAMPAIGN_OPENS, plain, gather=_gather),),
    present=_card,
    example=Example(
        inputs={"campaign": "cam_400123", "period": "week", "channel": "C0MARKETING"},
        reply={
            "name": "Spring voucher",
            "first": "2026-05-11",
            "last": "2026-05-17",
            "begin": "2026-05-04",
            "opened": [40, 44, 39, 51, 60, 82, 75, 48, 47, 52, 58, 71, 96, 88],
            "claimed": [20, 21, 18, 25, 31, 44, 40, 22, 26, 25, 30, 37, 52, 47],
            "validated": [9, 8, 10, 11, 12, 21, 19, 9, 10, 9, 13, 15, 24, 20],
            "lines": [{"name": "Spring voucher", "opened": 460, "claimed": 239, "validated": 100}],
        },
    ),
)

ACTIONS = (REPORT,)
