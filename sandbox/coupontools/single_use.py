"""Calls about single-use URLs: make one, make many, remove one."""

import re
from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import UPPER, Account, Campaign, Person, Session, seconds, written
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.lookups import campaign_of, session_of
from sandbox.coupontools.rules import Params, choice, flag, needed, text
from sandbox.coupontools.sessions import FIELDS, UTM

MOST = 100_000
AUTOMATED = ("code_prefix", "code_length", "code_type")
ALPHABETS = {"numeric": UPPER[:10], "alphanumeric": UPPER}
LENGTHS = {"6digits": 6, "8digits": 8, "10digits": 10}


def create(account: Account, params: Params) -> dict[str, Any]:
    campaign = campaign_of(account, params)
    person = Person(
        text(params, "firstname"),
        text(params, "lastname"),
        rules.email(params, "email"),
        text(params, "phone"),
    )
    about = {
        "customid": text(params, "customid", 50),
        "expiry": _expiry(params),
    }
    fields = {name: text(params, name, 50) for name in FIELDS if text(params, name)}
    utm = {name: text(params, name) for name in UTM if text(params, name)}
    own_code = _own_code(account, params)
    session = _duplicate(campaign, params)
    if session is None:
        (session,) = account.add_sessions(
            campaign, 1, person=person, own_code=own_code, single_use=True, **about
        )
        session.fields, session.utm = fields or None, utm or None
        account.made.append(session)
    return {
        "campaign": campaign.id,
        "action": "single_use_code_created",
        **_row(session),
    }


def _expiry(params: Params) -> str:
    """One client of the API writes a colon between date and time: that will do too."""
    found = text(params, "expiry_date")
    plain = re.sub(rf"^({rules.DAY}):", r"\1 ", found)
    return rules.second({"expiry_date": plain}, "expiry_date")


def _row(session: Session) -> dict[str, Any]:
    return {
        "single_use_code": session.code,
        "sequence_id": session.sequence,
        "single_use_url": session.url,
        "widget_validation_code": session.code[:6],
    }


def _own_code(account: Account, params: Params) -> str:
    given, length = text(params, "customvalcode", 100), choice(params, "autovalcode", LENGTHS)
    if given and length:
        raise Failure((300, "Use customvalcode or autovalcode, not both"))
    if length:
        return account.new_own_codes("", LENGTHS[length], ALPHABETS["numeric"], 1)[0]
    return given


def _duplicate(campaign: Campaign, params: Params) -> Session | None:
    """The session that this consumer already has, when the call asks to look for one."""
    by = choice(params, "duplicate_check", ("email", "phone", "customid"))
    if not by:
        return None
    wanted = needed(params, by).lower()
    return next((one for one in campaign.sessions if _known(one, by).lower() == wanted), None)


def _known(session: Session, by: str) -> str:
    return str(session.customid if by == "customid" else getattr(session.person, by))


def create_many(account: Account, params: Params) -> dict[str, Any]:
    campaign = campaign_of(account, params)
    amount = rules.positive(params, "amount", MOST) or 10
    status = choice(params, "status", ("normal", "voided", "activated")) or "normal"
    own_codes = _automated(account, params, amount)
    now, voided = seconds(), status == "voided"
    made = account.add_sessions(
        campaign, amount, single_use=True, voided=voided, voided_at=now if voided else 0
    )
    for session, own_code in zip(made, own_codes, strict=False):
        session.own_code = own_code
    account.batches.append(
        {
            "campaign": campaign.id,
            "amount": amount,
            "status": status,
            **{name: text(params, name) for name in AUTOMATED if own_codes},
            "at": written(now),
        }
    )
    return {
        "campaign": campaign.id,
        "action": " multiple_single_use_codes_created",  # the blank in front is documented
        "data": [{**_row(one), "custom_validation_code": one.own_code} for one in made],
    }


def _automated(account: Account, params: Params, amount: int) -> list[str]:
    """Validation codes of a given form, if wanted; then all three of its parameters are needed."""
    length = rules.length(params, "code_length")
    kind = choice(params, "code_type", ALPHABETS)
    if not flag(params, "automated_codes"):
        return []
    missing = [name for name in AUTOMATED if not text(params, name)]
    if missing or length is None:
        raise Failure(*((200, f"Missing parameter: {name}") for name in missing))
    return account.new_own_codes(text(params, "code_prefix"), length, ALPHABETS[kind], amount)


def delete(account: Account, params: Params) -> dict[str, Any]:
    session = session_of(account, params, short=False)
    if not session.single_use:
        raise Failure((505, "Couponsession not found."))
    account.delete(session)
    return {"action": "single_use_deleted", "session": session.code}
