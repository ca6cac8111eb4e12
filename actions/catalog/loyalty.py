"""Loyalty cards and the people who hold them."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from actions.action import Action, Example, Prefill, Reads, Risk, Today, once
from actions.card import Attachment, Card, Offer, Table
from actions.changing import comparing
from actions.fields import Inputs, Option, Private, Text, said, wrong
from actions.holders import YES, Holders, LoyaltyCards, OfCard, OfHolder, OneCard, Touched
from actions.undo import Undo
from coupontools import endpoints

ONE_OF = ("points", "stamps", "voided")


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


def _told(given: Mapping[str, Any]) -> str:
    if given.get("voided") is None:
        return "No call takes points or stamps off a card"
    return "The card can be given back" if given["voided"] else "The card can be voided again"


def _back(asked: UpdateHolder, _: Touched) -> Offer | None:
    if asked.voided is None:
        return None
    label, voided = ("Give it back", "no") if asked.voided else ("Void it again", "yes")
    return _voided(asked, label, voided)


def _voided(asked: OfHolder, label: str, voided: str) -> Offer:
    which = (("loyaltycard", asked.loyaltycard), ("user", asked.user))
    return Offer(label, "loyalty.update", (*which, ("voided", voided)))


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
    undo=Undo(
        "A voided card can be given back; points and stamps cannot be taken off",
        told=_told,
        offer=_back,
    ),
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
    undo=Undo(
        "No call takes the card away again; it can be voided",
        offer=lambda asked, _: _voided(asked, "Void the card", "yes"),
    ),
    example=Example(
        inputs={"loyaltycard": "loy_501", "user": "usr_9"},
        reply={"loyaltycard": "loy_501", "user": "usr_9"},
    ),
)


ACTIONS = (LIST, INFO, USERS, SEARCH, UPDATE, LINK)
