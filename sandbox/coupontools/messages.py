"""Calls that send a coupon, directory or card to one person, and those about groups of people.

Guessed: 604 is taken for a balance that is used up, `email_not_sent` for a mail that
`check_unique` holds back, and a missing loyalty card is 505 as in the other calls about it.
"""

from typing import Any

from sandbox.coupontools import rules
from sandbox.coupontools.account import Account, Person, Session, seconds, written
from sandbox.coupontools.answers import Failure
from sandbox.coupontools.lookups import campaign_of, session_of
from sandbox.coupontools.post import Group
from sandbox.coupontools.rules import Params, Together, flag, needed, text
from sandbox.coupontools.sessions import FIELDS

NO_SMS = "Your account is not connected with the Coupontools SMS services"
NO_EMAIL_GROUPS = "Your account is not connected with the Coupontools Email services"
NO_EMAIL = "No Email integration has been setup in your Coupontools account."


def send_email(account: Account, params: Params) -> dict[str, Any]:
    if not account.post.email:
        raise Failure((104, NO_EMAIL))
    together = Together()
    id = together.check(_sendable, account, params) or ""
    email = together.check(_email, params) or ""
    words = {name: text(params, name) for name in ("subject", "firstname", "lastname")}
    together.done()
    answer = {"campaign": id, "action": "email_sent", "email": email}
    if flag(params, "check_unique") and _had(account, id, email):
        return {**answer, "action": "email_not_sent"}
    _afford(account, "email")
    person = Person(words["firstname"], words["lastname"], email)
    session = _session(account, params, id, person)
    _sent(account, "email", {"campaign": id, "email": email, **words}, session)
    if session is None:
        return answer
    return {**answer, "single_use_code": session.code, "single_use_url": session.url}


def send_sms(account: Account, params: Params) -> dict[str, Any]:
    if not account.post.sms:
        raise Failure((103, NO_SMS))
    together = Together()
    id = together.check(_sendable, account, params) or ""
    phone = together.check(rules.shaped, params, "phone", rules.PHONE) or ""
    body, sender = text(params, "body"), text(params, "sender")
    together.done()
    _afford(account, "sms")
    session = _session(account, {}, id, Person(phone=phone))
    _sent(account, "sms", {"campaign": id, "phone": phone, "body": body, "sender": sender}, session)
    answer = {"campaign": id, "message": body, "phone": phone.removeprefix("+")}
    return {**answer, "single_use_code": session.code} if session else answer


def _email(params: Params) -> str:
    needed(params, "email")
    return rules.email(params, "email")


def _sendable(account: Account, params: Params) -> str:
    """The id of what is to be sent: one parameter for a campaign, a directory and a card."""
    id = rules.shaped(params, "campaign", r"cam_[0-9]+|dir_[0-9]+|(?!cam_|dir_)[0-9A-Za-z_-]+")
    if id.startswith("cam_"):
        return campaign_of(account, params).id
    if id.startswith("dir_") and id not in account.directories.all:
        raise Failure((502, "Directory ID not found"))
    if id not in account.directories.all and id not in account.loyalty.cards:
        raise Failure((505, "Loyalty card ID not found"))
    return id


def _had(account: Account, id: str, email: str) -> bool:
    """Whether this address was sent this before."""
    found = ((each["campaign"], each.get("email", "").lower()) for each in account.post.sent)
    return (id, email.lower()) in found


def _session(account: Account, params: Params, id: str, person: Person) -> Session | None:
    """The session that is wanted, or a new one; a directory and a card have none."""
    if id not in account.campaigns:
        return None
    if not text(params, "couponsession"):
        campaign = account.campaigns[id]
        (made,) = account.add_sessions(campaign, 1, person=person, single_use=True)
        account.made.append(made)
        return made
    wanted = session_of(account, params, short=False)
    if wanted.campaign.id != id:
        raise Failure((505, "Couponsession not found."))
    return wanted


def _afford(account: Account, kind: str) -> None:
    if account.post.balance[kind] <= 0:
        raise Failure((604, f"Exhausted balance: no {kind} left."))


def _sent(account: Account, kind: str, about: dict[str, Any], session: Session | None) -> None:
    account.post.balance[kind] -= 1
    code = session.code if session else ""
    account.post.sent.append({"kind": kind, **about, "session": code, "at": written(seconds())})


def list_sms_groups(account: Account, _: Params) -> dict[str, Any]:
    _connected(account)
    return _groups(account.post.sms_groups)


def list_email_groups(account: Account, _: Params) -> dict[str, Any]:
    if not account.post.email:
        raise Failure((103, NO_EMAIL_GROUPS))
    return _groups(account.post.email_groups)


def _groups(groups: dict[str, Group]) -> dict[str, Any]:
    shown = [{"ID": each.id, "name": each.name} for each in groups.values()]
    return {"amount_of_groups": len(shown), "group": shown}


def sms_contacts(account: Account, params: Params) -> dict[str, Any]:
    _connected(account)
    group = _group_of(account, params)
    return {"group_id": group.id, "contacts": group.contacts}


def create_sms_group(account: Account, params: Params) -> dict[str, Any]:
    _connected(account)
    return {"group_id": account.post.add_group("sms", needed(params, "group_name")).id}


def add_sms_contact(account: Account, params: Params) -> dict[str, Any]:
    """The same telephone twice is two contacts: nothing in the reference says otherwise."""
    _connected(account)
    together = Together()
    group = together.check(_group_of, account, params)
    contact = {"phone": together.check(rules.shaped, params, "phone", rules.PHONE) or ""}
    for name in ("first_name", "last_name", *FIELDS):
        contact[name] = together.check(text, params, name) or ""
    contact["birthday"] = together.check(_birthday, params) or ""
    together.done()
    if group is not None:
        group.contacts.append({name: value for name, value in contact.items() if value})
    return {}


def _birthday(params: Params) -> str:
    try:
        return rules.day(params, "birthday")
    except Failure:
        words = "incorrect format in birthday field, must be yyyy-MM-dd"
        raise Failure((303, words)) from None


def _group_of(account: Account, params: Params) -> Group:
    id = rules.shaped(params, "smsgroup", r"gro_[0-9]+")
    if id not in account.post.sms_groups:
        raise Failure((514, "Group ID not found"))
    return account.post.sms_groups[id]


def _connected(account: Account) -> None:
    if not account.post.sms:
        raise Failure((103, NO_SMS))
