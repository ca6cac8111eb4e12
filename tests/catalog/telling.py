"""Stories to draw: one request of any action, in any state."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from actions.action import AnyAction, Risk
from actions.policy import decide
from actions.rulebook import builtin
from actions.rules import APPROVER, Facts
from actions.terms import Terms
from actions.weighing import kept, roles_of
from bot.views.story import Change, Story
from schedules.foresight import Outlook
from store.tables import Approval, Consent, Operation, Progress, Request

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
REQUEST = "req_0123456789abcdef"
NOTHING = Outlook()


def story(
    action: AnyAction,
    state: Consent = Consent.WAITING,
    *,
    runs: Sequence[Operation] = (),
    agreed: Sequence[str | Approval] = (),
    terms: Terms | None = None,
    change: Change | None = None,
    decided_by: str = "",
    rehearsed: Sequence[datetime] = (),
    outlook: Outlook = NOTHING,
    **also: Any,
) -> Story:
    """A request for the action's example by Ana, in that state."""
    reach = 12_431 if action.risk is Risk.BLAST else None
    asked = terms or terms_of(action, reach)
    row: dict[str, Any] = {
        "id": REQUEST,
        "account": "Northwind",
        "action": action.name,
        "inputs": [dict(action.example.inputs)],
        "actor": "U0ANA",
        "asked_at": NOW,
        "state": state,
        "digest": "c0ffee00" * 8,
        "quorum": asked.quorum,
        "terms": kept(asked),
        "preview": f"What “{action.title}” would do",
        "facts": [["Campaign", "Spring voucher · cam_400123"]],
        "reach": reach,
        "waiting_since": NOW,
    }
    request = Request(**row | also)
    yeses = [yes(each) if isinstance(each, str) else each for each in agreed]
    return Story(
        request=request,
        action=action,
        inputs=request.inputs,
        operations=list(runs),
        approvals=yeses,
        now=NOW,
        terms=asked,
        missing=asked.missing(roles_of(yeses), timedelta()),
        stamp=f"{request.id}:{request.version}.marked",
        change=change,
        decided_by=decided_by,
        rehearsed=rehearsed,
        outlook=outlook,
    )


def terms_of(action: AnyAction, reach: int | None = None) -> Terms:
    """What the built-in policy asks of somebody without a role; its version stands still."""
    asked = decide(builtin(), Facts(action=action.name, risk=action.risk, at=NOW, reach=reach))
    return replace(asked, policy="0123456789ab")


def yes(person: str, *roles: str, on_behalf: str = "", comment: str = "") -> Approval:
    """Somebody's approval."""
    return Approval(
        request=REQUEST,
        version=1,
        person=person,
        at=NOW,
        on_behalf=on_behalf,
        comment=comment,
        roles=list(roles or (APPROVER,)),
    )


def run(state: Progress, number: int = 0, problem: str = "", **also: Any) -> Operation:
    """One run of that request."""
    due = NOW + timedelta(hours=number)
    return Operation(
        id=f"op_{number:016x}",
        request=REQUEST,
        due=due,
        run_at=due,
        account="Northwind",
        action="campaign.push_all",
        inputs={},
        state=state,
        problem=problem,
        **also,
    )
