"""Pushes to those who hold a loyalty card: to one, or to all."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from actions.action import Action, Example, Reads, Risk, once
from actions.card import Card, Preview
from actions.facts import Weighs
from actions.fields import CardId, Message
from actions.holders import (
    YES,
    HolderId,
    Holders,
    OfCard,
    OfHolder,
    OneCard,
    Touched,
    card_as_it_is,
)
from actions.undo import PUSHED
from coupontools import endpoints


class PushOne(OfHolder):
    loyaltycard: Annotated[CardId, Weighs("seed")] = Field(title="Loyalty card")
    user: Annotated[HolderId, Weighs("seed")] = Field(
        title="User", description="The user's id, as in the list of users."
    )
    message: Message = Field(title="Message", description="Shown on this person's lock screen.")


def _which_card(asked: PushOne, api: Reads) -> Preview:
    found = api.call(endpoints.LOYALTY_INFO, {"loyaltycard": asked.loyaltycard})
    card = OneCard.model_validate(found).loyaltycard
    return Preview(
        f"A push to one holder of “{card.name or asked.loyaltycard}”", facts=card_as_it_is(card)
    )


PUSH = Action(
    name="loyalty.push",
    title="Push to a loyalty user",
    summary="Push a message to one holder of a loyalty card",
    risk=Risk.CHANGE,
    inputs=PushOne,
    output=Touched,
    steps=once(endpoints.LOYALTY_PUSH_SINGLE),
    preview=_which_card,
    present=lambda _: Card("The push is sent"),
    undo=PUSHED,
    example=Example(
        inputs={"loyaltycard": "loy_500", "user": "usr_9", "message": "One stamp to go"},
        reply={"status": {"status": "OK"}},
    ),
)


class PushAll(OfCard):
    loyaltycard: Annotated[CardId, Weighs("audience")] = Field(title="Loyalty card")
    message: Message = Field(
        title="Message", description="Shown on the lock screen of everyone who saved the card."
    )


def _count_holders(asked: PushAll, api: Reads) -> Preview:
    named = {"loyaltycard": asked.loyaltycard}
    card = OneCard.model_validate(api.call(endpoints.LOYALTY_INFO, named)).loyaltycard
    reach = _reach(map(Holders.model_validate, api.pages(endpoints.LOYALTY_USERS_LIST, named)))
    people = "an unknown number of people" if reach is None else f"at most {reach:,} people"
    return Preview(
        f"A push to {people} who hold “{card.name or asked.loyaltycard}”",
        facts=card_as_it_is(card),
        reach=reach,
    )


def _reach(pages: Iterable[Holders]) -> int | None:
    """Whose card is not voided; None when the answer leaves that, or somebody, out."""
    listed = [*pages]
    holders = [holder for page in listed for holder in page.rows]
    told = listed[0].amount_of_users
    if not all(holder.voided for holder in holders):
        return None
    if int(told) > len(holders) if told.isdecimal() else not holders:
        return None
    return sum(holder.voided not in YES for holder in holders)


PUSH_ALL = Action(
    name="loyalty.push_all",
    title="Push to all holders",
    summary="Push a message to every holder of a loyalty card",
    risk=Risk.BLAST,
    inputs=PushAll,
    output=Touched,
    steps=once(endpoints.LOYALTY_PUSH_ALL),
    preview=_count_holders,
    present=lambda _: Card("The push is sent"),
    undo=PUSHED,
    example=Example(
        inputs={"loyaltycard": "loy_500", "message": "Double stamps today"},
        reply={"status": {"status": "OK"}},
    ),
)

ACTIONS = (PUSH, PUSH_ALL)
