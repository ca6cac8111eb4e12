"""Policy as a table: who may, how many have to agree, how late is too late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions import policy
from actions.catalog import CATALOG
from actions.policy import APPROVER, OPERATOR, Person

MEMBER = Person("U0ANA", "Ana")
GIVEN: dict[str, Any] = {
    "account": "main",
    "action": "campaign.push_all",
    "inputs": [{"campaign": "cam_1", "message": "Summer"}],
    "when": None,
    "crontab": "",
    "timezone": "UTC",
    "reach": 812,
}


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("campaign.list", 0),
        ("session.search", 0),
        ("campaign.create", 1),
        ("single_use.create_many", 1),
        ("campaign.push_all", 2),
    ],
)
def test_how_many_others_have_to_agree(name: str, others: int) -> None:
    assert policy.approvals_needed(CATALOG[name], MEMBER) == others


@pytest.mark.parametrize(
    ("name", "late"),
    [
        ("campaign.push_all", timedelta(minutes=15)),
        ("campaign.create", timedelta(hours=24)),
        ("single_use.create_many", timedelta(days=7)),
    ],
)
def test_how_late_a_run_may_start(name: str, late: timedelta) -> None:
    assert policy.lateness(CATALOG[name]) == late


def test_only_members_who_are_approvers_approve() -> None:
    approver = frozenset({APPROVER})
    assert policy.may_approve(Person("U0BO", "Bo", roles=approver))
    assert not policy.may_approve(Person("U0BO", "Bo", roles=approver, member=False))
    assert not policy.may_approve(Person("U0ANA", "Ana", roles=frozenset({OPERATOR})))


@pytest.mark.parametrize(
    ("agreed", "now", "outgrown"),
    [(812, 812, False), (812, 893, False), (812, 894, True), (812, None, True), (None, 9, False)],
)
def test_a_blast_may_grow_by_a_tenth(agreed: int | None, now: int | None, outgrown: bool) -> None:
    assert policy.outgrown(agreed, now) is outgrown


def test_the_digest_covers_everything_that_is_agreed_to() -> None:
    others = {
        "account": "second",
        "action": "campaign.create",
        "inputs": [{"campaign": "cam_1", "message": "Winter"}],
        "when": datetime(2026, 12, 1, tzinfo=UTC),
        "crontab": "0 9 * * *",
        "timezone": "Europe/Brussels",
        "reach": 813,
    }
    digests = {policy.digest(**GIVEN)} | {
        policy.digest(**{**GIVEN, name: value}) for name, value in others.items()
    }
    assert len(digests) == 1 + len(others)
    turned = {"message": "Summer", "campaign": "cam_1"}
    assert policy.digest(**{**GIVEN, "inputs": [turned]}) == policy.digest(**GIVEN)
