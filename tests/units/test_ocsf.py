"""Lines as OCSF has them."""

from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest

from bot.ocsf import event, statement
from store.kinds import Kind
from store.tables import AuditEntry

AT = datetime(2026, 11, 28, 12, 0, 1, 500_000, UTC)
TEXT, NUMBER = {"type": "string", "minLength": 1}, {"type": "integer"}


def thing(required: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": {**required, **more}}


API_ACTIVITY = thing(
    {
        "category_uid": {"const": 6},
        "class_uid": {"const": 6003},
        "activity_id": {"enum": [0, 1, 2, 3, 4, 99]},
        "type_uid": {"enum": [600300, 600301, 600302, 600303, 600304, 600399]},
        "severity_id": {"enum": [0, 1, 2, 3, 4, 5, 6, 99]},
        "time": NUMBER,
        "metadata": thing({"version": TEXT, "product": thing({"name": TEXT})}, sequence=NUMBER),
        "actor": {"type": "object", "minProperties": 1},
        "api": thing({"operation": TEXT}),
        "src_endpoint": {"type": "object", "minProperties": 1},
    },
    status_id={"enum": [0, 1, 2, 99]},
    duration=NUMBER,
)
"""What version 1.3.0 of the schema demands of class 6003, written down from its pages."""


@pytest.mark.parametrize("kind", [*Kind, "of an elder release"])
def test_a_line_of_any_kind_is_an_event(kind: str) -> None:
    line = AuditEntry(seq=7, at=AT, actor="U0BO", kind=kind)
    jsonschema.validate(event(line), API_ACTIVITY)


def test_a_call_says_what_was_answered_and_how_long_it_took() -> None:
    said: dict[str, Any] = {"action": "campaign.create", "endpoint": "campaign_create"}
    said |= {"status": 422, "code": "501", "took_ms": 31, "request": "req_1", "campaign": "cam_1"}
    found = event(AuditEntry(seq=7, at=AT, actor="runner", kind="failed", became="failed", **said))
    jsonschema.validate(found, API_ACTIVITY)
    assert (found["activity_id"], found["status_id"], found["time"]) == (1, 2, 1795867201500)
    assert found["api"] == {
        "operation": "campaign.create",
        "service": {"name": "Coupontools"},
        "request": {"uid": "req_1"},
        "response": {"code": 422, "error": "501"},
    }
    assert (found["duration"], found["resources"][0]["uid"]) == (31, "cam_1")
    assert found["metadata"]["sequence"] == 7


def test_the_export_itself_is_an_event_too() -> None:
    found = statement(AT, {"filter": "everything", "lines": 3})
    jsonschema.validate(found, API_ACTIVITY)
    assert found["unmapped"] == {"filter": "everything", "lines": 3}
