"""Which campaign, session, card, holder or directory a call means."""

import re

from sandbox.coupontools import rules
from sandbox.coupontools.account import Account, Campaign, Session
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.holders import Card, Holder, Holding
from sandbox.coupontools.registrations import Directory
from sandbox.coupontools.rules import Params, needed

PLAIN = r"[0-9A-Za-z_-]+"


def campaign_of(account: Account, params: Params) -> Campaign:
    id = rules.shaped(params, "campaign", r"cam_[0-9]+")
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


def card_of(account: Account, params: Params) -> Card:
    """The form of its id is nowhere shown, only that some characters are refused."""
    id = rules.shaped(params, "loyaltycard", PLAIN)
    if id not in account.loyalty.cards:
        raise Failure((505, "Loyalty card ID not found"))
    return account.loyalty.cards[id]


def holder_of(account: Account, params: Params) -> Holder:
    """The reference names no code for a missing user: that of the missing card is taken."""
    id = rules.shaped(params, "user", PLAIN)
    if id not in account.loyalty.holders:
        raise Failure((505, "User ID not found"))
    return account.loyalty.holders[id]


def holding_of(account: Account, card: Card, params: Params) -> Holding:
    holder = holder_of(account, params)
    if holder.id not in card.holdings:
        raise Failure((505, "User ID not found"))
    return card.holdings[holder.id]


def directory_of(account: Account, params: Params) -> Directory:
    id = rules.shaped(params, "directory", r"dir_[0-9]+")
    if id not in account.directories.all:
        raise Failure((507, "Directory ID not found"))
    return account.directories.all[id]
