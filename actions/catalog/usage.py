"""What a campaign brought: its coupon sessions, by what happened to them and when."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from annotated_types import Ge, Le
from pydantic import Field, model_validator

from actions.action import Action, Example, Risk, Rows, once
from actions.card import Attachment, Card, Chart, Table
from actions.fields import CampaignId, Date, Inputs, Reply, wrong
from actions.lives import Life, Said, Sequence
from coupontools import endpoints
from coupontools.endpoint import Endpoint

FULL = (100, 5_000)
"""Sessions on a full page: 5,000 as the vendor's page says, 100 as one client of it expects."""

DAYS = 20
"""How many days a chart shows: the last ones on which something happened."""
STAGES = {
    "Opened": lambda life: life.opened and life.open_date_utc,
    "Claimed": lambda life: life.claimed and life.claim_date_utc,
    "Validated": lambda life: life.validated and life.validation_date_utc,
}


class AskUsage(Inputs):
    campaign: CampaignId = Field(title="Campaign")
    start_date: Date | None = Field(None, title="From", description="The first day, in UTC.")
    end_date: Date | None = Field(None, title="To", description="The last day, in UTC.")
    page: Annotated[int, Ge(1), Le(100_000)] | None = Field(
        None, title="Page", description="A page holds up to 5,000; empty is the first."
    )

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "AskUsage":
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise wrong("end_date", "This is before the first day.")
        return self


class UsedSession(Reply):
    session: Said
    sequenceid: Sequence = ""
    status: Life = Life()


class Usage(Reply):
    campaign: Said = ""
    amount_of_results: int | str = ""
    data: list[UsedSession] = []


COLUMNS = (
    *("session", "number", "state", "created_utc", "opened_utc", "claimed_utc", "saved_utc"),
    *("validated_utc", "value", "validation_code", "voided", "locked"),
)


def _row(used: UsedSession) -> tuple[object, ...]:
    life = used.status
    return (
        *(used.session, used.sequenceid, life.state, life.created_date_utc),
        *(life.open_date_utc, life.claim_date_utc, life.saved_date_utc, life.validation_date_utc),
        *(life.validation_value, life.own_validation_code),
        *("yes" if flag else "no" for flag in (life.voided, life.locked)),
    )


def _counts(found: Usage) -> Iterator[tuple[str, str]]:
    """How many sessions each thing has happened to; one session may count in several."""
    happened: Counter[str] = Counter()
    for used in found.data:
        life = used.status
        happened.update(
            Opened=life.opened,
            Claimed=life.claimed,
            Saved=life.saved,
            Validated=life.validated,
            Voided=life.voided,
            Locked=life.locked,
        )
    if not any(used.status.tells_of_wallets for used in found.data):
        del happened["Saved"]
    yield from ((name, f"{number:,}") for name, number in happened.items())
    if _is_full(found):
        yield "More", "This page is full: the next one may hold more."


def _file(found: Usage) -> str:
    """The name says that it is one page of several."""
    part = "-one-page" if _is_full(found) else ""
    return f"{found.campaign or 'campaign'}-{len(found.data)}{part}.csv"


def _is_full(found: Usage) -> bool:
    return len(found.data) in FULL or len(found.data) > max(FULL)


def _by_day(found: Usage, what: str) -> Chart | None:
    """What happened on which day; of all that can happen, or of `what` alone."""
    names = [name for name in STAGES if what in ("", name.lower())]
    counts = {name: _days(found, STAGES[name]) for name in names}
    days = sorted({day for count in counts.values() for day in count})[-DAYS:]
    if not days:
        return None
    part = " of this page" if _is_full(found) else ""
    return Chart(
        f"Coupons{part} {what or 'used'} by day (UTC)",
        labels=tuple(days),
        series=tuple((name, tuple(count[day] for day in days)) for name, count in counts.items()),
        kind="line" if len(days) > 1 else "bar",
    )


def _days(found: Usage, moment: Callable[[Life], str | bool]) -> Counter[str]:
    moments = (str(moment(used.status))[:10] for used in found.data)
    return Counter(day for day in moments if re.fullmatch(r"\d{4}-\d\d-\d\d", day))


def _card_of(what: str) -> Callable[[Usage], Card]:
    """How sessions are told of which each was opened, claimed or validated."""

    def told(found: Usage) -> Card:
        count, where = len(found.data), f" of {found.campaign}" if found.campaign else ""
        if not count:
            return Card(f"No coupon session{where} {what} in that time".replace("  ", " "))

        def rows() -> Iterator[tuple[object, ...]]:
            return map(_row, found.data)

        first = [(u.session, u.status.state, u.status.since) for u in found.data[:20]]
        return Card(
            f"{count:,} coupon session{'s' if count != 1 else ''}{where} {what}".strip(),
            facts=tuple(_counts(found)),
            table=Table(("Session", "State", "Since (UTC)"), first, total=count),
            attachment=Attachment(_file(found), COLUMNS, rows),
            chart=_by_day(found, what),
        )

    return told


def _usage(
    verb: str, title: str, summary: str, endpoint: Endpoint, what: str = ""
) -> Action[AskUsage, Usage]:
    """One of the four reads that differ in nothing but which sessions they list."""
    return Action(
        name=f"campaign.{verb}",
        title=title,
        summary=summary,
        risk=Risk.READ,
        inputs=AskUsage,
        output=Usage,
        steps=once(endpoint),
        present=_card_of(what),
        rows=Rows(COLUMNS, lambda page: map(_row, page.data), paged=True),
        example=Example(inputs=EXAMPLE, reply=REPLY),
    )


EXAMPLE = {
    "campaign": "cam_400123",
    "start_date": "2024-05-01",
    "end_date": "2024-05-31",
    "page": 1,
}
REPLY: dict[str, Any] = {
    "campaign": "cam_400123",
    "action": "retrieve_all_data",
    "amount_of_results": 1,
    "data": [
        {
            "session": "h4mz0q7ty2ke9wd5rbn1x",
            "sequenceid": "20000001",
            "status": {
                "created_date_utc": "2024-05-02 09:30:00",
                "opened": "1",
                "open_date_utc": "2024-05-02 09:31:10",
                "claimed": "1",
                "claim_date_utc": "2024-05-02 09:32:00",
                "validated": "0",
                "validation_date_utc": "",
                "own_validation_code": "SPRING-77Q",
                "validation_value": "",
                "voided": "0",
                "locked": "0",
                "value": "",
            },
        }
    ],
}

ACTIONS = (
    _usage(
        "usage",
        "Usage of a campaign",
        "All coupon sessions of a campaign, counted by what happened to them",
        endpoints.CAMPAIGN_DATA,
    ),
    _usage(
        "opens",
        "Opened coupons",
        "The coupon sessions of a campaign that were opened",
        endpoints.CAMPAIGN_OPENS,
        "opened",
    ),
    _usage(
        "claims",
        "Claimed coupons",
        "The coupon sessions of a campaign that were claimed",
        endpoints.CAMPAIGN_CLAIMS,
        "claimed",
    ),
    _usage(
        "validations",
        "Validated coupons",
        "The coupon sessions of a campaign that were validated",
        endpoints.CAMPAIGN_VALIDATIONS,
        "validated",
    ),
)
