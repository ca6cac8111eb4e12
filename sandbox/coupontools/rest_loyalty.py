"""v4 calls about loyalty cards: the same cards and holders as in v3, by whole numbers.

Guessed: a holder's row, the keys of `filter` and `pagination`, that a list without pagination is
whole, that `stamps` (or `amount`) says how many stamps, one by itself.
"""

from datetime import UTC, datetime
from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import LETTERS, Account, seconds, written
from sandbox.coupontools.answers import Failure, NotThere
from sandbox.coupontools.holders import Card, Holding
from sandbox.coupontools.rules import Params, flag, text

PERSON = ("first_name", "last_name", "address", "zip", "city", "phone")
CUSTOM = tuple(f"custom_{number}" for number in range(1, 9))
FILTERS = ("search", *PERSON, "email")
PAGING = ("page", "limit")
LONGEST = 50


def list_cards(account: Account, _: list[str], __: Any) -> Any:
    return [_item(card) for card in account.loyalty.cards.values()]


def _item(card: Card) -> dict[str, Any]:
    return {
        "id": card.number,
        "code": card.code,
        "name": card.name,
        "domain": card.domain,
        "type": card.type,
    }


def copy_card(account: Account, ids: list[str], given: Any) -> Any:
    """The copy has the name of the card when none is given, and no holders."""
    card = _card(account, ids)
    name = text(params(given), "name", LONGEST) or card.name
    code = account.token(6, LETTERS)
    copy = account.loyalty.add_card(code, name, card.type, card.domain, seconds())
    account.loyalty.copied.append({"card": card.id, "copy": copy.id, "at": written(seconds())})
    return _item(copy)


def list_users(account: Account, ids: list[str], given: Any) -> Any:
    card, wishes = _card(account, ids), params(given)
    wanted, paging = _inner(wishes, "filter", FILTERS), _inner(wishes, "pagination", PAGING)
    voided = flag(wishes, "include_voided")
    found = [
        holding
        for holding in card.holdings.values()
        if (voided or not holding.voided) and _matches(holding, wanted)
    ]
    page = rules.positive(paging, "page") or 1
    limit = rules.positive(paging, "limit") or max(len(found), 1)
    return [_row(holding) for holding in found[(page - 1) * limit : page * limit]]


def _inner(wishes: Params, name: str, known: tuple[str, ...]) -> Params:
    found = wishes.get(name) or {}
    if not isinstance(found, dict):
        raise Failure((300, f"Incorrect value in parameter: {name}"))
    for unknown in found.keys() - set(known):
        raise Failure((300, f"Unknown parameter: {name}[{unknown}]"))
    return found


def _matches(holding: Holding, wanted: Params) -> bool:
    holder = holding.holder
    for name in wanted:
        value = text(wanted, name).lower()
        if name == "search":
            whole = f"{holder.first_name} {holder.last_name}".lower()
            if not (holder.matches(value) or value in whole or value == str(holder.number)):
                return False
        elif value not in getattr(holder, name).lower():
            return False
    return True


def get_user(account: Account, ids: list[str], _: Any) -> Any:
    return _row(_holding(account, ids))


def _row(holding: Holding) -> dict[str, Any]:
    holder = holding.holder
    return {
        "id": holder.number,
        "created_at": iso(holding.since),
        "email": holder.email,
        **{name: getattr(holder, name) for name in PERSON},
        **{name: holder.custom.get(name, "") for name in CUSTOM},
        "points": holding.points,
        "voided": holding.voided,
    }


def create_user(account: Account, ids: list[str], given: Any) -> Any:
    card, about = _card(account, ids), _about(params(given))
    _unused(account, about)
    return _created(account, card, about)


def create_users(account: Account, ids: list[str], given: Any) -> Any:
    """A list, bare or as `users`. One that is wrong stops all of them."""
    card = _card(account, ids)
    rows = given if isinstance(given, list) else params(given).get("users")
    if not isinstance(rows, list) or not rows:
        raise Failure((200, "Missing parameter: users"))
    people = [_about(params(row)) for row in rows]
    emails = [about["email"].lower() for about in people if about.get("email")]
    if len(set(emails)) != len(emails):
        raise Failure((304, "Email already exists"))
    for about in people:
        _unused(account, about)
    return [_created(account, card, about) for about in people]


def _about(wishes: Params) -> dict[str, str]:
    """What is given about a person, checked."""
    found = {name: text(wishes, name) for name in (*PERSON, *CUSTOM)}
    found["email"] = rules.email(wishes, "email")
    return {name: value for name, value in found.items() if wishes.get(name) is not None}


def _unused(account: Account, about: dict[str, str], but: str = "") -> None:
    email = about.get("email", "")
    if email and email.lower() != but.lower() and account.loyalty.knows(email):
        raise Failure((304, "Email already exists"))


def _created(account: Account, card: Card, about: dict[str, str]) -> dict[str, Any]:
    holder = account.loyalty.add_holder(seconds())
    holding = card.holdings[holder.id] = Holding(holder, seconds())
    _change(holding, about)
    made = {"user": holder.id, "loyaltycard": card.id, **about}
    account.loyalty.created.append({**made, "at": written(seconds())})
    return _row(holding)


def _change(holding: Holding, about: dict[str, str]) -> None:
    for name, value in about.items():
        if name in CUSTOM:
            holding.holder.custom[name] = value
        else:
            setattr(holding.holder, name, value)


def update_user(account: Account, ids: list[str], given: Any) -> Any:
    """What is not given stays."""
    card, holding = _card(account, ids), _holding(account, ids)
    about = _about(params(given))
    _unused(account, about, but=holding.holder.email)
    _change(holding, about)
    _updated(account, card, holding, about)
    return _row(holding)


def add_stamps(account: Account, ids: list[str], given: Any) -> Any:
    card, holding, wishes = _card(account, ids), _holding(account, ids), params(given)
    more = rules.positive(wishes, "stamps") or rules.positive(wishes, "amount") or 1
    holding.points += more
    _updated(account, card, holding, {"added": more, "points": holding.points})
    return _row(holding)


def _updated(account: Account, card: Card, holding: Holding, about: dict[str, Any]) -> None:
    who = {"loyaltycard": card.id, "user": holding.holder.id}
    account.loyalty.updates.append({**who, **about, "at": written(seconds())})


def _card(account: Account, ids: list[str]) -> Card:
    for card in account.loyalty.cards.values():
        if str(card.number) == ids[0]:
            return card
    raise NotThere("Loyalty card not found")


def _holding(account: Account, ids: list[str]) -> Holding:
    number = int(ids[1]) if ids[1].isascii() and ids[1].isdigit() else 0
    found = _card(account, ids).holding(number)
    if found is None:
        raise NotThere("User not found")
    return found


def params(given: Any) -> Params:
    if not isinstance(given, dict):
        raise Failure((300, "The body is not an object"))
    return given


def iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
