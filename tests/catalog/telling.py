"""Stories to draw: one request of any action, in any state."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from actions.action import AnyAction, Risk
from bot.handbook import quorum_of
from bot.views.story import Story
from store.tables import Approval, Consent, Operation, Progress, Request

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
REQUEST = "req_0123456789abcdef"


def story(
    action: AnyAction,
    state: Consent = Consent.WAITING,
    *,
    runs: Sequence[Operation] = (),
    agreed: Sequence[str] = (),
    **also: Any,
) -> Story:
    """A request for the action's example by Ana, in that state."""
    row: dict[str, Any] = {
        "id": REQUEST,
        "account": "Northwind",
        "action": action.name,
        "inputs": [dict(action.example.inputs)],
        "actor": "U0ANA",
        "asked_at": NOW,
        "state": state,
        "digest": "c0ffee00" * 8,
        "quorum": quorum_of(action),
        "preview": f"What “{action.title}” would do",
        "facts": [["Campaign", "Spring voucher · cam_400123"]],
        "reach": 12_431 if action.risk is Risk.BLAST else None,
    }
    request = Request(**row | also)
    yeses = [Approval(request=REQUEST, version=1, person=person, at=NOW) for person in agreed]
    return Story(request, action, request.inputs, list(runs), yeses, NOW)


def run(state: Progress, number: int = 0, problem: str = "") -> Operation:
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
    )
