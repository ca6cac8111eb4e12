"""The ways into a subaccount, links and keys: whoever holds them may do all that it may."""

from typing import Literal

from pydantic import Field, model_validator

from actions.action import Action, Example, Reads, Risk, once
from actions.card import Card, Preview
from actions.fields import CampaignId, Inputs, Reply, SubaccountId, wrong
from actions.replies import MADE, OneSubaccount, Pass, Said, ways_in
from actions.undo import SHOWN
from coupontools import endpoints

Page = Literal["campaigns", "add_campaign", "update_campaign", "statistics", "distribution"]


class OfSubaccount(Inputs):
    subaccount: SubaccountId = Field(title="Subaccount")


def _named(asked: OfSubaccount, api: Reads) -> str:
    found = api.call(endpoints.SUBACCOUNT_INFO, {"subaccount": asked.subaccount})
    return f"“{OneSubaccount.model_validate(found).subaccount.label}” ({asked.subaccount})"


class PassOfSubaccount(Reply):
    subaccount: Pass = Pass()


def _ways_in(made: PassOfSubaccount) -> list[tuple[str, str]]:
    return ways_in(made.subaccount)


def _link_card(made: PassOfSubaccount) -> Card:
    return Card(MADE, facts=(("Subaccount", made.subaccount.id),))


RESET_URL = Action(
    name="subaccount.reset_url",
    title="Password reset link",
    summary="Make a link with which a subaccount chooses a new password",
    risk=Risk.LAUNCH,  # whoever holds the link has the subaccount
    inputs=OfSubaccount,
    output=PassOfSubaccount,
    steps=once(endpoints.SUBACCOUNT_PASSWORD_RESET_URL),
    preview=lambda asked, api: Preview(f"A link to choose a new password of {_named(asked, api)}"),
    present=_link_card,
    secrets=_ways_in,
    undo=SHOWN,
    example=Example(
        inputs={"subaccount": "sub_2002"},
        reply={"subaccount": {"ID": "sub_2002", "url": "https://example.test/reset/abc"}},
    ),
)


class SignOn(OfSubaccount):
    page: Page | None = Field(None, title="Page", description="What opens after signing on.")
    campaign: CampaignId | None = Field(
        None, title="Campaign", description="The one to change, when that is the page."
    )

    @model_validator(mode="after")
    def _a_campaign_to_change(self) -> "SignOn":
        if self.page == "update_campaign" and not self.campaign:
            raise wrong("campaign", "Which campaign is to be changed?")
        return self


SIGN_ON = Action(
    name="subaccount.sign_on",
    title="Sign on as a subaccount",
    summary="Make a link that signs on as a subaccount",
    risk=Risk.LAUNCH,  # whoever holds the link may do all that the subaccount may
    inputs=SignOn,
    output=PassOfSubaccount,
    steps=once(endpoints.SUBACCOUNT_SSO),
    preview=lambda asked, api: Preview(f"A link that signs on as {_named(asked, api)}"),
    present=_link_card,
    secrets=_ways_in,
    undo=SHOWN,
    example=Example(
        inputs={"subaccount": "sub_2001", "page": "update_campaign", "campaign": "cam_300001"},
        reply={
            "subaccount": {
                "ID": "sub_2001",
                "token": "k3Jd8sQ0",
                "url": "https://example.test/login?token=k3Jd8sQ0",
                "url_whitelabel": "https://brand.example.test/login?token=k3Jd8sQ0",
            }
        },
    ),
)


class Keyed(Reply):
    id: Said = Field("", alias="ID")
    api_key: Said = Field("", repr=False)
    api_secret: Said = Field("", repr=False)


class KeyedSubaccount(Reply):
    subaccount: Keyed


def _keys(found: KeyedSubaccount) -> list[tuple[str, str]]:
    pair = (("API key", found.subaccount.api_key), ("API secret", found.subaccount.api_secret))
    return [(title, value) for title, value in pair if value]


KEYS = Action(
    name="subaccount.keys",
    title="Keys of a subaccount",
    summary="See the API keys of a subaccount, once",
    risk=Risk.LAUNCH,  # with them one may do everything there, past all approvals
    inputs=OfSubaccount,
    output=KeyedSubaccount,
    steps=once(endpoints.SUBACCOUNT_INFO),
    present=lambda found: Card(f"The keys of {found.subaccount.id}"),
    secrets=_keys,
    undo=SHOWN,
    example=Example(
        inputs={"subaccount": "sub_2001"},
        reply={"subaccount": {"ID": "sub_2001", "api_key": "(key)", "api_secret": "(secret)"}},
    ),
)

ACTIONS = (RESET_URL, SIGN_ON, KEYS)
