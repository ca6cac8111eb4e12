"""Which campaign or session a call means."""

import re

from sandbox.coupontools.account import Account, Campaign, Session
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.rules import Params, needed


def campaign_of(account: Account, params: Params) -> Campaign:
    id = needed(params, "campaign")
    if not re.fullmatch(r"cam_[0-9]+", id):
        raise Failure((301, "Invalid character in parameter: campaign"))
    if id not in account.campaigns:
        raise Failure((502, "Campaign ID not found"))
    return account.campaigns[id]


def session_of(account: Account, params: Params, *, short: bool) -> Session:
    """`short`: six characters are enough."""
    code = needed(params, "couponsession")
    if not re.fullmatch(r"[0-9A-Za-z]+", code):
        raise Failure((301, "Invalid character in parameter: couponsession"))
    session = account.session(code)
    if session is None or (len(code) == 6 and not short):
        raise Failure((505, "Couponsession not found."))
    return session
