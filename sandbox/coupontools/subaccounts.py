"""Calls about the accounts below this one, and single sign-on for people of the account.

Inferred in the reference, so a guess here: what the list shows of each, and all of the update.
"""

import re
from collections.abc import Callable
from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import UPPER, Account, Subaccount, seconds, written
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.campaigns import item
from sandbox.coupontools.rules import Params, Together, choice, needed, text

FIRST = 2001
LOGIN, RESET = "https://app.example.test/login", "https://app.example.test/reset"
WHITELABEL = "https://brand.example.test/login"
PAGES = ("campaigns", "add_campaign", "update_campaign", "statistics", "distribution")
MOST_CAMPAIGNS = 10


def list_subaccounts(account: Account, _: Params) -> dict[str, Any]:
    _above(account)
    shown = [
        {
            "ID": each.id,
            "email": each.email,
            "first_name": each.first_name,
            "last_name": each.last_name,
            "company_name": each.company_name,
        }
        for each in account.subaccounts.values()
    ]
    return {"amount_of_subaccounts": len(shown), "subaccount": shown}


def subaccount_info(account: Account, params: Params) -> dict[str, Any]:
    found = _subaccount_of(account, params)
    campaigns = [item(each) for each in found.account.campaigns.values()]
    shown = ("ID", "code", "url", "status")
    return {
        "subaccount": {
            "ID": found.id,
            "email": found.email,
            "language": "en",
            "lastlogin": written(found.last_login),
            "amountlogin": str(found.logins),
            "currency": "EUR",
            "max_campaigns": str(MOST_CAMPAIGNS),
            "expiry_date": found.account.expiry,
            "api_key": found.account.keys[0],
            "api_secret": found.account.keys[1],
            "has_campaigns": str(len(campaigns)),
            "campaigns": [{name: each[name] for name in shown} for each in campaigns],
            "first_name": found.first_name,
            "last_name": found.last_name,
            "company_name": found.company_name,
            "username": found.email.split("@")[0],
            "webhook_endpoint": "",
            "available_campaigns": str(max(MOST_CAMPAIGNS - len(campaigns), 0)),
            "access_dashboard": True,
            "access_directory": False,
        }
    }


def add(account: Account, email: str, **about: Any) -> Subaccount:
    """With an account of its own behind it, empty at first."""
    number = FIRST + len(account.subaccounts)
    keys = account.token(27, UPPER[:10]), account.token(30)
    found = Subaccount(f"sub_{number}", Account(number, keys, below=True), email, **about)
    found.account.email = email
    account.subaccounts[found.id] = found
    return found


def create_subaccount(account: Account, params: Params) -> dict[str, Any]:
    _above(account)
    together = Together()
    email = together.check(_new_email, account, params) or ""
    together.check(text, params, "password")
    about = _about(params, together)
    found = add(account, email)
    _change(found, about)
    account.subaccounts_created.append(
        {"ID": found.id, "email": email, **about, "at": written(seconds())}
    )
    return {"subaccount": {"ID": found.id}}


def update_subaccount(account: Account, params: Params) -> dict[str, Any]:
    found = _subaccount_of(account, params)
    about = _about(params, Together())
    _change(found, about)
    account.subaccounts_updated.append({"ID": found.id, **about, "at": written(seconds())})
    return {"subaccount": {"ID": found.id}}


def _about(params: Params, together: Together) -> dict[str, str]:
    """What is given about a subaccount; a parameter that is left out changes nothing."""
    found = {name: together.check(rule, params, name) or "" for name, rule in ABOUT.items()}
    together.done()
    return {name: value for name, value in found.items() if params.get(name) is not None}


def _change(found: Subaccount, about: dict[str, str]) -> None:
    for name, value in about.items():
        if name == "expiry_date":
            found.account.expiry = value
        else:
            setattr(found, name, value)


def _new_email(account: Account, params: Params) -> str:
    needed(params, "email")
    found = rules.email(params, "email")
    taken = {account.email, *(each.email for each in account.subaccounts.values())}
    if found.lower() in {each.lower() for each in taken}:
        raise Failure((304, "Email already exists"))
    return found


def _country(params: Params, name: str) -> str:
    found = text(params, name)
    if found and not re.fullmatch(r"[A-Z]{2}", found):
        raise Failure((300, f"Incorrect value in parameter: {name}"))
    return found


def _package(params: Params, name: str) -> str:
    found = text(params, name)
    if found and not re.fullmatch(r"pac_[0-9A-Za-z]+", found):
        raise Failure((301, f"Invalid character in parameter: {name}"))
    return found


def _status(params: Params, name: str) -> str:
    return choice(params, name, ("trial", "customer"))


ABOUT: dict[str, Callable[[Params, str], str]] = {
    "first_name": text,
    "last_name": text,
    "company_name": text,
    "country": _country,
    "package": _package,
    "status": _status,
    "expiry_date": rules.day,
}


def reset_url(account: Account, params: Params) -> dict[str, Any]:
    found = _subaccount_of(account, params)
    account.resets.append({"ID": found.id, "at": written(seconds())})
    return {"subaccount": {"ID": found.id, "url": f"{RESET}/{account.token(49)}"}}


def subaccount_sso(account: Account, params: Params) -> dict[str, Any]:
    found = _subaccount_of(account, params)
    token = _signed_on(account, params, "subaccount", found.id, found.account)
    links = {"url": f"{LOGIN}?token={token}", "url_whitelabel": f"{WHITELABEL}?token={token}"}
    return {"subaccount": {"ID": found.id, "token": token, **links}}


def account_sso(account: Account, _: Params) -> dict[str, Any]:
    token = _signed_on(account, {}, "account", "", account)
    return {"account": {"token": token, "url": f"{LOGIN}?token={token}"}}


def teammate_sso(account: Account, params: Params) -> dict[str, Any]:
    """The page's errors speak of a campaign: page and campaign work as for a subaccount."""
    id = rules.shaped(params, "teammate", r"[0-9]+")
    if id not in account.teammates:
        raise Failure((503, "Teammate ID not found"))
    token = _signed_on(account, params, "teammate", id, account)
    return {"teammate": {"token": token, "url": f"{LOGIN}?token={token}"}}


def _signed_on(account: Account, params: Params, kind: str, id: str, inside: Account) -> str:
    page, campaign = choice(params, "page", PAGES), text(params, "campaign")
    if page == "update_campaign" or campaign:
        campaign = rules.shaped(params, "campaign", r"cam_[0-9]+")
        if campaign not in {**inside.campaigns, **account.campaigns}:
            raise Failure((502, "Campaign ID not found"))
    about = {"page": page, "campaign": campaign, "at": written(seconds())}
    account.sign_ons.append({"kind": kind, "ID": id, **about})
    return account.token(49)


def _above(account: Account) -> None:
    if account.below:
        raise Failure((102, "Subaccount credentials cannot manage subaccounts"))


def _subaccount_of(account: Account, params: Params) -> Subaccount:
    """Both `sub_2001` and `2001` will do: the reference shows the one and speaks of the other."""
    _above(account)
    id = needed(params, "subaccount")
    if not re.fullmatch(r"(sub_)?[0-9]+", id):
        raise Failure((301, "Invalid character in parameter: subaccount."))
    found = account.subaccounts.get(f"sub_{id.removeprefix('sub_')}")
    if found is None:
        raise Failure((510, "Subaccount ID not correct."))
    return found
