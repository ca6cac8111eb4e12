"""Whether the account answers each read as we expect: calls them all, about what others named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError

from actions.action import AnyAction, Reads, Risk
from actions.catalog import CATALOG
from actions.loose import Listing
from coupontools.endpoint import Endpoint
from coupontools.endpoints import ENDPOINTS
from coupontools.errors import ApiError, Garbled, Refused

NOTHING_WORKS = {101, 1000}
"""Refusals that say nothing about the call: the account has expired, the keys are wrong."""
GIVES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "subaccount_list": {"subaccount": ("ID",)},
    "campaign_list": {"campaign": ("ID",)},
    "campaign_data": {"session": ("session",), "code": ("status", "own_validation_code")},
    "loyalty_list": {"loyalty card": ("ID",)},
    "loyalty_users_list": {"loyalty user": ("ID",)},
    "v4_loyalty_list": {"card number": ("id",)},
    "v4_loyalty_users_list": {"holder number": ("id",)},
    "directory_list": {"directory": ("ID",)},
    "v4_directory_list": {"directory number": ("id",)},
    "v4_directory_users_list": {"user number": ("id",)},
    "sms_group_list": {"group": ("ID",)},
    "webhook_list": {"webhook": ("ID",)},
}
"""What a row of an answer names, and where in the row."""
CAMPAIGN = {"campaign": "campaign"}
CARD, DIRECTORY = {"loyaltycard": "loyalty card"}, {"directory": "directory"}
NUMBERED = {"loyaltyCardId": "card number"}
NEEDS: Mapping[str, Mapping[str, str]] = {
    "subaccount_info": {"subaccount": "subaccount"},
    "campaign_info": CAMPAIGN,
    "campaign_data": CAMPAIGN,
    "campaign_opens": CAMPAIGN,
    "campaign_claims": CAMPAIGN,
    "campaign_validations": CAMPAIGN,
    "session_data": {"couponsession": "session"},
    "session_search": {"code": "code"},
    "campaign_session_search": {**CAMPAIGN, "code": "code"},
    "loyalty_info": CARD,
    "loyalty_users_list": CARD,
    "loyalty_users_search": {**CARD, "search": "loyalty user"},
    "v4_loyalty_users_list": NUMBERED,
    "v4_loyalty_user_get": {**NUMBERED, "userId": "holder number"},
    "directory_info": DIRECTORY,
    "directory_campaigns": DIRECTORY,
    "directory_users_list": DIRECTORY,
    "v4_directory_get": {"id": "directory number"},
    "v4_directory_users_list": {"id": "directory number"},
    "v4_directory_user_get": {"id": "directory number", "userId": "user number"},
    "sms_group_contacts": {"smsgroup": "group"},
    "webhook_verification": {"webhook": "webhook"},
}
"""Which parameter of a call is filled with which of these."""


class Verdict(StrEnum):
    PROVEN = "proven"
    REFUSED = "refused"
    DIFFERENT = "different"
    UNANSWERED = "unanswered"
    UNTRIED = "untried"


@dataclass(frozen=True)
class Proof:
    """What became of one call; `ok` is None when nothing is wrong and nothing is proven."""

    endpoint: Endpoint
    verdict: Verdict
    ok: bool | None
    words: str


def prove(api: Reads) -> Iterator[Proof]:
    """Each read of the registry, in its order. Tells of shapes, never what the account holds."""
    known: dict[str, Any] = {}
    for endpoint in ENDPOINTS.values():
        if endpoint.reads:
            yield _tried(api, endpoint, known)


def _tried(api: Reads, endpoint: Endpoint, known: dict[str, Any]) -> Proof:
    needs = NEEDS.get(endpoint.id, {})
    lacking = [thing for thing in needs.values() if thing not in known]
    if lacking and "{" in endpoint.path:
        words = f"there is no {lacking[0]} to ask about"
        return Proof(endpoint, Verdict.UNTRIED, None, words)
    payload = {name: known[thing] for name, thing in needs.items() if thing in known}
    try:
        answer = api.call(endpoint, payload)
    except ApiError as error:
        return _failed(endpoint, error, lacking)
    for thing, path in GIVES.get(endpoint.id, {}).items():
        if found := _first(answer, path):
            known[thing] = found
    return _read(endpoint, answer)


def _failed(endpoint: Endpoint, error: ApiError, lacking: list[str]) -> Proof:
    match error:
        case Refused(codes=codes) if codes and not NOTHING_WORKS & set(codes):
            hint = f" There was no {lacking[0]} to ask about." if lacking else ""
            words = f"by a code of its own, so it is there. {error}{hint}"
            return Proof(endpoint, Verdict.REFUSED, None, words)
        case Refused():
            return Proof(endpoint, Verdict.REFUSED, False, str(error))
        case Garbled():
            return Proof(endpoint, Verdict.DIFFERENT, False, str(error))
        case _:
            return Proof(endpoint, Verdict.UNANSWERED, False, str(error))


def _read(endpoint: Endpoint, answer: Any) -> Proof:
    """Whether what an action reads of this answer is in it."""
    action = _reader(endpoint)
    if action is None:
        if isinstance(answer, dict | list):
            return Proof(endpoint, Verdict.PROVEN, True, "it answers; no action reads it yet")
        return Proof(endpoint, Verdict.DIFFERENT, False, "neither an object nor a list")
    try:
        found = action.output.model_validate(answer)
    except ValidationError as error:
        return Proof(endpoint, Verdict.DIFFERENT, False, _where(error))
    lacks = _lacks(action, found, answer)
    if lacks:
        return Proof(endpoint, Verdict.DIFFERENT, False, lacks)
    return Proof(endpoint, Verdict.PROVEN, True, f"“{action.title}” reads its answer")


def _reader(endpoint: Endpoint) -> AnyAction | None:
    readers = (action for action in CATALOG.values() if action.risk is Risk.READ)
    return next((each for each in readers if each.steps[0].endpoint is endpoint), None)


def _lacks(action: AnyAction, found: BaseModel, answer: Any) -> str:
    """What the example's answer has and this one has not; the parts that may be missing count too.

    Lists and objects matter one by one; of plain texts, one is enough.
    """
    like = action.output.model_validate(action.example.reply)
    if isinstance(found, Listing) and not _has_list(answer):
        return "there is no list in it"
    parts = {name for name in like.model_fields_set if _is_part(getattr(like, name))}
    if missing := sorted(parts - found.model_fields_set):
        return f"there is no {', '.join(missing)} in it"
    if like.model_fields_set and not found.model_fields_set:
        return "nothing is in it that is read"
    for name in sorted(parts):
        if _is_blank(getattr(found, name)):
            return f"nothing is in its {name} that is read"
    return ""


def _has_list(answer: Any) -> bool:
    held = answer.values() if isinstance(answer, dict) else (answer,)
    return any(isinstance(each, list) for each in held)


def _is_part(value: Any) -> bool:
    return isinstance(value, list | BaseModel)


def _is_blank(part: Any) -> bool:
    """An object, or the first of several, of which no field was found; no rows are not blank."""
    one = next(iter(part), None) if isinstance(part, list) else part
    return isinstance(one, BaseModel) and bool(type(one).model_fields) and not one.model_fields_set


def _where(error: ValidationError) -> str:
    """The first place that is otherwise, without what stands there."""
    fault = error.errors(include_input=False, include_context=False, include_url=False)[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'the whole'}: {fault['msg'].lower()}"


def _first(answer: Any, path: tuple[str, ...]) -> Any:
    """The first that the rows of an answer name there; an active one if there is one."""
    held = answer.values() if isinstance(answer, dict) else (answer,)
    lists = [each for each in held if isinstance(each, list)]
    rows = [row for row in max(lists, key=len, default=[]) if isinstance(row, dict)]
    rows.sort(key=lambda row: row.get("status") != "active")
    return next((found for row in rows if (found := _at(row, path))), None)


def _at(row: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        row = row.get(name) if isinstance(row, dict) else None
    return row if isinstance(row, str | int) else None
