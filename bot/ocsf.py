"""Lines of the record as events of OCSF, class API Activity: for a SIEM. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coupontools.endpoints import ENDPOINTS
from store.kinds import Kind
from store.tables import AuditEntry

VERSION = "1.3.0"
CATEGORY, CLASS = 6, 6003
"""Application Activity, API Activity."""
CREATE, READ, UPDATE, DELETE, OTHER = 1, 2, 3, 4, 99
UNKNOWN, SUCCESS, FAILURE = 0, 1, 2
LOW, MEDIUM, HIGH = 2, 3, 4
PRODUCT = {"name": "Vouchdesk", "vendor_name": "Vouchdesk"}

SEEN = (Kind.READ, Kind.EXPORTED, Kind.SHOWN, Kind.FILE_SENT, Kind.BROKEN_OFF)
MADE = (Kind.ASKED, Kind.ACCOUNT_ADDED, Kind.DELEGATED)
GONE = (Kind.PRUNED, Kind.TRIMMED, Kind.FILE_REMOVED, Kind.ERASED, Kind.DELEGATION_ENDED)
CHANGED = (
    *(Kind.APPROVED, Kind.MOVED, Kind.LEFT_OUT, Kind.BROKE_GLASS, Kind.STOPPED_ALL),
    *(Kind.RESUME_AGREED, Kind.RESUMED_ALL, Kind.ROLE_CHANGED, Kind.POLICY_CHANGED),
    *(Kind.ACCOUNT_CHANGED, Kind.RETENTION_CHANGED),
)
FAILED = (Kind.FAILED, Kind.DECLINED, Kind.REFUSED, Kind.VOID, Kind.BROKEN_OFF, Kind.GAP)
SEVERITY = {
    Kind.DECLINED: LOW,
    Kind.FAILED: LOW,
    Kind.UNCLEAR: MEDIUM,
    Kind.BROKE_GLASS: MEDIUM,
    Kind.GAP: HIGH,
}
REST = (
    *("surface", "team", "was", "became", "digest", "rule", "role", "on_behalf"),
    *("operation", "step", "account", "campaign"),
)
"""What OCSF has no place for; it stands under `unmapped`, as we call it."""


def event(line: AuditEntry) -> dict[str, Any]:
    """One line as one event; what it does not say is left out."""
    doing = activity(line)
    api: dict[str, Any] = {"operation": line.action or line.kind}
    api["service"] = {"name": "Coupontools" if line.endpoint else "Vouchdesk"}
    if line.request:
        api["request"] = {"uid": line.request}
    if line.status is not None or line.code:
        said = {"code": line.status, "error": line.code}
        api["response"] = {name: value for name, value in said.items() if value}
    told = {name: value for name in REST if (value := getattr(line, name))}
    if line.endpoint:
        told["endpoint"] = line.endpoint
    return {
        **_base(line.at, doing, line.seq),
        "activity_id": doing,
        "severity_id": SEVERITY.get(Kind(line.kind), 1) if line.kind in tuple(Kind) else 1,
        "status_id": _status(line.kind),
        "status_detail": line.kind,
        "message": line.because or line.kind,
        "actor": {"user": {"uid": line.actor, "name": line.actor}},
        "api": api,
        "src_endpoint": {"name": line.surface or "vouchdesk"},
        **({"duration": line.took_ms} if line.took_ms is not None else {}),
        **({"resources": [{"uid": line.campaign, "type": "campaign"}]} if line.campaign else {}),
        "unmapped": told,
    }


def statement(at: datetime, said: Mapping[str, Any]) -> dict[str, Any]:
    """The export itself, as the last event of it."""
    return {
        **_base(at, READ, None),
        "activity_id": READ,
        "severity_id": 1,
        "status_id": SUCCESS,
        "message": "What this file holds of the record of Vouchdesk",
        "actor": {"app_name": "vouchdesk"},
        "api": {"operation": "audit.export", "service": {"name": "Vouchdesk"}},
        "src_endpoint": {"name": "vouchdesk"},
        "unmapped": dict(said),
    }


def activity(line: AuditEntry) -> int:
    """What is done: by the call, where there is one, else by the kind of line."""
    if line.endpoint and line.kind != Kind.READ:
        return _of_call(line.endpoint)
    groups = ((SEEN, READ), (MADE, CREATE), (GONE, DELETE), (CHANGED, UPDATE))
    moved = UPDATE if line.became else OTHER
    return next((doing for kinds, doing in groups if line.kind in kinds), moved)


def _of_call(endpoint: str) -> int:
    known = ENDPOINTS.get(endpoint)
    if known is not None and known.reads:
        return READ
    if any(word in endpoint for word in ("delete", "revoke")):
        return DELETE
    makes = ("create", "add", "copy", "sso", "push", "send", "reset", "link")
    return CREATE if any(word in endpoint for word in makes) else UPDATE


def _status(kind: str) -> int:
    if kind == Kind.UNCLEAR:
        return UNKNOWN
    return FAILURE if kind in FAILED else SUCCESS


def _base(at: datetime, doing: int, seq: int | None) -> dict[str, Any]:
    uid = {"uid": str(seq), "sequence": seq} if seq else {}
    return {
        "category_uid": CATEGORY,
        "class_uid": CLASS,
        "type_uid": CLASS * 100 + doing,
        "time": int(at.timestamp() * 1000),
        "metadata": {"version": VERSION, "product": PRODUCT, "log_name": "record", **uid},
    }
