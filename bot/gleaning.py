"""What a message of somebody names that can be looked up: coupons, campaigns, people."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from actions.addresses import Address, address_of, campaign_at
from actions.card import Offer
from actions.replies import Campaigns

LONGEST = 20_000
"""Characters of a message that are read."""
NAMES = re.compile(r"<[@#!][^>]*>")
LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^<>|\s]+)(?:\|[^<>]*)?>")
URL = re.compile(r"https?://[^\s<>|\"]+")
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
PHONE = re.compile(r"(?<!\w)\+\d[\d ()./-]{5,20}\d")
CAMPAIGN = re.compile(r"(?<!\w)cam_\d+(?!\w)")
SESSION = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9]{21}", re.IGNORECASE)
WORD = re.compile(r"(?<![\w-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?![\w-])")
CODE = re.compile(r"(?=.*\d)(?=.*[A-Za-z]).{5,40}|\d{6,20}")
"""A code of one's own: digits with letters, or many digits."""


def gleaned(message: Mapping[str, Any], listed: Campaigns | None) -> list[Offer]:
    """What can be looked up, each once, what is surest first."""
    text = _text_of(message)[:LONGEST]
    straight = html.unescape(LINK.sub(r" \1 ", NAMES.sub(" ", text)))
    return list({(each.action, each.given): each for each in _found(straight, listed)}.values())


def _found(text: str, listed: Campaigns | None) -> Iterator[Offer]:
    addresses = [address_of(url.rstrip(".,;:!?)")) for url in URL.findall(text)]
    yield from (_at(each, listed) for each in addresses if each)
    text = URL.sub(" ", text).replace("mailto:", " ").replace("tel:", " ")
    for word in EMAIL.findall(text):
        yield Offer(f"Find {word}", "session.search", (("email", word),))
    text = EMAIL.sub(" ", text)
    for said in PHONE.findall(text):
        phone = "+" + re.sub(r"\D", "", said)
        yield Offer(f"Find {phone}", "session.search", (("phone", phone),))
    text = PHONE.sub(" ", text)
    for id in CAMPAIGN.findall(text):
        yield Offer(f"Show {id}", "campaign.info", (("campaign", id),))
    for word in WORD.findall(CAMPAIGN.sub(" ", text)):
        if SESSION.fullmatch(word):
            yield _coupon(word)
        elif CODE.fullmatch(word):
            yield Offer(f"Find {word}", "session.search", (("code", word),))


def _at(address: Address, listed: Campaigns | None) -> Offer:
    """The copy that an address is of, or its campaign; else the code in it may be one of ours."""
    if SESSION.fullmatch(address.session):
        return _coupon(address.session)
    if address.session:
        return Offer(f"Find {address.session}", "session.search", (("code", address.session),))
    campaign = campaign_at(address, listed) if listed else None
    if campaign is None:
        return Offer(f"Find {address.code}", "session.search", (("code", address.code),))
    name = campaign.name or campaign.id
    return Offer(f"Show {name}", "campaign.info", (("campaign", campaign.id),))


def _coupon(code: str) -> Offer:
    return Offer(f"Show coupon {code[:6]}…", "session.info", (("couponsession", code.lower()),))


def _text_of(message: Mapping[str, Any]) -> str:
    """All that people read in it; the same words twice do no harm."""
    parts = (message.get(part) for part in ("text", "blocks", "attachments"))
    return "\n".join(_words(parts))


def _words(shown: Any) -> Iterator[str]:
    if isinstance(shown, str):
        yield shown
    elif isinstance(shown, Mapping):
        said = ("text", "url", "title", "fallback", "pretext", "value", "fields", "elements")
        yield from _words([shown[name] for name in (*said, "blocks", "rows") if name in shown])
    elif shown is not None and not isinstance(shown, int | float):
        for part in shown:
            yield from _words(part)
