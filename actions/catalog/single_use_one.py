"""One single-use link: made for one consumer, or removed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from actions.action import Action, Example, Reads, Risk, Step, once, plain
from actions.card import Card, Offer, Preview
from actions.fields import (
    API_MOMENT,
    CampaignId,
    Choice,
    Email,
    Inputs,
    Moment,
    Name,
    Phone,
    Private,
    Reply,
    ShortText,
    Text,
    WallClock,
    WholeSessionCode,
    said,
    wrong,
)
from actions.lives import Lived, Said, Sequence, now
from actions.replies import OneCampaign, as_it_is
from actions.undo import Undo
from coupontools import endpoints
from coupontools.endpoint import Endpoint

WHOLE = 21
TO_THE_SECOND = "%Y-%m-%d %H:%M:%S"


def _to_the_second(text: str) -> str:
    for form in (API_MOMENT, TO_THE_SECOND):
        try:
            return datetime.strptime(text, form).strftime(TO_THE_SECOND)  # noqa: DTZ007  a wall clock
        except ValueError:
            continue
    raise said("A moment looks like 2026-12-01 09:00.")


Expiry = Annotated[WallClock, AfterValidator(_to_the_second), Moment()]
About = Annotated[str, StringConstraints(min_length=1, max_length=50), Text(), Private()]
OwnCode = Annotated[str, StringConstraints(min_length=1, max_length=100), Text(), Private()]
MadeCode = Annotated[
    Literal["6digits", "8digits", "10digits"],
    Choice((("6digits", "6 digits"), ("8digits", "8 digits"), ("10digits", "10 digits"))),
]
Known = Annotated[
    Literal["email", "phone", "customid"],
    Choice((("email", "E-mail"), ("phone", "Phone"), ("customid", "Own id"))),
]


class CreateOne(Inputs):
    campaign: CampaignId = Field(title="Campaign")
    firstname: Name | None = Field(None, title="First name")
    lastname: Name | None = Field(None, title="Last name")
    email: Email | None = Field(None, title="E-mail")
    phone: Phone | None = Field(None, title="Phone", description="With country: +32470123456.")
    customid: About | None = Field(
        None, title="Own id", description="What your systems call this consumer."
    )
    duplicate_check: Known | None = Field(
        None,
        title="Same consumer again",
        description="Whoever has this already gets the same URL again, not another one.",
    )
    customvalcode: OwnCode | None = Field(
        None, title="Own validation code", description="Shown as the barcode."
    )
    autovalcode: MadeCode | None = Field(
        None, title="Make a validation code", description="Instead of an own one."
    )
    expiry_date: Expiry | None = Field(
        None, title="Expires", description="Sent as wall clock: it counts in the campaign's zone."
    )
    customfield1: About | None = Field(None, title="Custom field 1")
    customfield2: About | None = Field(None, title="Custom field 2")
    customfield3: About | None = Field(None, title="Custom field 3")
    customfield4: About | None = Field(None, title="Custom field 4")
    customfield5: About | None = Field(None, title="Custom field 5")
    customfield6: About | None = Field(None, title="Custom field 6")
    customfield7: About | None = Field(None, title="Custom field 7")
    utm_campaign: ShortText | None = Field(None, title="UTM campaign")
    utm_source: ShortText | None = Field(None, title="UTM source")
    utm_medium: ShortText | None = Field(None, title="UTM medium")
    utm_term: ShortText | None = Field(None, title="UTM term")
    utm_content: ShortText | None = Field(None, title="UTM content")

    @model_validator(mode="after")
    def _one_code_and_something_to_compare(self) -> "CreateOne":
        if self.customvalcode and self.autovalcode:
            raise wrong("autovalcode", "Give an own code or have one made, not both.")
        if self.duplicate_check and not getattr(self, self.duplicate_check):
            raise wrong(self.duplicate_check, "Needed to find the consumer who has one already.")
        return self


class Made(Reply):
    campaign: Said = ""
    single_use_code: Said = ""
    sequenceid: Sequence = ""
    single_use_url: str
    widget_validation_code: Said = ""


def _name_campaign(asked: CreateOne, api: Reads) -> Preview:
    found = OneCampaign.model_validate(
        api.call(endpoints.CAMPAIGN_INFO, {"campaign": asked.campaign})
    )
    campaign = found.coupon_info
    facts = as_it_is(campaign)
    if asked.expiry_date:
        facts += (("Expires", asked.expiry_date),)
    return Preview(f"One single-use URL for “{campaign.name or campaign.id}”", facts=facts)


def _made_card(made: Made) -> Card:
    facts = (
        ("URL", made.single_use_url),
        ("Code", made.single_use_code),
        ("Short code", made.widget_validation_code),
        ("Number", made.sequenceid),
        ("Campaign", made.campaign),
    )
    return Card(
        "The single-use URL is ready",
        facts=tuple((title, value) for title, value in facts if value),
        offers=(Offer("Show it", "session.info", (("couponsession", made.single_use_code),)),),
    )


def _as_repeatable_as(asked: CreateOne) -> Endpoint:
    """Whoever is looked for first gets the same URL a second time: nothing is made twice."""
    safe = asked.duplicate_check is not None
    return replace(endpoints.SINGLE_USE_CREATE, repeatable=safe)


def _told(given: Mapping[str, Any]) -> str:
    if given.get("duplicate_check"):
        return "The URL can be removed; it may be one that the consumer had before"
    return "The URL can be removed"


def _remove(asked: CreateOne, made: Made) -> Offer | None:
    """Not where it may be a URL of before."""
    if asked.duplicate_check or len(made.single_use_code) != WHOLE:
        return None
    return Offer("Remove it", "single_use.remove", (("couponsession", made.single_use_code),))


CREATE = Action(
    name="single_use.create",
    title="One single-use URL",
    summary="Make a single-use URL of a campaign for one consumer",
    risk=Risk.CHANGE,
    inputs=CreateOne,
    output=Made,
    steps=(
        Step(
            endpoints.SINGLE_USE_CREATE.id,
            endpoints.SINGLE_USE_CREATE,
            plain,
            parts=lambda asked: once(_as_repeatable_as(asked)),
        ),
    ),
    preview=_name_campaign,
    present=_made_card,
    undo=Undo(
        "The URL can be removed",
        told=_told,
        offer=_remove,
    ),
    example=Example(
        inputs={
            "campaign": "cam_400123",
            "firstname": "Ada",
            "lastname": "Lovelace",
            "email": "ada@example.test",
            "phone": "+32470123456",
            "customid": "crm-881",
            "duplicate_check": "customid",
            "autovalcode": "8digits",
            "expiry_date": "2026-12-31 22:00:00",
            **{f"customfield{number}": f"Value {number}" for number in range(1, 8)},
            "utm_campaign": "spring",
            "utm_source": "crm",
            "utm_medium": "email",
            "utm_term": "coffee",
            "utm_content": "button",
        },
        reply={
            "campaign": "cam_400123",
            "action": "single_use_code_created",
            "single_use_code": "h4mz0q7ty2ke9wd5rbn1x",
            "sequence_id": 20000001,
            "single_use_url": "https://digicpn.com/p/ab3xy9/h4mz0q7ty2ke9wd5rbn1x",
            "widget_validation_code": "h4mz0q",
        },
    ),
)


class RemoveOne(Inputs):
    couponsession: WholeSessionCode = Field(
        title="Single-use code", description="21 letters and digits, at the end of its URL."
    )


def _state_it_is_in(asked: RemoveOne, api: Reads) -> Preview:
    reply = api.call(endpoints.SESSION_DATA, {"couponsession": asked.couponsession})
    found = Lived.model_validate(reply)
    life = found.data.status
    return Preview(
        f"The single-use URL of {asked.couponsession}, which is {life.state}, is removed for good",
        facts=(("Campaign", found.campaign), ("State", now(life))),
    )


class Removed(Reply):
    session: Said = ""


def _removed_card(removed: Removed) -> Card:
    return Card(f"The single-use URL {removed.session} is removed".replace("  ", " "))


REMOVE = Action(
    name="single_use.remove",
    title="Remove a URL",
    summary="Remove one single-use URL for good",
    risk=Risk.CHANGE,
    inputs=RemoveOne,
    output=Removed,
    steps=once(endpoints.SINGLE_USE_DELETE),
    preview=_state_it_is_in,
    present=_removed_card,
    undo=Undo("It is gone for good: a new URL has another code"),
    example=Example(
        inputs={"couponsession": "h4mz0q7ty2ke9wd5rbn1x"},
        reply={"action": "single_use_deleted", "session": "h4mz0q7ty2ke9wd5rbn1x"},
    ),
)

ACTIONS = (CREATE, REMOVE)
