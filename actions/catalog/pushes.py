"""A push to one person who saved a coupon."""

from typing import Annotated

from pydantic import Field

from actions.action import Action, Example, Reads, Risk, once
from actions.card import Card, Preview
from actions.facts import Weighs
from actions.fields import CampaignId, Inputs, Message, Reply, SessionCode
from actions.lives import Lived
from actions.replies import OneCampaign, as_it_is
from actions.undo import PUSHED
from coupontools import endpoints

WHOLE = 21


class PushOne(Inputs):
    campaign: CampaignId = Field(title="Campaign")
    couponsession: Annotated[SessionCode, Weighs("seed")] = Field(
        title="Coupon session", description="Its code, or the first 6 characters of it."
    )
    message: Message = Field(
        title="Message", description="Shown on the lock screen of the person who saved the coupon."
    )


class Pushed(Reply):
    """The vendor's page shows no more than the status."""


def _is_it_held(asked: PushOne, api: Reads) -> Preview:
    text = f"A push to whoever saved the coupon session {asked.couponsession}"
    read = api.call(endpoints.CAMPAIGN_INFO, {"campaign": asked.campaign})
    known = as_it_is(OneCampaign.model_validate(read).coupon_info)
    if len(asked.couponsession) < WHOLE:  # what reads a session takes whole codes only
        return Preview(text, facts=known)
    reply = api.call(endpoints.SESSION_DATA, {"couponsession": asked.couponsession})
    found = Lived.model_validate(reply)
    life, campaign = found.data.status, found.campaign or asked.campaign
    wallet = "yes" if life.saved else "no: it reaches nobody"
    wallet = wallet if life.tells_of_wallets else "not known"
    other = (("It is of", f"{campaign}, not {asked.campaign}"),)
    return Preview(
        text,
        facts=(*known, *(other if campaign != asked.campaign else ()), ("In a wallet", wallet)),
    )


PUSH = Action(
    name="campaign.push",
    title="Push to one person",
    summary="Push a message to whoever saved one coupon session to a wallet",
    risk=Risk.CHANGE,
    inputs=PushOne,
    output=Pushed,
    steps=once(endpoints.CAMPAIGN_PUSH_SINGLE),
    preview=_is_it_held,
    present=lambda _: Card("The push is sent"),
    undo=PUSHED,
    example=Example(
        inputs={
            "campaign": "cam_400123",
            "couponsession": "h4mz0q7ty2ke9wd5rbn1x",
            "message": "Your coupon ends tomorrow",
        },
        reply={"status": {"status": "OK"}},
    ),
)

ACTIONS = (PUSH,)
