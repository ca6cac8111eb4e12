"""Policy as a table: the strictest of each thing, who may, how late is too late."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from actions import policy
from actions.action import Risk
from actions.catalog import CATALOG
from actions.policy import UNCOVERED, Person, Policy
from actions.rules import Condition, Days, Facts, Hours, Rule, Span
from actions.terms import Escalation, Need, Terms

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
FACTS = Facts(action="campaign.push_all", risk=Risk.BLAST, at=NOON, account="main", reach=812)
BLAST, OTHER = Condition(risk=(Risk.BLAST,)), Condition(risk=(Risk.CHANGE,))
FEW, MANY = Condition(reach=Span(most=Decimal(100))), Condition(reach=Span(least=Decimal(101)))
NIGHT, LUNCH = Hours(time(21), time(8)), Hours(time(12), time(14))
ESCALATION = Escalation(timedelta(hours=24), frozenset({"heads"}))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def decided(*rules: Rule, facts: Facts = FACTS, looked: bool = True) -> Terms:
    return policy.decide(Policy("v1", rules, escalation=ESCALATION), facts, looked=looked)


def need(count: int, *groups: str) -> Need:
    return Need(count, frozenset(groups), "A rule")


def asks(terms: Terms) -> set[tuple[int, frozenset[str]]]:
    return {(need.count, need.groups) for need in terms.needs}


def test_of_each_thing_the_strictest_holds() -> None:
    terms = decided(
        Rule("One", BLAST, approvals=1, brake=MINUTE),
        Rule("Two", BLAST, approvals=2, quiet=NIGHT),
        Rule("Slow", brake=HOUR, quiet=LUNCH),
        Rule("Finance", BLAST, approvals=1, groups=frozenset({"finance"})),
        Rule("Elsewhere", OTHER, approvals=9, brake=9 * HOUR),
    )
    assert asks(terms) == {(2, frozenset({"approver"})), (1, frozenset({"finance"}))}
    assert terms.brake == HOUR
    assert terms.quiet == (NIGHT, LUNCH)
    assert terms.rules == ("One", "Two", "Slow", "Finance")
    assert terms.quorum == 2
    assert terms.escalation == ESCALATION
    assert (terms.policy, terms.refusal) == ("v1", "")


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ((1, "a"), (2, "a"), {(2, "a")}),
        ((2, "a"), (1, "a b"), {(2, "a")}),
        ((1, "a"), (2, "a b"), {(1, "a"), (2, "a b")}),
        ((1, "a"), (1, "b"), {(1, "a"), (1, "b")}),
        ((1, "a"), (1, "a"), {(1, "a")}),
    ],
)
def test_a_need_that_another_includes_is_left_out(
    first: tuple[int, str], second: tuple[int, str], kept: set[tuple[int, str]]
) -> None:
    wanted = {(count, frozenset(groups.split())) for count, groups in kept}
    for pair in ((first, second), (second, first)):
        rules = [
            Rule(str(n), approvals=count, groups=frozenset(groups.split()))
            for n, (count, groups) in enumerate(pair)
        ]
        terms = decided(*rules)
        assert asks(terms) == wanted
        assert len(terms.needs) == len(wanted)


def test_blackout_days_of_all_matching_rules_hold() -> None:
    christmas = Days(date(2026, 12, 24), date(2026, 12, 26))
    sale, other = (
        Days(date(2026, 11, 27), date(2026, 11, 27)),
        Days(date(2026, 1, 1), date(2026, 1, 1)),
    )
    terms = decided(
        Rule("A rule", BLAST, blackout=(christmas,)),
        Rule("Another", blackout=(sale, christmas)),
        Rule("Others", OTHER, blackout=(other,)),
    )
    assert terms.blackout == (sale, christmas)


@pytest.mark.parametrize(
    ("at", "over"),
    [
        ("2026-12-23T22:59", None),
        ("2026-12-23T23:00", "2026-12-26T23:00"),  # midnight in Brussels
        ("2026-12-26T22:59", "2026-12-26T23:00"),
        ("2026-12-26T23:00", None),
        ("2027-03-28T10:00", "2027-03-28T22:00"),  # a day of 23 hours
        ("2026-05-01T10:00", "2026-05-03T22:00"),  # three that follow each other
    ],
)
def test_blackout_days_are_over_at_midnight(at: str, over: str | None) -> None:
    days = [
        Days(date(2026, 12, 24), date(2026, 12, 26)),
        Days(date(2027, 3, 28), date(2027, 3, 28)),
        Days(date(2026, 5, 3), date(2026, 5, 3)),
        Days(date(2026, 5, 1), date(2026, 5, 2)),
    ]
    then = datetime.fromisoformat(at).replace(tzinfo=UTC)
    found = policy.blackout_until(days, BRUSSELS, then)
    assert found == (datetime.fromisoformat(over).replace(tzinfo=UTC) if over else None)


def test_of_two_needs_alike_the_first_rule_is_named() -> None:
    terms = decided(Rule("First", approvals=1), Rule("Second", approvals=1))
    assert [need.rule for need in terms.needs] == ["First"]


def test_a_refusal_is_all_that_is_said_with_every_reason() -> None:
    terms = decided(
        Rule("Fine", approvals=1, brake=HOUR, quiet=NIGHT),
        Rule("Never", BLAST, refuse="Not like this."),
        Rule("At no time", refuse="Not now."),
        Rule("Never ever", refuse="Not like this."),
    )
    assert terms == Terms(
        "v1", refusal="Not like this. Not now.", rules=("Never", "At no time", "Never ever")
    )


def test_what_no_rule_speaks_of_is_refused() -> None:
    nothing = Terms("v1", refusal=UNCOVERED)
    assert decided(Rule("Changes", OTHER, approvals=1)) == nothing
    assert decided() == nothing
    assert decided(Rule("Brake", OTHER, brake=HOUR), looked=False) == nothing


def test_what_is_allowed_needs_nobody_and_escalates_to_nobody() -> None:
    assert decided(Rule("Fine", BLAST)) == Terms("v1", rules=("Fine",))


def test_an_unknown_reach_counts_as_many() -> None:
    rules = Rule("Few", FEW, approvals=1), Rule("Many", MANY, approvals=3)
    unknown = Facts(action="campaign.push_all", risk=Risk.BLAST, at=NOON, reach=None)
    assert decided(*rules, facts=unknown).rules == ("Many",)
    assert decided(*rules).rules == ("Many",)


def test_unless_it_is_said_otherwise_somebody_has_looked() -> None:
    few = Policy("v1", (Rule("Few", FEW, approvals=1),))
    assert policy.decide(few, FACTS).refusal == UNCOVERED


def test_before_the_look_nothing_is_refused_that_may_come_out_well() -> None:
    few = Rule("Few", FEW, approvals=1)
    assert decided(few).refusal == UNCOVERED
    before = decided(few, looked=False)
    assert (before.refusal, before.quorum) == ("", 1)
    both = decided(few, Rule("Many", MANY, approvals=3), looked=False)
    assert both.quorum == 3
    too_many = Rule("Too many", MANY, refuse="Too many.")
    assert decided(few, too_many, looked=False).refusal == ""
    assert decided(few, too_many).refusal == "Too many."


RULES = st.builds(
    Rule,
    st.sampled_from(["A", "B", "C", "D"]),
    when=st.sampled_from([Condition(), BLAST, OTHER, FEW, MANY]),
    unless=st.sampled_from([(), (FEW,), (OTHER,), (MANY, OTHER)]),
    approvals=st.integers(0, 3),
    groups=st.sampled_from([frozenset("a"), frozenset("b"), frozenset("ab"), frozenset("abc")]),
    brake=st.sampled_from([timedelta(), MINUTE, HOUR]),
    quiet=st.sampled_from([None, NIGHT, LUNCH]),
    refuse=st.sampled_from(["", "", "", "No.", "Never."]),
)
LISTS = st.lists(RULES, max_size=6)
REACHES = st.sampled_from([None, 0, 100, 101, 812])


def weighed(reach: int | None) -> Facts:
    return Facts(action="campaign.push_all", risk=Risk.BLAST, at=NOON, reach=reach)


def meant(terms: Terms) -> tuple[Any, ...]:
    """All that terms ask for, without the order of rules."""
    words = frozenset(terms.refusal.split())
    return asks(terms), terms.brake, frozenset(terms.quiet), words, sorted(terms.rules)


@settings(max_examples=60, deadline=None)
@given(LISTS, st.randoms(use_true_random=False), REACHES, st.booleans())
def test_the_order_of_rules_does_not_matter(
    rules: list[Rule], chance: random.Random, reach: int | None, looked: bool
) -> None:
    mixed = chance.sample(rules, len(rules))
    first = decided(*rules, facts=weighed(reach), looked=looked)
    second = decided(*mixed, facts=weighed(reach), looked=looked)
    assert meant(first) == meant(second)


ROLES = st.lists(st.sets(st.sampled_from("abc")).map(frozenset), max_size=4)


@settings(max_examples=100, deadline=None)
@given(LISTS, RULES, REACHES, ROLES)
def test_one_more_rule_never_loosens(
    rules: list[Rule], more: Rule, reach: int | None, given: list[frozenset[str]]
) -> None:
    before = decided(*rules, facts=weighed(reach))
    after = decided(*rules, more, facts=weighed(reach))
    if before.refusal != UNCOVERED:
        assert not before.refusal or after.refusal
        assert after.refusal or after.brake >= before.brake
        assert after.refusal or set(after.quiet) >= set(before.quiet)
        enough = not after.refusal and not after.missing(given, timedelta())
        assert not enough or not before.missing(given, timedelta())


@settings(max_examples=60, deadline=None)
@given(LISTS, REACHES)
def test_what_is_refused_before_the_look_is_refused_after_it(
    rules: list[Rule], reach: int | None
) -> None:
    before = decided(*rules, facts=weighed(None), looked=False)
    after = decided(*rules, facts=weighed(reach))
    if before.refusal:
        assert after.refusal
    elif not after.refusal:
        assert before.quorum >= after.quorum


@pytest.mark.parametrize(
    ("needs", "given", "short"),
    [
        ([(2, "a")], ["a"], [1]),
        ([(2, "a")], ["a", "a"], []),
        ([(2, "a")], ["a", "b"], [1]),
        ([(2, "a")], [], [2]),
        ([(1, "a"), (1, "b")], ["a b"], []),  # one person answers two needs
        ([(2, "a b")], ["a b"], [1]),  # never twice one
        ([(1, "a"), (1, "b")], ["a"], [1]),
        ([(2, "a"), (1, "b")], ["a", "b"], [1]),
        ([(2, "a"), (1, "b")], ["a", "a b"], []),
        ([(1, "a")], ["a", "a", "a"], []),
        ([], [], []),
    ],
)
def test_who_is_still_missing(
    needs: list[tuple[int, str]], given: list[str], short: list[int]
) -> None:
    terms = Terms("v1", tuple(need(count, *groups.split()) for count, groups in needs))
    said = [frozenset(roles.split()) for roles in given]
    assert [*terms.missing(said, timedelta()).values()] == short
    assert terms.quorum == max((count for count, _ in needs), default=0)


@pytest.mark.parametrize(
    ("waited", "short"), [(timedelta(hours=24), 0), (timedelta(hours=25), 0), (23.9 * HOUR, 1)]
)
def test_after_long_enough_others_may_decide_too(waited: timedelta, short: int) -> None:
    terms = Terms("v1", (need(1, "approver"),), escalation=ESCALATION)
    head = Person("U0HEAD", "Head", roles=frozenset({"heads"}))
    assert len(terms.missing([head.roles], waited)) == short
    assert policy.may_approve(head, terms, waited) is (short == 0)
    assert terms.missing([frozenset({"approver"})], waited) == {}
    assert Terms("v1", terms.needs).eligible(terms.needs[0], waited) == {"approver"}


def test_only_members_of_a_group_that_has_to_agree_approve() -> None:
    terms = Terms("v1", (need(1, "approver"), need(1, "finance")))
    for roles, may in (
        (("approver",), True),
        (("finance", "x"), True),
        (("x",), False),
        ((), False),
    ):
        assert policy.may_approve(Person("U0BO", "Bo", roles=frozenset(roles)), terms) is may
    guest = Person("U0GIL", "Gil", roles=frozenset({"approver"}), member=False)
    assert not policy.may_approve(guest, terms)
    assert not policy.may_ask(guest)
    assert policy.may_ask(Person("U0ANA", "Ana"))
    assert not policy.may_approve(Person("U0BO", "Bo", roles=frozenset({"approver"})), Terms("v1"))


@pytest.mark.parametrize(
    ("agreed", "asked", "enough"),
    [
        ([(1, "a")], [], True),
        ([(1, "a")], [(1, "a")], True),
        ([(2, "a")], [(1, "a b")], True),
        ([(1, "a")], [(2, "a")], False),
        ([(1, "a b")], [(1, "a")], False),
        ([(1, "b"), (2, "a")], [(1, "a"), (1, "b")], True),
        ([(2, "a")], [(1, "a"), (1, "b")], False),
        ([], [(1, "a")], False),
        ([], [], True),
    ],
)
def test_what_has_been_agreed_to_is_enough_or_it_is_not(
    agreed: list[tuple[int, str]], asked: list[tuple[int, str]], enough: bool
) -> None:
    met, wanted = (
        Terms("v1", tuple(need(count, *groups.split()) for count, groups in needs))
        for needs in (agreed, asked)
    )
    assert policy.covers(met, wanted) is enough
    assert not policy.covers(met, replace(wanted, refusal="Not now."))


@pytest.mark.parametrize(
    ("name", "late"),
    [
        ("campaign.push_all", timedelta(minutes=15)),
        ("campaign.create", timedelta(hours=24)),
        ("subaccount.create", timedelta(hours=24)),
        ("campaign.list", timedelta(hours=24)),
        ("session.update", timedelta(hours=24)),
        ("single_use.create_many", timedelta(days=7)),
        ("single_use.create", timedelta(hours=24)),
    ],
)
def test_how_late_a_run_may_start(name: str, late: timedelta) -> None:
    assert policy.lateness(CATALOG[name]) == late


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("session.update", True),
        ("single_use.create", True),
        ("campaign.push", False),
        ("message.sms", False),
        ("campaign.push_all", False),
        ("campaign.create", False),
        ("campaign.list", False),
        ("subaccount.keys", False),
    ],
)
def test_which_actions_take_a_sheet(name: str, may: bool) -> None:
    assert policy.may_batch(CATALOG[name]) is may


@pytest.mark.parametrize(
    ("agreed", "now", "off"),
    [
        *[(812, 812, False), (812, 893, False), (812, 894, True), (812, 731, False)],
        *[(812, 730, True), (812, None, True), (None, 9, False), (None, None, False)],
        *[(10, 11, False), (10, 9, False), (10, 12, True), (10, 8, True), (0, 0, False)],
        *[(0, 1, True), (9, 10, True)],
    ],
)
def test_a_blast_may_reach_a_tenth_more_or_fewer(
    agreed: int | None, now: int | None, off: bool
) -> None:
    assert policy.drifted(agreed, now) is off


BRUSSELS = "Europe/Brussels"


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        (["21:00-08:00"], "2026-06-01T18:59", None),
        (["21:00-08:00"], "2026-06-01T19:00", "2026-06-02T06:00"),
        (["21:00-08:00"], "2026-06-02T05:59", "2026-06-02T06:00"),
        (["21:00-08:00"], "2026-06-02T06:00", None),
        (["12:00-14:00"], "2026-06-01T11:30", "2026-06-01T12:00"),
        (["12:00-14:00", "13:00-15:00"], "2026-06-01T11:30", "2026-06-01T13:00"),
        (["12:00-14:00", "21:00-08:00"], "2026-06-01T11:30", "2026-06-01T12:00"),
        # the clock goes forward at 02:00 on 29 March, and back at 03:00 on 25 October
        (["21:00-08:00"], "2026-03-28T20:30", "2026-03-29T06:00"),
        (["21:00-08:00"], "2026-10-24T19:30", "2026-10-25T07:00"),
        (["22:00-02:30"], "2026-03-29T00:45", "2026-03-29T01:30"),
        (["22:00-02:30"], "2026-10-25T00:15", "2026-10-25T01:30"),
        (["22:00-02:30"], "2026-10-25T01:15", "2026-10-25T01:30"),
        ([], "2026-06-01T23:00", None),
    ],
)
def test_until_when_it_is_quiet(hours: list[str], now: str, until: str | None) -> None:
    quiet = [Hours(*(time.fromisoformat(end) for end in each.split("-"))) for each in hours]
    found = policy.quiet_until(quiet, BRUSSELS, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert found == (datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None)
    assert found is None or found.tzinfo is UTC


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(st.integers(0, 47), st.integers(0, 47)).filter(lambda pair: pair[0] != pair[1]),
    st.integers(0, 2 * 366 * 24 * 4),
)
def test_quiet_hours_end_later_than_now_and_within_a_day(
    ends: tuple[int, int], quarters: int
) -> None:
    start, until = (time(half // 2, half % 2 * 30) for half in ends)
    now = datetime(2026, 1, 1, tzinfo=UTC) + quarters * timedelta(minutes=15)
    end = policy.quiet_until([Hours(start, until)], BRUSSELS, now)
    if end is not None:
        assert now < end <= now + timedelta(hours=25)


GIVEN: dict[str, Any] = {
    "account": "main",
    "action": "campaign.push_all",
    "inputs": [{"campaign": "cam_1", "message": "Summer"}],
    "when": None,
    "crontab": "",
    "timezone": "UTC",
    "reach": 812,
    "terms": {"policy": "v1", "brake": "PT2M"},
}


def test_the_digest_covers_everything_that_is_agreed_to() -> None:
    others = {
        "account": "second",
        "action": "campaign.create",
        "inputs": [{"campaign": "cam_1", "message": "Winter"}],
        "when": datetime(2026, 12, 1, tzinfo=UTC),
        "crontab": "0 9 * * *",
        "timezone": BRUSSELS,
        "reach": 813,
        "terms": {"policy": "v2", "brake": "PT2M"},
    }
    assert others.keys() == GIVEN.keys()
    others |= {"until": date(2026, 12, 24), "runs": 20}
    digests = {policy.digest(**GIVEN)} | {
        policy.digest(**{**GIVEN, name: value}) for name, value in others.items()
    }
    assert len(digests) == 1 + len(others)
    assert all(len(digest) == 64 for digest in digests)


def test_what_elder_releases_agreed_to_has_the_digest_that_they_gave_it() -> None:
    """Without an end a series says nothing of one, so that a grant outlives an upgrade."""
    elder = "a9c3b563036b98e22668230d418f21cf675b2886becb7d02dce94f567628c7f5"
    assert policy.digest(**GIVEN) == elder
    assert policy.digest(**GIVEN, until=None, runs=None) == elder


def test_the_digest_is_of_canonical_bytes() -> None:
    """An approval of today has to be good after an upgrade: these bytes may not change."""
    turned = {"message": "Été", "campaign": "cam_1"}
    found = policy.digest(**{**GIVEN, "inputs": [turned]})
    assert found == policy.digest(**{**GIVEN, "inputs": [dict(reversed(turned.items()))]})
    assert found == "f6f78ab0c330d39f50464ae0244f3eb9b382934339afe7a9629c50ca666e3746"


def test_what_a_policy_says_of_time_and_people_when_it_says_nothing() -> None:
    plain = Policy("v1", ())
    assert (plain.expiry, plain.remind) == (timedelta(days=7), timedelta(hours=4))
    assert plain.working_hours == Hours(time(9), time(18))
    assert (plain.break_glass, plain.no_ping, plain.seeds) == (frozenset(), frozenset(), {})
    assert (Person("U0ANA", "Ana").zone, Person("U0ANA", "Ana").roles) == ("UTC", frozenset())
