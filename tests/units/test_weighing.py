"""What the policy is told of a request, and the terms and facts that are kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, SQLModel, create_engine

from actions.action import Risk
from actions.catalog import CATALOG
from actions.errors import NotAllowed
from actions.policy import Person
from actions.privacy import sealed
from actions.rulebook import read
from actions.rules import Facts
from actions.terms import Terms
from actions.weighing import Weighing, allow, facts_of, kept, noted, terms_of
from store.secrets import Vault
from store.tables import Account, Consent, Request
from tests.world import KEY

NOW = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
ANA = Person("U0ANA", "Ana", roles=frozenset({"operator"}))
MINE = "rules: [{rule: All, approvals: 1}]\nseeds: {U0ANA: aB3dE6}"
BRUSSELS = Account(name="main", client_id="", client_secret="", timezone="Europe/Brussels")
TEMPLATE, SPLASH = "cam_100001", "cam_123456"
VAULT = Vault([KEY])


@pytest.fixture(scope="module")
def tx() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def request(name: str, *rows: dict[str, Any], **more: Any) -> Request:
    inputs = [sealed(CATALOG[name].inputs.model_validate(row), VAULT) for row in rows]
    about: dict[str, Any] = {"account": "main", "action": name, "inputs": inputs, "actor": "U0ANA"}
    return Request(**{**about, "asked_at": NOW, "state": Consent.ASKED, **more})


def facts(tx: Session, asked: Request, person: Person = ANA, reach: int | None = 812) -> Facts:
    weighing = Weighing(CATALOG, VAULT, lambda: read(MINE), lambda: NOW)
    return weighing.facts(tx, asked, BRUSSELS, person, reach)


def test_a_blast_is_weighed_by_whom_it_reaches_and_when(tx: Session) -> None:
    asked = request("campaign.push_all", {"campaign": SPLASH, "message": "Summer"})
    assert facts(tx, asked) == Facts(
        action="campaign.push_all",
        risk=Risk.BLAST,
        at=NOW.astimezone(ZoneInfo("Europe/Brussels")),
        clock="Europe/Brussels",
        account="main",
        roles=frozenset({"operator"}),
        reach=812,
    )
    assert facts(tx, asked).at.hour == 0
    assert facts(tx, asked, reach=None).reach is None


@pytest.mark.parametrize(("ahead", "hours"), [(-48, 0), (5, 5)])
def test_the_moment_is_the_planned_one_until_it_has_passed(
    tx: Session, ahead: int, hours: int
) -> None:
    planned = NOW + timedelta(hours=ahead)
    push = {"campaign": SPLASH, "message": "Summer"}
    found = facts(tx, request("campaign.push_all", push, planned_at=planned))
    assert found.at == NOW + timedelta(hours=hours)
    assert found.scheduled
    assert facts(tx, request("campaign.push_all", push, crontab="0 9 * * *")).scheduled
    assert not facts(tx, request("campaign.push_all", push)).scheduled


def test_codes_values_and_templates_are_weighed(tx: Session) -> None:
    codes = facts(tx, request("single_use.create_many", {"campaign": SPLASH, "amount": 20_000}))
    assert (codes.codes, codes.reach, codes.face_value) == (20_000, 0, Decimal(0))
    assert not codes.first_use
    made = request("campaign.create", {"template": TEMPLATE, "discount_value": "2,50"})
    assert facts(tx, made).face_value == Decimal("2.50")
    assert facts(tx, made).first_use
    left = request("campaign.create", {"template": TEMPLATE})
    assert facts(tx, left).face_value is None  # the template's, which nobody has read


def test_rows_are_counted_and_a_wish_without_any_is_weighed_too(tx: Session) -> None:
    row = {"couponsession": "abc123", "operation": "void"}
    assert facts(tx, request("session.update", row, row)).rows == 2
    assert facts(tx, request("single_use.create_many")).codes == 0


@pytest.mark.parametrize(
    ("codes", "person", "so"),
    [
        (["aB3dE6"], ANA, True),
        (["aB3dE7"], ANA, False),
        (["aB3dE6"], Person("U0BO", "Bo"), False),
        (["aB3dE6", "aB3dE6"], ANA, False),
        (["aB3dE6", "zzzzzz"], ANA, False),
    ],
)
def test_a_push_to_ones_own_phone_is_one_to_the_seed_and_nowhere_else(
    tx: Session, codes: list[str], person: Person, so: bool
) -> None:
    rows = [{"campaign": SPLASH, "couponsession": code, "message": "Hi"} for code in codes]
    assert facts(tx, request("campaign.push", *rows), person).to_self is so


def test_nobody_without_a_seed_pushes_to_themselves(tx: Session) -> None:
    update = request("session.update", {"couponsession": "aB3dE6", "operation": "void"})
    assert not facts(tx, update).to_self
    assert not facts(tx, update, Person("U0BO", "Bo")).to_self


def test_terms_and_facts_come_back_from_a_row_as_they_were(tx: Session) -> None:
    asked = request("campaign.create", {"template": TEMPLATE, "discount_value": "2.50"})
    weighed = facts(tx, asked)
    asked.weighed = noted(weighed)
    assert facts_of(asked) == weighed
    assert facts_of(request("campaign.list")) is None
    assert terms_of(request("campaign.list")) == Terms("")
    weighing = Weighing(CATALOG, VAULT, lambda: read(MINE), lambda: NOW)
    asked.terms = kept(weighing.of(tx, asked, BRUSSELS, ANA, reach=None))
    assert terms_of(asked).needs[0].groups == {"approver"}


def test_a_refusal_names_its_rules() -> None:
    allow(Terms("v1"))
    with pytest.raises(NotAllowed, match=r"^Not now\. \(policy: A, B\)$"):
        allow(Terms("v1", refusal="Not now.", rules=("A", "B")))
    with pytest.raises(NotAllowed, match=r"^Nothing\.$"):
        allow(Terms("v1", refusal="Nothing."))
