"""Campaigns and their pushes."""

from typing import Annotated

from pydantic import Field

from actions.action import Action, Example, Reads, Risk, Rows, once
from actions.card import Card, Preview, Table
from actions.facts import Weighs
from actions.fields import (
    CampaignId,
    Inputs,
    Message,
    Option,
    Reply,
)
from actions.replies import Campaigns, OneCampaign, as_it_is
from actions.undo import PUSHED
from coupontools import endpoints


class ListCampaigns(Inputs):
    only_active: bool | None = Field(None, title="Active ones only")


def _campaigns_card(found: Campaigns) -> Card:
    if not found.coupon_info:
        return Card("No campaigns here yet. Create one from a template.")
    rows = [(c.name or c.id, c.status, c.id) for c in found.coupon_info]
    count = len(rows)
    return Card(
        f"{count:,} campaign{'s' if count != 1 else ''}",
        table=Table(("Name", "Status", "Id"), rows[:20], total=count),
    )


def _campaign_options(found: Campaigns) -> list[Option]:
    return [Option(c.id, c.name or c.id, c.status) for c in found.coupon_info]


LIST = Action(
    name="campaign.list",
    title="List campaigns",
    summary="All campaigns of the account, templates too",
    risk=Risk.READ,
    inputs=ListCampaigns,
    output=Campaigns,
    steps=once(endpoints.CAMPAIGN_LIST),
    present=_campaigns_card,
    rows=Rows(
        ("campaign", "name", "title", "status", "code", "url", "expires"),
        lambda page: (
            (c.id, c.name, c.title, c.status, c.code, c.url, c.expirydate) for c in page.coupon_info
        ),
    ),
    options=_campaign_options,
    example=Example(
        inputs={"only_active": True},
        reply={
            "status": {"status": "OK"},
            "coupon_info": [{"ID": "cam_400123", "name": "Spring voucher", "status": "active"}],
        },
    ),
)


class ShowCampaign(Inputs):
    campaign: CampaignId = Field(title="Campaign")
    show_usage_stats: bool | None = Field(
        None,
        title="Count its validation codes",
        description="How many custom validation codes it has, and how many are claimed.",
    )


def _campaign_card(found: OneCampaign) -> Card:
    campaign = found.coupon_info
    facts = (
        ("Id", campaign.id),
        ("Status", campaign.status),
        ("Title", campaign.title),
        ("Code", campaign.code),
        ("Expires", campaign.expirydate),
    )
    return Card(
        campaign.name or campaign.id,
        facts=tuple((title, value) for title, value in facts if value),
        link=campaign.url,
    )


INFO = Action(
    name="campaign.info",
    title="Show a campaign",
    summary="What Coupontools knows of one campaign",
    risk=Risk.READ,
    inputs=ShowCampaign,
    output=OneCampaign,
    steps=once(endpoints.CAMPAIGN_INFO),
    present=_campaign_card,
    example=Example(
        inputs={"campaign": "cam_400123"},
        reply={"coupon_info": {"ID": "cam_400123", "name": "Spring voucher", "status": "active"}},
    ),
)


class PushAll(Inputs):
    campaign: Annotated[CampaignId, Weighs("audience")] = Field(title="Campaign")
    message: Message = Field(
        title="Message", description="Shown on the lock screen of everyone who saved the coupon."
    )


class Pushed(Reply):
    """The vendor's page shows no more than the status."""


class WalletFlags(Reply):
    saved_to_passbook: str | None = None
    saved_to_androidpay: str | None = None


class SessionRow(Reply):
    status: WalletFlags


class UsagePage(Reply):
    data: list[SessionRow] = []


def _count_holders(asked: PushAll, api: Reads) -> Preview:
    found = OneCampaign.model_validate(
        api.call(endpoints.CAMPAIGN_INFO, {"campaign": asked.campaign})
    )
    campaign = found.coupon_info
    reach: int | None = 0
    for page in api.pages(endpoints.CAMPAIGN_DATA, {"campaign": asked.campaign}):
        for row in UsagePage.model_validate(page).data:
            flags = (row.status.saved_to_passbook, row.status.saved_to_androidpay)
            reach = None if reach is None or flags == (None, None) else reach + ("1" in flags)
    people = "an unknown number of people" if reach is None else f"{reach:,} people"
    return Preview(
        f"A push to {people} who saved “{campaign.name or campaign.id}”",
        facts=as_it_is(campaign),
        reach=reach,
    )


PUSH_ALL = Action(
    name="campaign.push_all",
    title="Push to everyone",
    summary="Push a message to every holder of a campaign",
    risk=Risk.BLAST,
    inputs=PushAll,
    output=Pushed,
    steps=once(endpoints.CAMPAIGN_PUSH_ALL),
    preview=_count_holders,
    present=lambda _: Card("The push is sent"),
    undo=PUSHED,
    example=Example(
        inputs={"campaign": "cam_123456", "message": "Summer starts today"},
        reply={"status": {"status": "OK"}},
    ),
)

ACTIONS = (LIST, INFO, PUSH_ALL)
