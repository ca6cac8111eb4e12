"""Answers that several areas read: of a campaign, of a subaccount, of a way to sign on."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from actions.fields import Reply
from actions.loose import Listing


def _as_text(value: Any) -> Any:
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else value


Said = Annotated[str, BeforeValidator(_as_text)]
"""Text of an answer, where the API may as well give a number or nothing."""


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


def as_it_is(campaign: Campaign, title: str = "Campaign") -> tuple[tuple[str, str], ...]:
    """What people are shown of a campaign, or template: should it differ, they are asked again."""
    about = "" if title == "Campaign" else f"{title} "
    return (
        (title, f"{campaign.name} · {campaign.id}"),
        (f"{about}title".capitalize(), campaign.title),
        (f"{about}state".capitalize(), campaign.status),
        (f"{about}ends".capitalize(), campaign.expirydate),
    )


class Numbers(Reply):
    """What v4 of the API knows by a number."""

    id: Said = ""
    name: Said = ""
    type: Said = ""


class Listed(Listing):
    rows: list[Numbers] = []

    def name_of(self, number: int) -> str:
        """What is behind a number, so that nobody has to know numbers by heart."""
        return next((each.name for each in self.rows if each.id == str(number)), "")


class Launched(Reply):
    """A campaign of a subaccount."""

    id: Said = Field("", alias="ID")
    status: Said = ""


class Subaccount(Reply):
    id: Said = Field("", alias="ID")
    email: Said = ""
    first_name: Said = ""
    last_name: Said = ""
    company_name: Said = ""
    lastlogin: Said = ""
    expiry_date: Said = ""
    max_campaigns: Said = ""
    available_campaigns: Said = ""
    campaigns: list[Launched] = []

    @property
    def person(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def label(self) -> str:
        return self.company_name or self.person or self.email or self.id


class OneSubaccount(Reply):
    subaccount: Subaccount


class Pass(Reply):
    """A way in: whoever holds it is signed on."""

    id: Said = Field("", alias="ID")
    token: Said = ""
    url: Said = ""
    url_whitelabel: Said = ""


MADE = "The link is made: “Show it once” on the card shows it to you alone"


def ways_in(found: Pass) -> list[tuple[str, str]]:
    """What of it is there, for the eyes of one person."""
    known = (
        ("Address", found.url),
        ("Address under your own name", found.url_whitelabel),
        ("Token", found.token),
    )
    given = [(title, value) for title, value in known if value]
    return given or [("Address", "Coupontools answered, but without one.")]
