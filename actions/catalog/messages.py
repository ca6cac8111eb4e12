"""Messages that bring a coupon, a directory or a loyalty card to one person."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints, model_validator

from actions.action import Action, Done, Example, Reads, Risk, Step
from actions.card import Card, Offer, Preview
from actions.fields import (
    CampaignId,
    CardId,
    DirectoryId,
    Email,
    Inputs,
    Name,
    Phone,
    Reply,
    ShortText,
    Text,
    WholeSessionCode,
    wrong,
)
from actions.replies import OneCampaign, Said, as_it_is
from actions.undo import Undo
from coupontools import endpoints

Words = Annotated[str, StringConstraints(min_length=1, max_length=1000), Text(multiline=True)]


class Sendable(Inputs):
    """What is sent: exactly one of three, which the API takes under one name."""

    campaign: CampaignId | None = Field(None, title="Campaign", description="One of these three.")
    directory: DirectoryId | None = Field(None, title="Directory")
    card: CardId | None = Field(None, title="Loyalty card")

    @model_validator(mode="after")
    def _one_thing_to_send(self) -> "Sendable":
        given = [name for name in OF_THREE if getattr(self, name)]
        if not given:
            raise wrong("campaign", "Choose a campaign, a directory or a loyalty card.")
        if len(given) > 1:
            raise wrong(given[1], "One at a time: choose this or the other.")
        return self

    @property
    def thing(self) -> str:
        return self.campaign or self.directory or self.card or ""


WHOLE = 21
OF_THREE = ("campaign", "directory", "card")


def _payload(asked: Sendable, _: Done) -> Mapping[str, Any]:
    rest = asked.model_dump(mode="json", exclude_none=True, exclude=set(OF_THREE))
    return {"campaign": asked.thing, **rest}


def _preview(asked: Sendable, api: Reads) -> Preview:
    """Names what is sent; to whom is private and stands masked beside it."""
    if not asked.campaign:
        return Preview(f"{asked.thing} to one person")
    found = api.call(endpoints.CAMPAIGN_INFO, {"campaign": asked.campaign})
    campaign = OneCampaign.model_validate(found).coupon_info
    return Preview(
        f"“{campaign.name or campaign.id}” to one person",
        facts=as_it_is(campaign),
    )


class SendEmail(Sendable):
    email: Email = Field(title="E-mail")
    subject: ShortText | None = Field(None, title="Subject")
    firstname: Name | None = Field(None, title="First name")
    lastname: Name | None = Field(None, title="Last name")
    check_unique: bool | None = Field(
        None, title="Only once", description="Yes: not to an address that has it already."
    )
    couponsession: WholeSessionCode | None = Field(
        None, title="Session", description="The one to send; left empty, a new one is made."
    )

    @model_validator(mode="after")
    def _sessions_are_of_campaigns(self) -> "SendEmail":
        if self.couponsession and not self.campaign:
            raise wrong("couponsession", "Only a campaign has sessions.")
        return self


class Sent(Reply):
    campaign: Said = ""
    action: Said = ""
    single_use_code: Said = ""
    single_use_url: Said = ""


def _mailed(sent: Sent) -> Card:
    if sent.action not in ("", "email_sent"):
        return Card(f"No e-mail was sent: Coupontools says “{sent.action}”")
    return _told(sent, "The e-mail is sent")


def _told(sent: Sent, text: str) -> Card:
    facts = (("Sent", sent.campaign), ("Session", sent.single_use_code))
    return Card(text, facts=tuple(fact for fact in facts if fact[1]), link=sent.single_use_url)


def _void(asked: Sendable, sent: Sent) -> Offer | None:
    """The coupon that was made to be sent: not one that was there before."""
    was_sent = sent.action in ("", "email_sent") and len(sent.single_use_code) == WHOLE
    if not (was_sent and asked.campaign) or getattr(asked, "couponsession", None):
        return None
    which = ("couponsession", sent.single_use_code)
    return Offer("Void its coupon", "session.update", (which, ("operation", "void")))


EMAIL = Action(
    name="message.email",
    title="Send by e-mail",
    summary="E-mail a coupon, directory or loyalty card to one person",
    risk=Risk.CHANGE,
    inputs=SendEmail,
    output=Sent,
    steps=(Step(endpoints.SEND_EMAIL.id, endpoints.SEND_EMAIL, _payload),),
    preview=_preview,
    present=_mailed,
    undo=Undo(
        "An e-mail cannot be recalled; a coupon made for it can be voided",
        offer=_void,
    ),
    example=Example(
        inputs={
            "campaign": "cam_400123",
            "email": "ada@example.test",
            "subject": "Your voucher",
            "firstname": "Ada",
            "lastname": "Stone",
            "check_unique": True,
            "couponsession": "h4mz0q7ty2ke9wd5rbn1x",
        },
        reply={
            "campaign": "cam_400123",
            "action": "email_sent",
            "email": "ada@example.test",
            "single_use_code": "h4mz0q7ty2ke9wd5rbn1x",
            "single_use_url": "https://digicpn.com/p/ab3xy9/h4mz0q7ty2ke9wd5rbn1x",
        },
    ),
)


class SendSms(Sendable):
    phone: Phone = Field(title="Phone", description="With country: +32470123456.")
    body: Words | None = Field(
        None, title="Text", description="The address of the coupon is put behind it."
    )
    sender: ShortText | None = Field(None, title="Sender", description="The name it comes from.")


SMS = Action(
    name="message.sms",
    title="Send by text message",
    summary="Text a coupon, directory or loyalty card to one person",
    risk=Risk.CHANGE,
    inputs=SendSms,
    output=Sent,
    steps=(Step(endpoints.SEND_SMS.id, endpoints.SEND_SMS, _payload),),
    preview=_preview,
    present=lambda sent: _told(sent, "The text message is sent"),
    undo=Undo(
        "A text message cannot be recalled; a coupon made for it can be voided",
        offer=_void,
    ),
    example=Example(
        inputs={
            "campaign": "cam_400123",
            "phone": "+32470123456",
            "body": "Your voucher",
            "sender": "StoneBakery",
        },
        reply={
            "campaign": "cam_400123",
            "message": "Your voucher",
            "phone": "32470123456",
            "single_use_code": "h4mz0q7ty2ke9wd5rbn1x",
        },
    ),
)

ACTIONS = (EMAIL, SMS)
