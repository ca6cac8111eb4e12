"""Calls about sessions: usage data, one session, search, change."""

from collections.abc import Callable
from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import Account, Campaign, Session, seconds, written
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.lookups import campaign_of, session_of
from sandbox.coupontools.rules import Params, choice, needed, text

OPERATIONS = ("validated", "claimed", "void", "unvoid", "lock", "unlock")
FIELDS = tuple(f"customfield{number}" for number in range(1, 8))
UTM = tuple(f"utm_{part}" for part in ("campaign", "source", "medium", "term", "content"))
PLACE = {
    "redeem_location_company_name": "Stone Bakery",
    "redeem_location_street": "1 Mill Lane",
    "redeem_location_zip": "9000",
    "redeem_location_city": "Ghent",
    "redeem_location_province": "",
    "redeem_location_country": "BE",
    "redeem_location_phone": "",
    "redeem_location_website": "https://example.test",
}

Handler = Callable[[Account, Params], dict[str, Any]]


def status(session: Session) -> dict[str, Any]:
    """Flags are the texts "0" and "1", moments that never were are empty."""
    utm = session.utm or {}
    return {
        "created_date_utc": written(session.created),
        "opened": "1" if session.opened else "0",
        "open_date_utc": written(session.opened),
        "played": "1" if session.played else "0",
        "played_date_utc": written(session.played),
        "claimed": "1" if session.claimed else "0",
        "claim_date_utc": written(session.claimed),
        "claimtype": "",
        "saved_to_passbook": "1" if session.passbook else "0",
        "saved_to_passbook_date_utc": written(session.passbook),
        "saved_to_androidpay": "1" if session.androidpay else "0",
        "saved_to_androidpay_date_utc": written(session.androidpay),
        "validated": "1" if session.validated else "0",
        "validation_date_utc": written(session.validated),
        "own_validation_code": session.own_code,
        "validation_value": session.value,
        "redeem_location_ID": "",
        "voided": "1" if session.voided else "0",
        "voided_date_utc": written(session.voided_at),
        "unvoided_date_utc": written(session.unvoided_at),
        "locked": "1" if session.locked else "0",
        "unlocked_date_utc": written(session.unlocked_at),
        "value": "",
        "customid": session.customid,
        "expiration_date": session.expiry,
        **{name: utm.get(name) for name in UTM},
    }


def customer(session: Session) -> dict[str, str]:
    """What the consumer left behind. The reference says that there is more, not how it is named."""
    return {**session.person._asdict(), "customid": session.customid, **(session.fields or {})}


def usage(action: str, happened: str) -> Handler:
    """The call that lists the sessions of a campaign to which this happened."""

    def listed(account: Account, params: Params) -> dict[str, Any]:
        campaign = campaign_of(account, params)
        page = rules.positive(params, "page") or 1
        start, end = rules.bound(params, "start_date"), rules.bound(params, "end_date", end=True)
        found = [
            session
            for session in campaign.sessions
            if (at := getattr(session, happened))
            and (start is None or start <= at)
            and (end is None or at <= end)
        ]
        rows = [_row(session) for session in found[(page - 1) * account.page : page * account.page]]
        return {
            "campaign": campaign.id,
            "action": action,
            "amount_of_results": len(rows),
            "data": rows,
        }

    return listed


def _row(session: Session) -> dict[str, Any]:
    return {
        "session": session.code,
        "sequenceid": str(session.sequence),
        "status": status(session),
        "customer": customer(session),
    }


def session_data(account: Account, params: Params) -> dict[str, Any]:
    session = session_of(account, params, short=False)
    return {
        "campaign": session.campaign.id,
        "action": "retrieve_all_session_data",
        "session": session.code,
        "session_url": session.url,
        "sequenceid": str(session.sequence),
        "customid": session.customid,
        "data": {"status": {**status(session), **PLACE}, "customer": customer(session)},
    }


def search(account: Account, params: Params) -> dict[str, Any]:
    wanted = _wanted(params)
    found = [one for campaign in account.campaigns.values() for one in _matching(campaign, wanted)]
    if not found:
        raise Failure((505, "Couponsession not found."))
    return {
        "action": "search_session",
        "amount_of_results": len(found),
        "data": [{"campaign": one.campaign.id, "session": one.code} for one in found],
    }


def search_in_campaign(account: Account, params: Params) -> dict[str, Any]:
    """None found is an answer here: the reference names no error for it."""
    campaign = campaign_of(account, params)
    found = _matching(campaign, _wanted(params))
    return {
        "campaign": campaign.id,
        "amount_of_results": len(found),
        "data": [{"session": one.code} for one in found],
    }


def _wanted(params: Params) -> tuple[str, str, str]:
    code, phone = text(params, "code"), text(params, "phone")
    email = text(params, "email").lower()
    if not (code or phone or email):
        raise Failure((200, "Missing parameter: code, phone or email"))
    return code, phone, email


def _matching(campaign: Campaign, wanted: tuple[str, str, str]) -> list[Session]:
    code, phone, email = wanted
    return [
        one
        for one in campaign.sessions
        if code in ("", one.own_code)
        and phone in ("", one.person.phone)
        and email in ("", one.person.email.lower())
    ]


def update(account: Account, params: Params) -> dict[str, Any]:
    session = session_of(account, params, short=True)
    needed(params, "operation")
    operation = choice(params, "operation", OPERATIONS)
    value = rules.amount(params, "value")
    fields = {name: text(params, name, 50) for name in FIELDS if text(params, name)}
    if operation == "validated" and value:
        session.value = value
    if fields:
        session.fields = {**(session.fields or {}), **fields}
    _carry_out(account, session, operation)
    return {
        "campaign": session.campaign.id,
        "action": "session_updated",
        "session": session.code,
    }


def update_many(account: Account, params: Params) -> dict[str, Any]:
    """One that is not found does not stop the others; its row says so. A list or `a,b` will do."""
    given = params.get("couponsessions")
    codes = given if isinstance(given, list) else text(params, "couponsessions").split(",")
    codes = [code.strip() for code in codes if isinstance(code, str) and code.strip()]
    if not codes:
        raise Failure((200, "Missing parameter: couponsessions"))
    needed(params, "operation")
    operation, rows = choice(params, "operation", OPERATIONS), []
    for code in codes:
        session = account.session(code)
        if session is not None:
            _carry_out(account, session, operation)
        rows.append({"session": code, "result": "OK" if session else "Couponsession not found."})
    return {"action": "multiple_sessions_updated", "data": rows}


def _carry_out(account: Account, session: Session, operation: str) -> None:
    before = (session.validated, session.claimed)
    _change(session, operation, seconds())
    if before != (session.validated, session.claimed):
        account.happened.append((f"coupon_{operation}", session.campaign, session))
    account.updates.append(
        {"session": session.code, "operation": operation, "at": written(seconds())}
    )


def _change(session: Session, operation: str, now: int) -> None:
    """Each operation sets a state: the second time changes nothing, not even the moment."""
    match operation:
        case "validated":
            session.validated = session.validated or now
        case "claimed":
            session.claimed = session.claimed or now
        case "void" if not session.voided:
            session.voided, session.voided_at = True, now
        case "unvoid" if session.voided:
            session.voided, session.unvoided_at = False, now
        case "lock":
            session.locked = True
        case "unlock" if session.locked:
            session.locked, session.unlocked_at = False, now
