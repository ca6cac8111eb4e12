"""Loyalty cards and the people who hold them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from actions.action import Action, Example, Prefill, Reads, Risk, Today, once
from actions.card import Attachment, Card, Preview, Table
from actions.changing import comparing
from actions.fields import CardId, Inputs, Message, Option, Private, Text, said, wrong
from actions.holders import YES, Holders, LoyaltyCards, OneCard
from actions.loose import Loose
from actions.replies import Said
from coupontools import endpoints

ONE_OF = ("points", "stamps", "voided")
HolderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=40), Text()]


class ListCards(Inputs):
    only_active: bool | None = Field(None, title="Active ones only")


def _cards_card(found: LoyaltyCards) -> Card:
    if not found.rows:
        return Card("No loyalty cards here yet.")
    rows = [(c.name or c.id, c.type, c.status, c.id) for c in found.rows]
    count = len(rows)
    return Card(
        f"{count:,} loyalty card{'s' if count != 1 else ''}",
        table=Table(("Name", "Type", "Status", "Id"), rows[:20], total=count),
    )


LIST = Action(
    name="loyalty.list",
    title="List loyalty cards",
    summary="All loyalty cards of the account",
    risk=Risk.READ,
    inputs=ListCards,
    output=LoyaltyCards,
    steps=once(endpoints.LOYALTY_LIST),
    present=_cards_card,
    options=lambda found: [Option(c.id, c.name or c.id, c.type) for c in found.rows if c.id],
    example=Example(
        inputs={"only_active": True},
        reply={"loyaltycard": [{"ID": "loy_500", "name": "Coffee card", "status": "active"}]},
    ),
)


class OfCard(Inputs):
    loyaltycard: CardId = Field(title="Loyalty card")


def _card_card(found: OneCard) -> Card:
    card = found.loyaltycard
    facts = (("Id", card.id), ("Type", card.type), ("Status", card.status), ("Code", card.code))
    return Card(card.name or card.id, facts=tuple(fact for fact in facts if fact[1]))


INFO = Action(
    name="loyalty.info",
    title="Show a loyalty card",
    summary="What Coupontools knows of one loyalty card",
    risk=Risk.READ,
    inputs=OfCard,
    output=OneCard,
    steps=once(endpoints.LOYALTY_INFO),
    present=_card_card,
    example=Example(
        inputs={"loyaltycard": "loy_500"},
        reply={"loyaltycard": {"ID": "loy_500", "name": "Coffee card"}},
    ),
)


COLUMNS = ("User", "Name", "E-mail", "Points", "State")


def _holders_card(found: Holders) -> Card:
    if not found.rows:
        return Card("Nobody holds this card, or nobody matches.")
    rows = [holder.row() for holder in found.rows]
    count = len(rows)
    file = Attachment(f"loyalty-users-{count}.csv", COLUMNS, lambda: rows)
    return Card(
        f"{count:,} loyalty user{'s' if count != 1 else ''}",
        table=Table(COLUMNS, rows[:20], total=count),
        attachment=file if count > 20 else None,
    )


ADA = {"ID": "usr_9", "first_name": "Ada", "last_name": "Stone", "points": "4", "voided": "0"}

USERS = Action(
    name="loyalty.users",
    title="Loyalty users",
    summary="Everybody who holds a loyalty card, with their points",
    risk=Risk.READ,
    inputs=OfCard,
    output=Holders,
    steps=once(endpoints.LOYALTY_USERS_LIST),
    present=_holders_card,
    example=Example(
        inputs={"loyaltycard": "loy_500"},
        reply={"loyaltycard": "loy_500", "amount_of_users": 1, "users": [ADA]},
    ),
)


def _searchable(text: str) -> str:
    plain = text.replace("_", "").replace("-", "").replace("@", "")
    if len(text) < 3 or not text.isascii() or (plain and not plain.isalnum()):
        raise said("At least 3 letters, digits, @, - or _; no full stop, so no whole address.")
    return text


class SearchHolders(OfCard):
    search: Annotated[
        str, StringConstraints(max_length=100), AfterValidator(_searchable), Text(), Private()
    ] = Field(title="Search for", description="Part of a name, e-mail address, phone or id.")


SEARCH = Action(
    name="loyalty.search",
    title="Find a loyalty user",
    summary="Find holders of a loyalty card by name, e-mail, phone or id",
    risk=Risk.READ,
    inputs=SearchHolders,
    output=Holders,
    steps=once(endpoints.LOYALTY_USERS_SEARCH),
    present=_holders_card,
    example=Example(
        inputs={"loyaltycard": "loy_500", "search": "Stone"},
        reply={"amount_of_results": 1, "users": [{**ADA, "email": "ada@example.test"}]},
    ),
)


class OfHolder(OfCard):
    user: HolderId = Field(title="User", description="The user's id, as in the list of users.")


class UpdateHolder(OfHolder):
    points: int | None = Field(None, ge=1, le=1_000_000, title="Points to add")
    stamps: int | None = Field(None, ge=1, le=1_000, title="Stamps to add")
    voided: bool | None = Field(
        None, title="Voided", description="Yes takes the card away, no gives it back."
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> "UpdateHolder":
        given = [name for name in ONE_OF if getattr(self, name) is not None]
        if len(given) != 1:
            raise wrong((given or ["points"])[-1], "Give points, stamps or voided: one of them.")
        return self


class Touched(Loose):
    user: Said = ""


def _about(found: Touched) -> tuple[tuple[str, str], ...]:
    return (("User", found.user),) if found.user else ()


def _today(found: Holders, about: Mapping[str, Any]) -> Today:
    one = found.of(str(about["user"]))
    if one is None:
        return Today({})
    facts = (("Name", one.name), ("E-mail", one.email), ("Points or stamps", one.points))
    return Today({"voided": one.voided in YES} if one.voided else {}, facts)


AS_IT_IS = Prefill(
    read=SEARCH,
    names=("loyaltycard", "user"),
    asks={"loyaltycard": "loyaltycard", "user": "search"},
    today=_today,
)


def _changes(asked: UpdateHolder, found: Holders | None, _: Reads) -> str:
    one, added = found.of(asked.user) if found else None, asked.points or asked.stamps
    if added is None:
        what = "is voided" if asked.voided else "is given back"
        return f"The loyalty card {asked.loyaltycard} of {asked.user} {what}"
    thing = "points" if asked.points else "stamps"
    sums = ""
    if one and one.points.isdecimal():
        sums = f": {int(one.points):,} → {int(one.points) + added:,}"
    return f"{added:,} {thing} for {asked.user} on {asked.loyaltycard}{sums}"


UPDATE = Action(
    name="loyalty.update",
    title="Change a loyalty user",
    summary="Add points or stamps, or void or unvoid somebody's card",
    risk=Risk.CHANGE,
    inputs=UpdateHolder,
    output=Touched,
    steps=once(endpoints.LOYALTY_USERS_UPDATE),
    prefill=AS_IT_IS,
    preview=comparing(AS_IT_IS, _changes),
    present=lambda found: Card("The loyalty user is changed", facts=_about(found)),
    example=Example(
        inputs={"loyaltycard": "loy_500", "user": "usr_9", "points": 5},
        reply={"loyaltycard": "loy_500", "user": "usr_9"},
    ),
)

LINK = Action(
    name="loyalty.link",
    title="Link a loyalty user",
    summary="Give a user whom the account knows one more loyalty card",
    risk=Risk.CHANGE,
    inputs=OfHolder,
    output=Touched,
    steps=once(endpoints.LOYALTY_USERS_LINK),
    present=lambda found: Card("The user holds the card now", facts=_about(found)),
    example=Example(
        inputs={"loyaltycard": "loy_501", "user": "usr_9"},
        reply={"loyaltycard": "loy_501", "user": "usr_9"},
    ),
)


class PushOne(OfHolder):
    message: Message = Field(title="Message", description="Shown on this person's lock screen.")


PUSH = Action(
    name="loyalty.push",
    title="Push to a loyalty user",
    summary="Push a message to one holder of a loyalty card",
    risk=Risk.CHANGE,
    inputs=PushOne,
    output=Touched,
    steps=once(endpoints.LOYALTY_PUSH_SINGLE),
    present=lambda _: Card("The push is sent"),
    example=Example(
        inputs={"loyaltycard": "loy_500", "user": "usr_9", "message": "One stamp to go"},
        reply={"status": {"status": "OK"}},
    ),
)


class PushAll(OfCard):
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
        facts=(("Loyalty card", f"{card.name} · {asked.loyaltycard}"),),
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
    example=Example(
        inputs={"loyaltycard": "loy_500", "message": "Double stamps today"},
        reply={"status": {"status": "OK"}},
    ),
)

ACTIONS = (LIST, INFO, USERS, SEARCH, UPDATE, LINK, PUSH, PUSH_ALL)
