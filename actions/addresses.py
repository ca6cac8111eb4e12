"""Public addresses of coupons: whose campaign an address is of, and whether it is one copy."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from actions.replies import Campaign, Campaigns

HOST = "digicpn.com"
"""Where Coupontools shows coupons to consumers."""
PATH = re.compile(r"/p/(?P<code>[A-Za-z0-9]{4,12})(?:/(?P<session>[A-Za-z0-9]{4,40}))?/?")


@dataclass(frozen=True)
class Address:
    """The code of a campaign; and of one consumer's copy, if it is the address of that."""

    code: str
    session: str = ""


def address_of(url: str) -> Address | None:
    """What an address is of; None for those that are of no coupon."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    path = PATH.fullmatch(parts.path)
    is_ours = host == HOST or host.endswith(f".{HOST}")
    if path is None or not is_ours or parts.scheme not in ("http", "https"):
        return None
    return Address(path["code"], path["session"] or "")


def campaign_at(address: Address, listed: Campaigns) -> Campaign | None:
    """The campaign of that code; addresses write it small, so of two alike it is neither."""
    known = [each for each in listed.coupon_info if each.code]
    alike = [each for each in known if each.code.casefold() == address.code.casefold()]
    exact = [each for each in alike if each.code == address.code]
    for found in (exact, alike):
        if len(found) == 1:
            return found[0]
    return None
