"""Coupon sessions: one consumer's copy of a coupon."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from actions.action import Action, Example, Risk, once
from actions.card import Card, Table
from actions.fields import Email, Inputs, Phone, Private, Reply, Text, wrong
from coupontools import endpoints

Code = Annotated[str, StringConstraints(min_length=3, max_length=100), Text(), Private()]


class SearchSessions(Inputs):
    code: Code | None = Field(None, title="Validation code", description="Your own code.")
    email: Email | None = Field(None, title="E-mail")
    phone: Phone | None = Field(None, title="Phone", description="With country: +32470123456.")

    @model_validator(mode="after")
    def _something_to_look_for(self) -> "SearchSessions":
        if not (self.code or self.email or self.phone):
            raise wrong("code", "Give a code, an e-mail address or a phone number.")
        return self


class FoundSession(Reply):
    campaign: str = ""
    session: str


class FoundSessions(Reply):
    data: list[FoundSession] = []


def _sessions_card(found: FoundSessions) -> Card:
    if not found.data:
        return Card("No coupon session matches.")
    rows = [(row.session, row.campaign) for row in found.data]
    count = len(rows)
    return Card(
        f"{count:,} coupon session{'s' if count != 1 else ''}",
        table=Table(("Session", "Campaign"), rows[:20], total=count),
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
    example=Example(
        inputs={"code": "SPRING-77Q", "email": "ada@example.test", "phone": "+32470123456"},
        reply={"data": [{"campaign": "cam_400123", "session": "h4mz0q7ty2ke9wd5rbn1x"}]},
    ),
)

ACTIONS = (SEARCH,)
