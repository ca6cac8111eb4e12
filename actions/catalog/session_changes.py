"""Changing coupon sessions: one, or several at once."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from actions.action import Action, Done, Example, Reads, Risk, Step, once
from actions.card import Attachment, Card, Offer, Preview, Table
from actions.fields import Choice, Inputs, Private, Reply, SessionCode, Text, said, wrong
from actions.lives import OPERATIONS, Lived, Said, now
from actions.undo import Undo
from coupontools import endpoints

Operation = Annotated[
    Literal["validated", "claimed", "void", "unvoid", "lock", "unlock"], Choice(OPERATIONS)
]
WHOLE, MOST, OFFERED = 21, 500, 80
"""`OFFERED`: as many whole codes as the value of a button has room for."""
CODE = re.compile(r"[A-Za-z0-9]{6}|[A-Za-z0-9]{21}")
BACK = {"void": "unvoid", "unvoid": "void", "lock": "unlock", "unlock": "lock"}


def _with_a_point(amount: str) -> str:
    plain = amount.replace(",", ".")
    if not plain.isascii() or float(plain) == 0:
        raise said("A positive number, such as 10 or 2.50.")
    if float(plain) >= 10**9:
        raise said("At most nine digits before the point.")
    return plain


Amount = Annotated[
    str,
    StringConstraints(pattern=r"^\d+([.,]\d{1,2})?$", max_length=12),
    AfterValidator(_with_a_point),
    Text(),
]


About = Annotated[str, StringConstraints(min_length=1, max_length=50), Text(), Private()]
"""What the consumer filled in, or somebody for them."""


class UpdateSession(Inputs):
    couponsession: SessionCode = Field(
        title="Coupon session", description="Its code, or the first 6 characters of it."
    )
    operation: Operation = Field(title="What to do")
    value: Amount | None = Field(
        None, title="Money spent", description="Kept with a validation, such as 12.50."
    )
    customfield1: About | None = Field(
        None,
        title="Custom field 1",
        description="That this call keeps custom fields, and how they are named, is inferred.",
    )
    customfield2: About | None = Field(None, title="Custom field 2")
    customfield3: About | None = Field(None, title="Custom field 3")
    customfield4: About | None = Field(None, title="Custom field 4")
    customfield5: About | None = Field(None, title="Custom field 5")
    customfield6: About | None = Field(None, title="Custom field 6")
    customfield7: About | None = Field(None, title="Custom field 7")

    @model_validator(mode="after")
    def _only_a_validation_has_a_value(self) -> "UpdateSession":
        if self.value and self.operation != "validated":
            raise wrong("value", "Only a validation keeps a value.")
        return self


def _name_session(asked: UpdateSession, api: Reads) -> Preview:
    text = f"{dict(OPERATIONS)[asked.operation]}: coupon session {asked.couponsession}"
    if len(asked.couponsession) < WHOLE:  # what reads a session takes whole codes only
        return Preview(text)
    reply = api.call(endpoints.SESSION_DATA, {"couponsession": asked.couponsession})
    found = Lived.model_validate(reply)
    life = found.data.status
    return Preview(
        f"{text}, which is {life.state}",
        facts=(("Campaign", found.campaign), ("State", now(life))),
    )


class Updated(Reply):
    campaign: Said = ""
    session: Said = ""


def _updated_card(done: Updated) -> Card:
    facts = (("Session", done.session), ("Campaign", done.campaign))
    return Card(
        "The coupon session is changed",
        facts=tuple((title, value) for title, value in facts if value),
    )


def _told(given: Mapping[str, Any]) -> str:
    back = BACK.get(given.get("operation", ""))
    if back is None:
        return "No call takes a validation or a claim back"
    return f"It can be taken back with “{dict(OPERATIONS)[back]}”"


def _back(asked: UpdateSession, done: Updated) -> Offer | None:
    whole = done.session if len(done.session) == WHOLE else asked.couponsession
    return _reversed(asked.operation, "session.update", ("couponsession", whole))


def _reversed(operation: str, action: str, which: tuple[str, str]) -> Offer | None:
    back = BACK.get(operation)
    if back is None:
        return None
    return Offer(dict(OPERATIONS)[back], action, (which, ("operation", back)))


UPDATE = Action(
    name="session.update",
    title="Change a coupon",
    summary="Validate, claim, void or lock one coupon session, or take that back",
    risk=Risk.CHANGE,
    inputs=UpdateSession,
    output=Updated,
    steps=once(endpoints.SESSION_UPDATE),
    preview=_name_session,
    present=_updated_card,
    undo=Undo(
        "Void and lock are taken back by unvoid and unlock; validated and claimed stay",
        told=_told,
        offer=_back,
    ),
    example=Example(
        inputs={
            "couponsession": "h4mz0q7ty2ke9wd5rbn1x",
            "operation": "validated",
            "value": "12.50",
        },
        reply={
            "campaign": "cam_400123",
            "action": "session_updated",
            "session": "h4mz0q7ty2ke9wd5rbn1x",
        },
    ),
)


def _codes(text: str) -> list[str]:
    return [*dict.fromkeys(code for code in re.split(r"[\s,;]+", text) if code)]


def _checked(text: str) -> str:
    """Each code once, each of the right form; those that are not are named."""
    codes = _codes(text)
    odd = [code for code in codes if not CODE.fullmatch(code)]
    if odd:
        some = ", ".join(code[:30] for code in odd[:3])
        rest = f" and {len(odd) - 3:,} more" if len(odd) > 3 else ""
        raise said(f"No session code: {some}{rest}. It has 21 letters and digits, or its first 6.")
    if not codes:
        raise said("Give at least one session code.")
    if len(codes) > MOST:
        raise said(f"At most {MOST} session codes at once; these are {len(codes):,}.")
    return ", ".join(codes)


SessionCodes = Annotated[str, AfterValidator(_checked), Text(multiline=True)]


class UpdateSessions(Inputs):
    couponsessions: SessionCodes = Field(
        title="Coupon sessions",
        description="Codes or their first 6 characters, one per line or with commas; at most 500. "
        "This box holds some 130 whole codes.",
    )
    operation: Operation = Field(title="What to do")


def _as_list(asked: UpdateSessions, _: Done) -> Mapping[str, Any]:
    return {"couponsessions": _codes(asked.couponsessions), "operation": asked.operation}


def _count_sessions(asked: UpdateSessions, _: Reads) -> Preview:
    codes = _codes(asked.couponsessions)
    some = ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "")
    count = f"{len(codes):,} coupon session{'s' if len(codes) != 1 else ''}"
    return Preview(f"{dict(OPERATIONS)[asked.operation]}: {count}", facts=(("Sessions", some),))


class SessionResult(Reply):
    session: Said
    result: Said = ""

    @property
    def went_well(self) -> bool:
        return self.result.lower() == "ok"


class UpdatedSessions(Reply):
    data: list[SessionResult] = []


def _updates_card(done: UpdatedSessions) -> Card:
    def rows() -> Iterator[tuple[object, ...]]:
        for row in done.data:
            yield row.session, row.result

    if not done.data:
        return Card("The coupon sessions are changed; Coupontools names none of them")
    count, odd = len(done.data), [row for row in done.data if not row.went_well]
    table = [(row.session, row.result) for row in odd[:20]]
    return Card(
        f"{count - len(odd):,} of {count:,} coupon sessions are changed",
        table=Table(("Not changed", "Why"), table, total=len(odd)) if odd else None,
        attachment=Attachment(f"sessions-{count}.csv", ("session", "result"), rows),
    )


def _all_back(asked: UpdateSessions, done: UpdatedSessions) -> Offer | None:
    """Those that were changed, if a button can carry their codes."""
    changed = [row.session for row in done.data if row.went_well and CODE.fullmatch(row.session)]
    codes = changed if done.data else _codes(asked.couponsessions)
    if not 0 < len(codes) <= OFFERED:
        return None
    return _reversed(asked.operation, "session.update_many", ("couponsessions", ", ".join(codes)))


UPDATE_MANY = Action(
    name="session.update_many",
    title="Change several coupons",
    summary="Validate, claim, void or lock up to 500 coupon sessions at once",
    risk=Risk.LAUNCH,
    inputs=UpdateSessions,
    output=UpdatedSessions,
    steps=(Step("session_update_multiple", endpoints.SESSION_UPDATE_MULTIPLE, _as_list),),
    preview=_count_sessions,
    present=_updates_card,
    undo=Undo(
        "Void and lock are taken back by unvoid and unlock; validated and claimed stay",
        told=_told,
        offer=_all_back,
    ),
    example=Example(
        inputs={"couponsessions": "h4mz0q7ty2ke9wd5rbn1x, k2v9c1", "operation": "void"},
        reply={
            "action": "multiple_sessions_updated",
            "data": [
                {"session": "h4mz0q7ty2ke9wd5rbn1x", "result": "OK"},
                {"session": "k2v9c1", "result": "Couponsession not found."},
            ],
        },
    ),
)

ACTIONS = (UPDATE, UPDATE_MANY)
