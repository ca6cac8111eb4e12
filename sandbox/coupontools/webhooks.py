"""Calls about webhooks, and the events that go to them.

Inferred in the reference: the three calls that manage webhooks. Guessed: validated and claimed
are told of sessions, the other kinds of campaigns; an event has one id for all who are told.
"""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import Account, Campaign, Session, seconds, written
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.courier import Event, Habits, Parcel, Webhook
from sandbox.coupontools.lookups import campaign_of
from sandbox.coupontools.rules import Params, Together, choice, needed, text
from sandbox.coupontools.sessions import customer, status

OF_SESSIONS = ("coupon_validated", "coupon_claimed")
UNTOLD = "coupon_opened"
"""Happens, and no webhook is known that tells it."""
KINDS = (*OF_SESSIONS, "coupon_created", "coupon_updated", "coupon_removed")


def create_webhook(account: Account, params: Params) -> dict[str, Any]:
    together = Together()
    endpoint = together.check(_endpoint, params) or ""
    kind = together.check(_kind, params) or ""
    limit = together.check(campaign_of, account, params) if text(params, "campaign") else None
    together.done()
    webhook = Webhook(_id(account), kind, endpoint, limit.id if limit else "")
    account.webhooks[webhook.id] = webhook
    return {"webhook": shown(webhook)}


def _endpoint(params: Params) -> str:
    needed(params, "endpoint")
    return rules.url(params, "endpoint")


def _kind(params: Params) -> str:
    needed(params, "type")
    return choice(params, "type", KINDS)


def _id(account: Account) -> str:
    return f"evt_{account.token(20)}"


def shown(webhook: Webhook) -> dict[str, str]:
    about = {"ID": webhook.id, "type": webhook.type, "endpoint": webhook.endpoint}
    return {**about, "campaign": webhook.campaign} if webhook.campaign else about


def list_webhooks(account: Account, _: Params) -> dict[str, Any]:
    return {"webhook": [shown(webhook) for webhook in account.webhooks.values()]}


def delete_webhook(account: Account, params: Params) -> dict[str, Any]:
    if account.webhooks.pop(needed(params, "webhook"), None) is None:
        raise Failure((509, "Webhook not found."))
    return {}


def verification(account: Account, params: Params) -> dict[str, Any]:
    """Knows events, not webhooks: a session is compared when it is given."""
    event = account.events.get(needed(params, "webhook"))
    if event is None:
        raise Failure((509, "Webhook not found."))
    if text(params, "session") not in ("", event.session):
        raise Failure((505, "Couponsession not found."))
    return {
        "result": "valid",
        "webhook": event.id,
        "date": written(event.at),
        "campaign": event.campaign,
        "session": event.session,
        "type": event.type,
    }


def happening(account: Account, given: Any) -> tuple[str, Campaign, Session | None]:
    """One event on demand. A session that is opened, validated or claimed then really is.

    `as` names another kind, under which it is told.
    """
    if not isinstance(given, dict) or given.keys() - {"type", "campaign", "session", "as"}:
        raise Failure((300, "only type, campaign, session and as are known"))
    needed(given, "type")
    kind = choice(given, "type", (*KINDS, UNTOLD))
    session = account.session(text(given, "session"))
    if text(given, "session") and session is None:
        raise Failure((505, "Couponsession not found."))
    campaign = campaign_of(account, given) if text(given, "campaign") else None
    if campaign is None:
        campaign = session.campaign if session else first(account)
    if session is not None and session.campaign is not campaign:
        raise Failure((505, "Couponsession not found."))
    if kind not in (*OF_SESSIONS, UNTOLD):
        return kind, campaign, None
    return kind, campaign, _touched(account, campaign, session, kind.removeprefix("coupon_"))


def first(account: Account) -> Campaign:
    """The first that guests have, else the first of all."""
    every = [*account.campaigns.values()]
    return next((each for each in every if each.sessions), every[0])


def _touched(account: Account, campaign: Campaign, given: Session | None, mark: str) -> Session:
    """The session that is meant, else one to which this has not happened, else a new guest's."""
    untouched = (one for one in campaign.sessions if not getattr(one, mark))
    session = given or next(untouched, None) or account.add_sessions(campaign, 1)[0]
    setattr(session, mark, getattr(session, mark) or seconds())
    return session


def event_of(
    account: Account,
    habits: Habits,
    kind: str,
    campaign: Campaign,
    session: Session | None,
    told_as: str = "",
) -> tuple[dict[str, Any], list[Parcel]]:
    """An event as it is told, and whom it is told to; from now on verification knows it."""
    event = Event(
        _id(account), told_as or kind, seconds(), campaign.id, session.code if session else ""
    )
    account.events[event.id] = event
    told = _payload(event, campaign, session)
    body = json.dumps(told).encode()
    wanted = [hook for hook in account.webhooks.values() if wants(hook, kind, campaign.id)]
    signed = habits.headers(body, account.keys[1])
    return told, [Parcel(event, hook.endpoint, body, signed) for hook in wanted]


def wants(webhook: Webhook, kind: str, campaign: str) -> bool:
    return webhook.type == kind and webhook.campaign in ("", campaign)


def parcels(account: Account, habits: Habits) -> Iterator[Parcel]:
    """What the last call made happen, for those who want to be told."""
    happened, account.happened = account.happened, []
    for kind, campaign, session in happened:
        if any(wants(hook, kind, campaign.id) for hook in account.webhooks.values()):
            yield from event_of(account, habits, kind, campaign, session)[1]


def _payload(event: Event, campaign: Campaign, session: Session | None) -> dict[str, Any]:
    about = {
        "id": event.id,
        "type": event.type,
        "datetime": written(event.at),
        "campaign": campaign.id,
        "coupon_code": campaign.code,
    }
    if session is None:
        return {**about, "coupon": _coupon(campaign)}
    return {
        **about,
        "session": session.code,
        "customid": session.customid,
        "customer": customer(session),
        "status": status(session),
    }


def _coupon(campaign: Campaign) -> dict[str, str]:
    return {
        "friendly_name": campaign.name,
        "title": campaign.title,
        "subtitle": campaign.subtitle,
        "tags": campaign.tags,
        "coupon_value": "",
        "custom_validation_code": "",
        "customid": "",
        "timezone": "Europe/Brussels",
    }
