"""Answers that several areas read: what the API says of a campaign."""

from pydantic import Field

from actions.fields import Reply


class Campaign(Reply):
    id: str = Field(alias="ID")
    name: str = ""
    title: str = ""
    status: str = ""
    code: str = ""
    url: str = ""
    expirydate: str = ""


class Campaigns(Reply):
    coupon_info: list[Campaign] = []


class OneCampaign(Reply):
    coupon_info: Campaign
