"""Creating a campaign from a template."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from actions.action import Action, Example, Reads, Risk, once
from actions.card import Card, Preview
from actions.facts import Weighs
from actions.fields import (
    API_MOMENT,
    CampaignId,
    CodeLength,
    CodePrefix,
    CodeType,
    Colour,
    ImageUrl,
    Inputs,
    Moment,
    ShortText,
    Text,
    WallClock,
    said,
    wrong,
)
from actions.replies import OneCampaign, as_it_is
from actions.undo import Undo
from coupontools import endpoints

STARTS = (
    ("4h", "4 hours after it is opened"),
    ("halfday", "half a day after it is opened"),
    ("1day", "1 day after it is opened"),
    ("2days", "2 days after it is opened"),
    ("3days", "3 days after it is opened"),
    ("4days", "4 days after it is opened"),
    ("5days", "5 days after it is opened"),
    ("6days", "6 days after it is opened"),
    ("1week", "1 week after it is opened"),
)
EXPIRIES = (
    ("endday", "at the end of the day"),
    ("1day", "after 1 day"),
    ("2days", "after 2 days"),
    ("3days", "after 3 days"),
    ("4days", "after 4 days"),
    ("5days", "after 5 days"),
    ("6days", "after 6 days"),
    ("1week", "after 1 week"),
    ("2week", "after 2 weeks"),
    ("6week", "after 6 weeks"),
    ("1month", "after 1 month"),
    ("2month", "after 2 months"),
    ("90days", "after 90 days"),
)


def _moment_or(words: tuple[tuple[str, str], ...]) -> str:
    return rf"^({'|'.join(word for word, _ in words)}|\d{{4}}-\d\d-\d\d \d\d:\d\d)$"


def _in_the_calendar(text: str) -> str:
    """There is no 30th of February, though it is written like a date."""
    if ":" in text and not _is_a_moment(text):
        raise said("There is no such moment; one looks like 2026-12-01 09:00.")
    return text


def _is_a_moment(text: str) -> bool:
    try:
        return text.isascii() and bool(datetime.strptime(text, API_MOMENT))  # noqa: DTZ007  a wall clock
    except ValueError:
        return False


Real = AfterValidator(_in_the_calendar)
Start = Annotated[WallClock, StringConstraints(pattern=_moment_or(STARTS)), Real, Moment(STARTS)]
Expiry = Annotated[
    WallClock, StringConstraints(pattern=_moment_or(EXPIRIES)), Real, Moment(EXPIRIES)
]


def _with_a_point(amount: str) -> str:
    """As the API writes it; people here and there write 2,50."""
    plain = amount.replace(",", ".")
    if not plain.isascii() or float(plain) == 0:
        raise said("A positive number, such as 10 or 2.50.")
    return plain


Amount = Annotated[
    str,
    StringConstraints(pattern=r"^\d+([.,]\d{1,2})?$", max_length=12),
    AfterValidator(_with_a_point),
    Text(),
]


class CreateCampaign(Inputs):
    """The fields of the vendor's page "create a campaign from a template"."""

    template: Annotated[CampaignId, Weighs("template")] = Field(
        title="Template", description="The campaign to start from."
    )
    name: ShortText | None = Field(None, title="Name", description="For your team only.")
    issuer: ShortText | None = Field(None, title="Issuer", description="Who gives the coupon.")
    title: ShortText | None = Field(None, title="Title")
    subtitle: ShortText | None = Field(None, title="Subtitle")
    discount_value: Annotated[Amount, Weighs("face_value")] | None = Field(
        None, title="Value", description="A positive number, such as 10 or 2.50."
    )
    start_date: Start | None = Field(None, title="Starts")
    expiry_date: Expiry | None = Field(None, title="Expires")
    logo_image: ImageUrl | None = Field(None, title="Logo", description="Address of an image.")
    coupon_image: ImageUrl | None = Field(None, title="Image", description="Address of an image.")
    background_color: Colour | None = Field(None, title="Background colour")
    button_color: Colour | None = Field(None, title="Button colour")
    amount_limitation: int | None = Field(
        None, ge=1, le=100_000_000, title="Limit", description="How many times it can be used."
    )
    code_prefix: CodePrefix | None = Field(
        None, title="Code prefix", description="In front of each validation code."
    )
    code_length: CodeLength | None = Field(
        None, title="Code length", description="10 to 25, after the prefix."
    )
    code_type: CodeType | None = Field(None, title="Code type")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "CreateCampaign":
        start, expiry = self.start_date or "", self.expiry_date or ""
        if ":" in start and ":" in expiry and expiry <= start:
            raise wrong("expiry_date", "It has to expire after it starts.")
        return self


def _from_template(asked: CreateCampaign, api: Reads) -> Preview:
    found = OneCampaign.model_validate(
        api.call(endpoints.CAMPAIGN_INFO, {"campaign": asked.template})
    )
    template = found.coupon_info
    return Preview(
        f"A new campaign from the template “{template.name or template.id}”",
        facts=as_it_is(template, "Template"),
    )


def _created_card(made: OneCampaign) -> Card:
    campaign = made.coupon_info
    link = campaign.url or (f"https://digicpn.com/p/{campaign.code}" if campaign.code else "")
    return Card(
        f"Campaign “{campaign.name or campaign.id}” is made",
        facts=(("Id", campaign.id), ("Code", campaign.code)),
        link=link,
    )


CREATE = Action(
    name="campaign.create",
    title="New campaign",
    summary="Create a campaign from a template",
    risk=Risk.LAUNCH,
    inputs=CreateCampaign,
    output=OneCampaign,
    steps=once(endpoints.CAMPAIGN_CREATE),
    preview=_from_template,
    present=_created_card,
    undo=Undo("No call removes a campaign; it can be switched off in Coupontools"),
    example=Example(
        inputs={
            "template": "cam_123456",
            "name": "Spring voucher",
            "issuer": "Stone Bakery",
            "title": "10% off",
            "subtitle": "One per visit",
            "discount_value": "10",
            "start_date": "2026-12-01 09:00",
            "expiry_date": "1month",
            "logo_image": "https://example.test/logo.png",
            "coupon_image": "https://example.test/coupon.png",
            "background_color": "#FFFFFF",
            "button_color": "#1F4E3D",
            "amount_limitation": 500,
            "code_prefix": "SPR",
            "code_length": 10,
            "code_type": "numeric",
        },
        reply={"coupon_info": {"ID": "cam_400124", "code": "aB3xY9", "name": "Spring voucher"}},
    ),
)

ACTIONS = (CREATE,)
