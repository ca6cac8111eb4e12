"""Single-use links, one and many."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, model_validator

from actions.action import Action, Example, Reads, Risk, once
from actions.card import Attachment, Card, Preview
from actions.facts import Weighs
from actions.fields import (
    CampaignId,
    Choice,
    CodeLength,
    CodePrefix,
    CodeType,
    Inputs,
    Reply,
    wrong,
)
from actions.replies import OneCampaign, as_it_is
from actions.undo import Undo
from coupontools import endpoints


class CreateMany(Inputs):
    """The fields of the vendor's page "create multiple single use access URLs"."""

    campaign: CampaignId = Field(title="Campaign")
    amount: Annotated[int, Weighs("codes")] = Field(
        ge=10, le=100_000, title="How many", description="10 to 100,000."
    )
    status: (
        Annotated[
            Literal["normal", "voided", "activated"],
            Choice(
                (
                    ("normal", "Ready to use"),
                    ("voided", "Voided: switched on later"),
                    ("activated", "Activated"),
                )
            ),
        ]
        | None
    ) = Field(None, title="State")
    automated_codes: bool | None = Field(
        None,
        title="Make validation codes",
        description="Then prefix, length and type are needed.",
    )
    code_prefix: CodePrefix | None = Field(
        None, title="Code prefix", description="In front of each validation code."
    )
    code_length: CodeLength | None = Field(
        None, title="Code length", description="10 to 25, after the prefix."
    )
    code_type: CodeType | None = Field(None, title="Code type")

    @model_validator(mode="after")
    def _codes_need_their_three(self) -> "CreateMany":
        for name in ("code_prefix", "code_length", "code_type"):
            given = getattr(self, name) is not None
            if self.automated_codes and not given:
                raise wrong(name, "Needed to make validation codes.")
            if given and not self.automated_codes:
                raise wrong("automated_codes", "Switch this on to make codes of that form.")
        return self


class Code(Reply):
    single_use_url: str
    single_use_code: str
    widget_validation_code: str = ""
    sequenceid: int | str = Field("", validation_alias=AliasChoices("sequence_id", "sequenceid"))
    custom_validation_code: str = ""


class Codes(Reply):
    campaign: str = ""
    data: list[Code] = []


def _name_campaign(asked: CreateMany, api: Reads) -> Preview:
    found = api.call(endpoints.CAMPAIGN_INFO, {"campaign": asked.campaign})
    campaign = OneCampaign.model_validate(found).coupon_info
    return Preview(
        f"{asked.amount:,} single-use URLs for “{campaign.name or campaign.id}”",
        facts=as_it_is(campaign),
    )


def _codes_card(made: Codes) -> Card:
    def rows() -> Iterator[tuple[object, ...]]:
        for code in made.data:
            yield (
                code.single_use_url,
                code.single_use_code,
                code.widget_validation_code,
                code.sequenceid,
                code.custom_validation_code,
            )

    distinct = len({code.single_use_url for code in made.data})
    count = len(made.data)
    doubt = "" if distinct == count else f": only {distinct:,} of them are distinct"
    return Card(
        f"{count:,} single-use URLs are made{doubt}",
        attachment=Attachment(
            name=f"codes-{made.campaign or 'campaign'}-{count}.csv",
            columns=("url", "code", "short_code", "sequence", "custom_code"),
            rows=rows,
        ),
    )


CREATE_MANY = Action(
    name="single_use.create_many",
    title="Single-use URLs",
    summary="Make 10 to 100,000 single-use URLs of a campaign",
    risk=Risk.LAUNCH,
    inputs=CreateMany,
    output=Codes,
    steps=once(endpoints.SINGLE_USE_CREATE_MULTIPLE),
    preview=_name_campaign,
    present=_codes_card,
    undo=Undo(
        "What is out stays out; codes can be voided, up to 500 at once, or removed one by one",
    ),
    example=Example(
        inputs={
            "campaign": "cam_400123",
            "amount": 1000,
            "status": "normal",
            "automated_codes": True,
            "code_prefix": "SPR",
            "code_length": 10,
            "code_type": "numeric",
        },
        reply={
            "campaign": "cam_400123",
            "action": " multiple_single_use_codes_created",
            "data": [
                {
                    "single_use_code": "h4mz0q7ty2ke9wd5rbn1x",
                    "sequence_id": 20000001,
                    "single_use_url": "https://digicpn.com/p/ab3xy9/h4mz0q7ty2ke9wd5rbn1x",
                    "widget_validation_code": "h4mz0q",
                    "custom_validation_code": "SPR4471902834",
                }
            ],
        },
    ),
)

ACTIONS = (CREATE_MANY,)
