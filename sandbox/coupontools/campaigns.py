"""Calls about campaigns: list, read, create from a template, push to the holders of a pass."""

import re
from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import Account, Campaign, Session, seconds, written
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.lookups import campaign_of, session_of
from sandbox.coupontools.rules import Params, Together, choice, flag, needed, text

STARTS = ("4h", "halfday", "1day", "2days", "3days", "4days", "5days", "6days", "1week")
ENDS = (
    *("endday", "1day", "2days", "3days", "4days", "5days", "6days"),
    *("1week", "2week", "6week", "1month", "2month", "90days"),
)
WORDS = ("issuer", "name", "title", "subtitle", "code_prefix")
KNOWN = {
    *WORDS,
    *("template", "start_date", "expiry_date", "discount_value", "logo_image", "coupon_image"),
    *("background_color", "button_color", "amount_limitation", "code_length", "code_type"),
}


def item(campaign: Campaign) -> dict[str, Any]:
    return {
        "ID": campaign.id,
        "code": campaign.code,
        "name": campaign.name,
        "title": campaign.title,
        "subtitle": campaign.subtitle,
        "description": campaign.description,
        "status": campaign.status,
        "url": campaign.url,
        "type": "coupon",
        "coupon_category_name": campaign.category[1],
        "coupon_tags": campaign.tags,
        "coupon_image": campaign.image,
        "banner1": "",
        "expirydate": campaign.expiry,
    }


def list_campaigns(account: Account, params: Params) -> dict[str, Any]:
    only_active, folder = flag(params, "only_active"), text(params, "folder")
    category, sorting = text(params, "category"), choice(params, "sorting", ("asc", "desc"))
    tags = {tag.strip() for tag in text(params, "tags").split(",") if tag.strip()}
    if folder and folder not in account.folders:
        raise Failure((515, "Folder not found"))
    if category and not re.fullmatch(r"cat_[0-9]+", category):
        raise Failure((301, "Invalid character in parameter: category"))
    found = [
        each
        for each in account.campaigns.values()
        if (not only_active or each.status == "active")
        and folder in ("", each.folder)
        and category in ("", each.category[0])
        and (not tags or tags & set(each.tags.split(",")))
    ]
    found.sort(key=lambda each: each.created, reverse=sorting == "desc")
    return {"coupon_info": [item(each) for each in found]}


def campaign_info(account: Account, params: Params) -> dict[str, Any]:
    """The reference says that two counters can be had, not how they are named: these are ours."""
    campaign, info = campaign_of(account, params), {}
    if flag(params, "show_usage_stats"):
        coded = [session for session in campaign.sessions if session.own_code]
        info["custom_validation_codes"] = str(len(coded))
        info["custom_validation_codes_claimed"] = str(sum(bool(one.claimed) for one in coded))
    return {"coupon_info": {**item(campaign), **info}}


def create_campaign(account: Account, params: Params) -> dict[str, Any]:
    """The one call that refuses parameters it does not know."""
    together = Together()
    for name in params.keys() - KNOWN:
        together.check(_unknown, name)
    template = together.check(_template, account, params)
    for name in WORDS:
        together.check(text, params, name)
    together.check(_when, params, "start_date", "Startdate", STARTS)
    together.check(_when, params, "expiry_date", "Expirydate", ENDS)
    together.check(rules.amount, params, "discount_value")
    together.check(rules.positive, params, "amount_limitation")
    together.check(rules.length, params, "code_length")
    together.check(choice, params, "code_type", ("numeric", "alphanumeric"))
    for name in ("logo_image", "coupon_image"):
        together.check(rules.url, params, name)
    for name in ("background_color", "button_color"):
        together.check(rules.color, params, name)
    together.done()
    assert template is not None  # noqa: S101 - it would not be done otherwise
    campaign = _copied(account, template, params)
    account.happened.append(("coupon_created", campaign, None))
    account.created.append(
        {
            "ID": campaign.id,
            "code": campaign.code,
            "name": campaign.name,
            "template": template.id,
            "parameters": dict(params),
            "at": written(campaign.created),
        }
    )
    shown = {"ID": campaign.id, "code": campaign.code, "name": campaign.name}
    return {"coupon_info": shown}


def _copied(account: Account, template: Campaign, params: Params) -> Campaign:
    expiry = text(params, "expiry_date")
    return account.add_campaign(
        text(params, "name") or template.name,
        title=text(params, "title") or template.title,
        subtitle=text(params, "subtitle") or template.subtitle,
        description=template.description,
        category=template.category,
        tags=template.tags,
        image=text(params, "coupon_image") or template.image,
        expiry=template.expiry if expiry in ("", *ENDS) else f"{expiry}:00",
    )


def _unknown(name: str) -> None:
    raise Failure((300, f"Unknown parameter: {name}"))


def _template(account: Account, params: Params) -> Campaign:
    id = needed(params, "template")
    if id not in account.templates:
        raise Failure((501, "Template not found."))
    return account.campaigns[id]


def _when(params: Params, name: str, called: str, words: tuple[str, ...]) -> None:
    found = text(params, name)
    exact = rules.moment(found, rules.DAY + r" [0-9]{2}:[0-9]{2}", "%Y-%m-%d %H:%M")
    if found and found not in words and exact is None:
        form = '"yyyy-mm-dd hh:mm"'
        raise Failure((303, f"{called} incorrect format, must be {form} or must be in list"))


def push_single(account: Account, params: Params) -> dict[str, Any]:
    campaign = campaign_of(account, params)
    session = session_of(account, params, short=True)
    if session.campaign is not campaign:
        raise Failure((505, "Couponsession not found."))
    _push(account, campaign, needed(params, "message"), [session])
    account.pushes[-1]["session"] = session.code
    return {}


def push_all(account: Account, params: Params) -> dict[str, Any]:
    campaign = campaign_of(account, params)
    _push(account, campaign, needed(params, "message"), campaign.sessions)
    return {}


def _push(account: Account, campaign: Campaign, message: str, to: list[Session]) -> None:
    """A push reaches the sessions that a wallet holds, and nobody else."""
    account.pushes.append(
        {
            "campaign": campaign.id,
            "message": message,
            "reached": sum(session.saved for session in to),
            "at": written(seconds()),
        }
    )
