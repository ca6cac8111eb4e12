"""Webhooks: where Coupontools tells others of what happens, and whether a message is genuine."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field, StringConstraints

from actions.action import Action, Example, Reads, Risk, once
from actions.card import Card, Offer, Preview, Table
from actions.fields import (
    CampaignId,
    Choice,
    Inputs,
    Lookup,
    Option,
    Reply,
    Text,
    WholeSessionCode,
    words,
)
from actions.replies import Said
from actions.undo import Undo
from coupontools import endpoints

EVENTS = Choice(
    (
        ("coupon_claimed", "A coupon is claimed"),
        ("coupon_validated", "A coupon is validated"),
        ("coupon_created", "A campaign is created"),
        ("coupon_updated", "A campaign is changed"),
        ("coupon_removed", "A campaign is removed"),
    )
)
Event = Annotated[
    Literal[
        "coupon_claimed", "coupon_validated", "coupon_created", "coupon_updated", "coupon_removed"
    ],
    EVENTS,
]
Address = Annotated[
    str, StringConstraints(pattern=r"^https?://[^\s/]\S*$", max_length=2000), Text()
]
Shaped = StringConstraints(pattern=r"^evt_[A-Za-z0-9]{20}$", max_length=24)
WebhookId = Annotated[str, Shaped, Lookup("webhook.list")]
EventId = Annotated[str, Shaped, Text()]


class Webhook(Reply):
    id: Said = Field("", alias="ID")
    type: Said = ""
    endpoint: Said = ""
    campaign: Said = ""

    @property
    def tells(self) -> str:
        return words(EVENTS, self.type)


class Webhooks(Reply):
    """No page shows the name of the list: the one of its siblings, or that in the plural."""

    webhook: list[Webhook] = Field([], validation_alias=AliasChoices("webhook", "webhooks"))


class OneWebhook(Reply):
    webhook: Webhook = Webhook()


class ListWebhooks(Inputs):
    """Nothing is asked."""


def _webhooks_card(found: Webhooks) -> Card:
    rows = [(each.tells, each.endpoint, each.campaign, each.id) for each in found.webhook]
    if not rows:
        return Card("No webhooks here yet.")
    count = len(rows)
    return Card(
        f"{count:,} webhook{'s' if count != 1 else ''}",
        table=Table(("When", "Address", "Campaign", "Id"), rows[:20], total=count),
    )


def _webhook_options(found: Webhooks) -> list[Option]:
    return [
        Option(each.id, f"{each.tells}: {each.endpoint}", each.id)
        for each in found.webhook
        if each.id
    ]


LIST = Action(
    name="webhook.list",
    title="List webhooks",
    summary="Where Coupontools tells of what happens",
    risk=Risk.READ,
    inputs=ListWebhooks,
    output=Webhooks,
    steps=once(endpoints.WEBHOOK_LIST),
    present=_webhooks_card,
    options=_webhook_options,
    example=Example(
        inputs={},
        reply={
            "webhook": [
                {
                    "ID": "evt_A1b2C3d4E5f6G7h8I9j0",
                    "type": "coupon_validated",
                    "endpoint": "https://example.test/hook",
                }
            ]
        },
    ),
)


class CreateWebhook(Inputs):
    endpoint: Address = Field(
        title="Address", description="Guests' data goes there, each time it happens."
    )
    type: Event = Field(title="When")
    campaign: CampaignId | None = Field(
        None, title="Campaign", description="Left empty: whichever campaign it is."
    )


def _webhook_card(made: OneWebhook) -> Card:
    facts = (
        ("Id", made.webhook.id),
        ("When", made.webhook.tells),
        ("Address", made.webhook.endpoint),
    )
    return Card("The webhook is there", facts=tuple(fact for fact in facts if fact[1]))


def _remove(_: CreateWebhook, made: OneWebhook) -> Offer | None:
    which = (("webhook", made.webhook.id),)
    return Offer("Remove it", "webhook.delete", which) if made.webhook.id else None


CREATE = Action(
    name="webhook.create",
    title="New webhook",
    summary="Have Coupontools tell an address each time something happens",
    risk=Risk.LAUNCH,  # what is known of guests goes out of the house, until it is removed
    inputs=CreateWebhook,
    output=OneWebhook,
    steps=once(endpoints.WEBHOOK_CREATE),
    present=_webhook_card,
    undo=Undo(
        "It can be removed; what was told until then is out",
        offer=_remove,
    ),
    example=Example(
        inputs={
            "endpoint": "https://example.test/hook",
            "type": "coupon_validated",
            "campaign": "cam_400123",
        },
        reply={
            "webhook": {
                "ID": "evt_A1b2C3d4E5f6G7h8I9j0",
                "type": "coupon_validated",
                "endpoint": "https://example.test/hook",
            }
        },
    ),
)


class DeleteWebhook(Inputs):
    webhook: WebhookId = Field(title="Webhook")


class Deleted(Reply):
    """Nothing is known of it but the status."""


def _which(asked: DeleteWebhook, api: Reads) -> Preview:
    listed = Webhooks.model_validate(api.call(endpoints.WEBHOOK_LIST, {})).webhook
    known = next((each for each in listed if each.id == asked.webhook), None)
    if known is None:
        return Preview(f"Remove the webhook {asked.webhook}, which is not on the list")
    return Preview(
        f"{known.endpoint} is not told any more",
        facts=(("When", known.tells), ("Campaign", known.campaign or "all")),
    )


def _make_again(_: DeleteWebhook, __: Deleted) -> Offer:
    """What it told, and where, stands on the card of the request; no call reads it any more."""
    return Offer("Make it again", "webhook.create")


DELETE = Action(
    name="webhook.delete",
    title="Remove a webhook",
    summary="An address is not told any more",
    risk=Risk.CHANGE,
    inputs=DeleteWebhook,
    output=Deleted,
    steps=once(endpoints.WEBHOOK_DELETE),
    preview=_which,
    present=lambda _: Card("The webhook is removed"),
    undo=Undo(
        "It can be made again, with another id; what happens until then is not told",
        offer=_make_again,
    ),
    example=Example(
        inputs={"webhook": "evt_A1b2C3d4E5f6G7h8I9j0"}, reply={"status": {"status": "OK"}}
    ),
)


class VerifyWebhook(Inputs):
    webhook: EventId = Field(title="Id", description="The id that the message brought: evt_…")
    session: WholeSessionCode | None = Field(
        None, title="Session", description="The session code it brought, if it did."
    )


class Verified(Reply):
    result: Said = ""
    date: Said = ""
    campaign: Said = ""
    session: Said = ""
    type: Said = ""


def _verified_card(found: Verified) -> Card:
    facts = (
        ("When", words(EVENTS, found.type)),
        ("Date", found.date),
        ("Campaign", found.campaign),
        ("Session", found.session),
    )
    genuine = found.result == "valid"
    text = "It is genuine" if genuine else f"Not confirmed: Coupontools says “{found.result}”"
    return Card(text, facts=tuple(fact for fact in facts if fact[1]))


VERIFY = Action(
    name="webhook.verify",
    title="Check a webhook",
    summary="Whether a message that came by webhook is genuine",
    risk=Risk.READ,
    inputs=VerifyWebhook,
    output=Verified,
    steps=once(endpoints.WEBHOOK_VERIFICATION),
    present=_verified_card,
    example=Example(
        inputs={"webhook": "evt_A1b2C3d4E5f6G7h8I9j0", "session": "h4mz0q7ty2ke9wd5rbn1x"},
        reply={
            "result": "valid",
            "webhook": "evt_A1b2C3d4E5f6G7h8I9j0",
            "date": "2024-05-03 10:00:00",
            "campaign": "cam_400123",
            "session": "h4mz0q7ty2ke9wd5rbn1x",
            "type": "coupon_validated",
        },
    ),
)

ACTIONS = (LIST, CREATE, DELETE, VERIFY)
