"""Coupon sessions: find one consumer's copy of a coupon, and look at it."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from actions.action import Action, Example, Risk, Rows, once
from actions.card import Card, Offer, Table
from actions.facts import Traced
from actions.fields import (
    CampaignId,
    Email,
    Inputs,
    Phone,
    Private,
    Reply,
    Text,
    WholeSessionCode,
    wrong,
)
from actions.lives import OPERATIONS, Life, Lived, Said, line, now, possible, what_next
from coupontools import endpoints

MOST_OFFERS, WHOLE = 5, 21
Code = Annotated[str, StringConstraints(min_length=3, max_length=100), Text(), Private(), Traced()]


class SearchSessions(Inputs):
    code: Code | None = Field(
        None,
        title="Validation code",
        description="Your own code; of a batch also a short code, or the URL.",
    )
    email: Email | None = Field(None, title="E-mail")
    phone: Phone | None = Field(None, title="Phone", description="With country: +32470123456.")

    @model_validator(mode="after")
    def _something_to_look_for(self) -> "SearchSessions":
        _needs_one(self.code, self.email, self.phone)
        return self


def _needs_one(*given: str | None) -> None:
    if not any(given):
        raise wrong("code", "Give a code, an e-mail address or a phone number.")


class FoundSession(Reply):
    campaign: Said = ""
    session: Said


class FoundSessions(Reply):
    campaign: Said = ""
    data: list[FoundSession] = []


def _sessions_card(found: FoundSessions) -> Card:
    if not found.data:
        return Card("No coupon session matches.")
    rows = [(row.session, row.campaign or found.campaign) for row in found.data]
    count = len(rows)
    return Card(
        f"{count:,} coupon session{'s' if count != 1 else ''}",
        table=Table(("Session", "Campaign"), rows[:20], total=count),
        offers=tuple(
            Offer(f"Show {code[:6]}…", "session.info", (("couponsession", code),))
            for code, _ in rows[:MOST_OFFERS]
            if len(code) == WHOLE
        ),
    )


ALL_FOUND: Rows[FoundSessions] = Rows(
    ("session", "campaign"),
    lambda page: ((row.session, row.campaign or page.campaign) for row in page.data),
)

SEARCH = Action(
    name="session.search",
    title="Find a coupon",
    summary="Find coupon sessions by code, e-mail or phone",
    risk=Risk.READ,
    inputs=SearchSessions,
    output=FoundSessions,
    steps=once(endpoints.SESSION_SEARCH),
    present=_sessions_card,
    rows=ALL_FOUND,
    example=Example(
        inputs={"code": "SPRING-77Q", "email": "ada@example.test", "phone": "+32470123456"},
        reply={"data": [{"campaign": "cam_400123", "session": "h4mz0q7ty2ke9wd5rbn1x"}]},
    ),
)


class SearchCampaign(Inputs):
    campaign: CampaignId = Field(title="Campaign")
    code: Code | None = Field(
        None,
        title="Validation code",
        description="Your own code; of a batch also a short code, or the URL.",
    )
    email: Email | None = Field(None, title="E-mail")
    phone: Phone | None = Field(None, title="Phone", description="With country: +32470123456.")

    @model_validator(mode="after")
    def _something_to_look_for(self) -> "SearchCampaign":
        _needs_one(self.code, self.email, self.phone)
        return self


SEARCH_CAMPAIGN = Action(
    name="session.search_campaign",
    title="Find in a campaign",
    summary="Find coupon sessions of one campaign by code, e-mail or phone",
    risk=Risk.READ,
    inputs=SearchCampaign,
    output=FoundSessions,
    steps=once(endpoints.CAMPAIGN_SESSION_SEARCH),
    present=_sessions_card,
    rows=ALL_FOUND,
    example=Example(
        inputs={"campaign": "cam_400123", **SEARCH.example.inputs},
        reply={
            "campaign": "cam_400123",
            "amount_of_results": 1,
            "data": [{"session": "h4mz0q7ty2ke9wd5rbn1x"}],
        },
    ),
)


class ShowSession(Inputs):
    couponsession: Annotated[WholeSessionCode, Traced()] = Field(
        title="Coupon session", description="21 letters and digits, at the end of its URL."
    )


def _session_card(found: Lived) -> Card:
    life = found.data.status
    facts = (
        ("State", now(life)),
        ("What next", what_next(life)),
        ("Campaign", found.campaign),
        ("Number", found.sequenceid),
        ("Validation code", life.own_validation_code),
        ("Value", life.validation_value),
        ("Expires", life.expiration_date),
        ("URL", found.session_url),
    )
    return Card(
        f"Coupon session {found.session}",
        facts=tuple((title, value) for title, value in facts if value),
        table=Table(("What happened", "When (UTC)"), list(line(life))),
        offers=tuple(_offers(found, life)),
    )


def _offers(found: Lived, life: Life) -> Iterator[Offer]:
    which = ("couponsession", found.session)
    for operation in possible(life):
        given = (which, ("operation", operation))
        yield Offer(dict(OPERATIONS)[operation], "session.update", given)
    if life.saved:
        yield Offer("Push to its holder", "campaign.push", (("campaign", found.campaign), which))


INFO = Action(
    name="session.info",
    title="Show a coupon",
    summary="The life of one coupon session, and what may be done with it",
    risk=Risk.READ,
    inputs=ShowSession,
    output=Lived,
    steps=once(endpoints.SESSION_DATA),
    present=_session_card,
    example=Example(
        inputs={"couponsession": "h4mz0q7ty2ke9wd5rbn1x"},
        reply={
            "campaign": "cam_400123",
            "action": "retrieve_all_session_data",
            "session": "h4mz0q7ty2ke9wd5rbn1x",
            "session_url": "https://digicpn.com/p/ab3xy9/h4mz0q7ty2ke9wd5rbn1x",
            "sequenceid": "20000001",
            "customid": "",
            "data": {
                "status": {
                    "created_date_utc": "2024-05-02 09:30:00",
                    "opened": "1",
                    "open_date_utc": "2024-05-02 09:31:10",
                    "claimed": "1",
                    "claim_date_utc": "2024-05-02 09:32:00",
                    "saved_to_passbook": "0",
                    "saved_to_passbook_date_utc": "",
                    "validated": "0",
                    "validation_date_utc": "",
                    "own_validation_code": "SPRING-77Q",
                    "validation_value": "",
                    "voided": "0",
                    "voided_date_utc": "",
                    "unvoided_date_utc": "",
                    "locked": "0",
                    "unlocked_date_utc": "",
                    "expiration_date": "2024-06-30 22:00:00",
                }
            },
        },
    ),
)

ACTIONS = (SEARCH, SEARCH_CAMPAIGN, INFO)
