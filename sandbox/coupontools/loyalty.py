"""Calls of v3 about loyalty cards and the people who hold them.

Guessed, as the reference shows only titles: the rows, `location`, and that only more points can
be given, not fewer.
"""

from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import Account, seconds, written
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.holders import Card, Holding
from sandbox.coupontools.lookups import card_of, holder_of, holding_of
from sandbox.coupontools.rules import Params, Together, choice, flag, needed, text

LOCATIONS = (("loc_1", "Stone Bakery Ghent"), ("loc_2", "Stone Bakery Antwerp"))
GENDERS = ("male", "female", "unknown")
SEARCHABLE = r"[A-Za-z0-9_@-]*"  # as printed: without a full stop, so no whole address


def list_cards(account: Account, params: Params) -> dict[str, Any]:
    only_active = flag(params, "only_active")
    sorting = choice(params, "sorting", ("asc", "desc"))
    cards = [*account.loyalty.cards.values()]
    found = [card for card in cards if not only_active or card.status == "active"]
    found.sort(key=lambda card: card.created, reverse=sorting == "desc")
    shown = [_item(card) for card in found]
    return {"amount_of_loyaltycards": len(shown), "loyaltycard": shown}


def card_info(account: Account, params: Params) -> dict[str, Any]:
    """The one call about cards whose code for a missing card is 507, and the words are others."""
    id = needed(params, "loyaltycard")
    if id not in account.loyalty.cards:
        raise Failure((507, "Loyalty card not found"))
    return {"loyaltycard": _item(account.loyalty.cards[id])}


def _item(card: Card) -> dict[str, Any]:
    return {
        "ID": card.id,
        "code": card.code,
        "name": card.name,
        "type": card.type,
        "status": card.status,
        "locations": [{"ID": id, "name": name} for id, name in LOCATIONS],
    }


def list_users(account: Account, params: Params) -> dict[str, Any]:
    card = card_of(account, params)
    users = [_row(holding) for holding in card.holdings.values()]
    return {"loyaltycard": card.id, "amount_of_users": len(users), "users": users}


def _row(holding: Holding) -> dict[str, str]:
    return {
        "ID": holding.holder.id,
        "first_name": holding.holder.first_name,
        "last_name": holding.holder.last_name,
        "email": holding.holder.email,
        "phone": holding.holder.phone,
        "points": str(holding.points),
        "voided": "1" if holding.voided else "0",
    }


def search_users(account: Account, params: Params) -> dict[str, Any]:
    card = card_of(account, params)
    wanted = rules.shaped(params, "search", SEARCHABLE)
    if len(wanted) < 3:
        raise Failure((300, "Incorrect value in parameter: search. Minimum length: 3"))
    users = [_row(one) for one in card.holdings.values() if one.holder.matches(wanted)]
    return {"amount_of_results": len(users), "users": users}


def update_user(account: Account, params: Params) -> dict[str, Any]:
    card = card_of(account, params)
    holding = holding_of(account, card, params)
    points, stamps = rules.positive(params, "points"), rules.positive(params, "stamps")
    voided = flag(params, "voided") if _is_given(params, "voided") else None
    location = choice(params, "location", [id for id, _ in LOCATIONS])
    if points and stamps:
        raise Failure((300, "Use points or stamps, not both"))
    more = points or stamps or 0
    if not more and voided is None:
        raise Failure((200, "Missing parameter: points, stamps or voided"))
    holding.points += more
    holding.voided = holding.voided if voided is None else voided
    account.loyalty.updates.append(
        {
            "loyaltycard": card.id,
            "user": holding.holder.id,
            "added": more,
            "points": holding.points,
            "voided": holding.voided,
            "location": location,
            "at": written(seconds()),
        }
    )
    return {"loyaltycard": card.id, "user": holding.holder.id}


def _is_given(params: Params, name: str) -> bool:
    """Whether a flag is given at all."""
    return params.get(name) not in (None, "")


def create_user(account: Account, params: Params) -> dict[str, Any]:
    """On no card yet. The password is asked for and not kept."""
    together, spelt = Together(), {name.lower(): value for name, value in params.items()}
    about = {
        "email": together.check(_new_email, account, params),
        "phone": together.check(text, params, "phone"),
        "first_name": together.check(text, spelt, "first_name"),
        "last_name": together.check(text, spelt, "last_name"),
        "gender": together.check(choice, params, "gender", GENDERS),
        "birthday": together.check(rules.day, params, "birthday"),
        "city": together.check(text, params, "city"),
    }
    together.check(_password, params)
    together.done()
    holder = account.loyalty.add_holder(seconds(), **about)
    account.loyalty.created.append({"user": holder.id, **about, "at": written(seconds())})
    return {"user": {"ID": holder.id}}


def _new_email(account: Account, params: Params) -> str:
    if not text(params, "email"):
        raise Failure((200, "You need to provide an email address."))
    found = rules.email(params, "email")
    if account.loyalty.knows(found):
        raise Failure((304, "Email already exists"))
    return found


def _password(params: Params) -> None:
    if not text(params, "password"):
        raise Failure((200, "You need to provide a password."))


def link_user(account: Account, params: Params) -> dict[str, Any]:
    """A second time changes nothing."""
    card, holder = card_of(account, params), holder_of(account, params)
    if holder.id not in card.holdings:
        card.holdings[holder.id] = Holding(holder, seconds())
        linked = {"loyaltycard": card.id, "user": holder.id, "linked": True}
        account.loyalty.updates.append({**linked, "at": written(seconds())})
    return {"loyaltycard": card.id, "user": holder.id}


def push_single(account: Account, params: Params) -> dict[str, Any]:
    card = card_of(account, params)
    holding = holding_of(account, card, params)
    _push(account, card, needed(params, "message"), [holding])
    account.loyalty.pushes[-1]["user"] = holding.holder.id
    return {}


def push_all(account: Account, params: Params) -> dict[str, Any]:
    card = card_of(account, params)
    _push(account, card, needed(params, "message"), [*card.holdings.values()])
    return {}


def _push(account: Account, card: Card, message: str, to: list[Holding]) -> None:
    """As with campaigns: it reaches whom a wallet holds it for. A voided card is not told."""
    account.loyalty.pushes.append(
        {
            "loyaltycard": card.id,
            "message": message,
            "reached": sum(holding.saved and not holding.voided for holding in to),
            "at": written(seconds()),
        }
    )
