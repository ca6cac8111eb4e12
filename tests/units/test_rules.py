"""Rules as tables: each word of a condition, and which rules then apply."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from actions.action import Risk
from actions.rules import LATER, Condition, Facts, Hours, Rule, Span

MONDAY_NOON = datetime(2026, 6, 1, 12, 0)  # noqa: DTZ001  what a rule sees is a wall clock


def facts(**more: Any) -> Facts:
    """A push to 812 people, asked by an operator, unless said otherwise."""
    given = {"action": "campaign.push_all", "risk": Risk.BLAST, "at": MONDAY_NOON, "reach": 812}
    return Facts(**{**given, "account": "main", "roles": frozenset({"operator"}), **more})


def span(least: float | None = None, most: float | None = None) -> Span:
    return Span(*(None if end is None else Decimal(str(end)) for end in (least, most)))


@pytest.mark.parametrize(
    ("value", "inside"),
    [(9, False), (10, True), (15, True), (20, True), (21, False), (None, False)],
)
def test_both_ends_of_a_span_are_inside(value: int | None, inside: bool) -> None:
    assert span(10, 20).holds(value) is inside


def test_what_is_not_known_lies_above_everything() -> None:
    assert span(least=10).holds(None)
    assert not span(most=10).holds(None)
    assert span(least=0).holds(0)
    assert span(most=0).holds(0)
    assert not span(most=0).holds(1)


@pytest.mark.parametrize(
    ("start", "until", "inside", "outside"),
    [
        ("09:00", "18:00", ["09:00", "17:59"], ["08:59", "18:00", "23:00", "00:00"]),
        ("21:00", "08:00", ["21:00", "23:59", "00:00", "07:59"], ["08:00", "20:59"]),
        ("00:00", "06:00", ["00:00", "05:59"], ["06:00", "23:59"]),
        ("22:00", "00:00", ["22:00", "23:59"], ["00:00", "21:59"]),
        ("09:00", "09:00", [], ["08:59", "09:00", "09:01"]),
    ],
)
def test_hours_go_over_midnight_and_end_is_outside(
    start: str, until: str, inside: list[str], outside: list[str]
) -> None:
    hours = Hours(time.fromisoformat(start), time.fromisoformat(until))
    assert all(hours.hold(time.fromisoformat(at)) for at in inside)
    assert not any(hours.hold(time.fromisoformat(at)) for at in outside)


NIGHT = Hours(time(21), time(8))
TABLE = [
    ("action", ("campaign.push_all",), {}, {"action": "campaign.push"}),
    ("action", ("*.push_all",), {"action": "loyalty.push_all"}, {"action": "campaign.create"}),
    ("action", ("campaign.list", "campaign.push*"), {}, {"action": "campaign.create"}),
    ("area", ("loyalty", "campaign"), {}, {"action": "session.info"}),
    ("area", ("single_*",), {"action": "single_use.create"}, {"action": "session.info"}),
    ("risk", (Risk.BLAST, Risk.LAUNCH), {"risk": Risk.LAUNCH}, {"risk": Risk.CHANGE}),
    ("account", ("main", "shop-*"), {"account": "shop-2"}, {"account": "test"}),
    ("roles", ("operator", "crm"), {"roles": frozenset({"crm", "x"})}, {"roles": frozenset("x")}),
    ("roles", ("operator",), {}, {"roles": frozenset()}),
    ("reach", span(least=812), {}, {"reach": 811}),
    ("reach", span(least=1000), {"reach": None}, {}),
    ("codes", span(least=10_001), {"codes": 10_001}, {"codes": 10_000}),
    ("face_value", span(most=20), {"face_value": Decimal("20.00")}, {"face_value": Decimal("21")}),
    ("face_value", span(least=20), {"face_value": None}, {"face_value": Decimal("19.99")}),
    ("rows", span(most=1), {}, {"rows": 2}),
    ("hours", NIGHT, {"at": datetime(2026, 6, 1, 21)}, {"at": datetime(2026, 6, 1, 8)}),  # noqa: DTZ001
    ("weekday", (5, 6), {"at": datetime(2026, 6, 6)}, {"at": datetime(2026, 6, 8)}),  # noqa: DTZ001
    ("first_use", True, {"first_use": True}, {}),
    ("first_use", False, {}, {"first_use": True}),
    ("scheduled", True, {"scheduled": True}, {}),
    ("scheduled", False, {}, {"scheduled": True}),
    ("to_self", True, {"to_self": True}, {}),
    ("to_self", False, {}, {"to_self": True}),
]


@pytest.mark.parametrize(("word", "said", "so", "otherwise"), TABLE)
def test_each_word_of_a_condition(
    word: str, said: Any, so: dict[str, Any], otherwise: dict[str, Any]
) -> None:
    condition = Condition(**{word: said})
    assert condition.matches(facts(**so))
    assert not condition.matches(facts(**otherwise))
    assert condition.failing(facts(**otherwise)) == word
    assert Condition().matches(facts(**otherwise))


def test_every_word_is_in_the_table() -> None:
    assert {word for word, *_ in TABLE} == set(Condition.__dataclass_fields__)


def test_what_is_not_said_of_a_wish_is_the_least() -> None:
    plain = Facts(action="campaign.list", risk=Risk.READ, at=MONDAY_NOON)
    assert (plain.account, plain.roles) == ("", frozenset())
    assert (plain.reach, plain.codes, plain.face_value, plain.rows) == (0, 0, Decimal(0), 1)
    assert (plain.first_use, plain.scheduled, plain.to_self) == (False, False, False)


def test_all_words_of_a_condition_have_to_hold_and_the_first_that_does_not_is_named() -> None:
    both = Condition(risk=(Risk.BLAST,), reach=span(least=1000), scheduled=True)
    assert both.matches(facts(reach=1000, scheduled=True))
    assert both.failing(facts(scheduled=False)) == "reach"
    assert both.failing(facts(risk=Risk.CHANGE)) == "risk"
    assert both.failing(facts(reach=1000)) == "scheduled"


def test_any_unless_keeps_a_rule_away() -> None:
    small, drill = Condition(reach=span(most=100)), Condition(account=("test",))
    rule = Rule("Blasts", Condition(risk=(Risk.BLAST,)), (small, drill), approvals=2)
    assert rule.matches(facts())
    assert rule.why_not(facts()) == ""
    assert rule.why_not(facts(reach=100)) == "unless 1"
    assert rule.why_not(facts(account="test")) == "unless 2"
    assert rule.why_not(facts(account="test", risk=Risk.CHANGE)) == "risk"
    assert rule.why_not(facts(reach=100, account="test")) == "unless 1"


def test_a_refusal_that_depends_on_a_look_waits_for_it() -> None:
    many, few = Condition(reach=span(least=500)), Condition(reach=span(most=500))
    for rule in (Rule("No", many, refuse="Too many."), Rule("No", unless=(few,), refuse="No.")):
        assert rule.why_not(facts(reach=None), looked=False) == LATER
        assert rule.matches(facts())
        assert not rule.matches(facts(reach=499))
        assert rule.matches(facts(reach=None))
    sure = Rule("No", Condition(risk=(Risk.BLAST,)), refuse="Never.")
    assert sure.matches(facts(reach=None), looked=False)


def test_before_a_look_a_rule_counts_that_may_still_apply() -> None:
    few, many = Condition(reach=span(most=100)), Condition(reach=span(least=100))
    for rule in (Rule("A", few, approvals=1), Rule("B", unless=(many,), approvals=1)):
        assert rule.matches(facts(reach=None), looked=False)
        assert not rule.matches(facts(reach=None))
    other = Rule("C", Condition(reach=span(most=100), account=("test",)), approvals=1)
    assert other.why_not(facts(), looked=False) == "account"
    kept_away = Rule("D", few, (Condition(account=("main",)), many), approvals=1)
    assert kept_away.why_not(facts(), looked=False) == "unless 1"


def test_a_rule_without_words_asks_for_nothing_of_anybody() -> None:
    rule = Rule("All")
    assert rule.matches(facts())
    assert (rule.approvals, rule.brake, rule.quiet, rule.refuse) == (0, timedelta(), None, "")
    assert rule.groups == {"approver"}


def test_a_rule_names_the_groups_that_it_speaks_of() -> None:
    when, unless = Condition(roles=("crm",)), (Condition(roles=("operator", "law")),)
    rule = Rule("All", when, unless, approvals=1, groups=frozenset({"finance"}))
    assert rule.named == {"crm", "operator", "law", "finance"}
    assert replace(rule, approvals=0).named == {"crm", "operator", "law"}
    assert Rule("All").named == frozenset()
