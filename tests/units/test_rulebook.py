"""The policy file: what it means, what is wrong with it and where, and how it changes."""

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from actions.action import Risk
from actions.rulebook import BadPolicy, Rulebook, builtin, of_file, read
from actions.rules import Condition, Days, Hours, Rule, Span
from actions.terms import Escalation

FULL = """
expire: 3d
remind: 90m
working_hours: 08:30-17:00
escalate: {after: 24h, to: coupon-heads}
break_glass: [on-call]
no_ping: [U0CY]
seeds: {U0ANA: aB3dE6}
rules:
  - rule: Everything
    when:
      action: campaign.*
      area: [campaign]
      risk: [launch, blast]
      account: main
      roles: [operator, crm]
      reach: {least: 10}
      codes: {most: 10000}
      face_value: {least: 0.5, most: 20}
      rows: {most: 1}
      hours: 21:00-08:00
      weekday: [sat, sun]
      first_use: true
      scheduled: false
      to_self: false
    unless:
      - {account: test}
      - {roles: crm, reach: {most: 5}}
    approvals: 2
    from: [approver, finance]
    brake: 2m
    quiet: 20:00 - 09:00
  - rule: Never
    refuse: Not like this.
  - {rule: Reads, when: {risk: read}, allow: true}
"""


def rules(text: str) -> str:
    """A file of one rule."""
    return f"rules:\n  - rule: A rule\n{text}"


def test_every_word_of_a_policy_is_understood() -> None:
    policy = read(FULL)
    assert policy.expiry == timedelta(days=3)
    assert policy.remind == timedelta(minutes=90)
    assert policy.working_hours == Hours(time(8, 30), time(17))
    assert policy.escalation == Escalation(timedelta(hours=24), frozenset({"coupon-heads"}))
    assert policy.break_glass == {"on-call"}
    assert policy.no_ping == {"U0CY"}
    assert policy.seeds == {"U0ANA": "aB3dE6"}
    when = Condition(
        action=("campaign.*",),
        area=("campaign",),
        risk=(Risk.LAUNCH, Risk.BLAST),
        account=("main",),
        roles=("operator", "crm"),
        reach=Span(least=Decimal(10)),
        codes=Span(most=Decimal(10000)),
        face_value=Span(Decimal("0.5"), Decimal(20)),
        rows=Span(most=Decimal(1)),
        hours=Hours(time(21), time(8)),
        weekday=(5, 6),
        first_use=True,
        scheduled=False,
        to_self=False,
    )
    assert policy.rules == (
        Rule(
            "Everything",
            when,
            (Condition(account=("test",)), Condition(roles=("crm",), reach=Span(most=Decimal(5)))),
            approvals=2,
            groups=frozenset({"approver", "finance"}),
            brake=timedelta(minutes=2),
            quiet=Hours(time(20), time(9)),
        ),
        Rule("Never", refuse="Not like this."),
        Rule("Reads", Condition(risk=(Risk.READ,))),
    )


def test_days_are_one_or_from_one_to_another() -> None:
    said = "    blackout: [2026-12-25, 2026-12-31..2027-01-02]\n"
    [rule] = read(rules(said)).rules
    assert rule.blackout == (
        Days(date(2026, 12, 25), date(2026, 12, 25)),
        Days(date(2026, 12, 31), date(2027, 1, 2)),
    )
    assert read(rules("    blackout: 2026-12-25")).rules[0].blackout == rule.blackout[:1]


def test_a_policy_that_says_nothing_of_what_is_new_keeps_its_version() -> None:
    """Else each upgrade would void what people have agreed to."""
    assert read(rules("    allow: true")).version == "09cb3fb51329"
    assert read(rules("    allow: true\n    blackout: 2026-12-25")).version != "09cb3fb51329"


BAD = [
    ("", 0, "it has no rules"),
    ("- 1", 0, "it has no rules"),
    ("expire: 7d", 1, "rules: this is missing"),
    ("expire: 7d\nrules: []", 2, "rules: name at least one"),
    ("rules: 3", 1, "rules: a list belongs here"),
    ("rules:\n  - 3", 2, "rule “0”: words with their values belong here, such as {risk: blast}"),
    ("rules:\n  - {rule: A\n  - b", 3, "expected ',' or '}'"),
    ("rules: [\t", 1, "found character '\\t'"),
    ("rules:\n  - rule: \x00", 2, "there is a character that no text has"),
    ("rules: &a\n  - *a", 1, "this contains itself"),
    ("[" * 3000, 0, "it is nested too deeply"),
    ("a: !!python/name:os.system\n", 1, "could not determine a constructor"),
    (rules("    refuse: 2026-13-45"), 0, "month must be in 1..12"),
    ("1: 2\n" + rules("    allow: true"), 1, "Keys should be strings"),
    (rules("    approval: 1"), 3, "rule “A rule”: approval: there is no such word in a policy"),
    (rules("    allow: true\n") + "expires: 7d", 4, "expires: there is no such word"),
    (rules("    allow: true\n    allow: true"), 4, "“allow” is said twice"),
    (rules("    when: {risk: read, risk: blast}\n    allow: true"), 3, "“risk” is said twice"),
    ("rules: []\n" + rules("    allow: true"), 2, "“rules” is said twice"),
    (rules("    when:\n    allow: true"), 3, "“when” says nothing"),
    (rules("    when: {reach: }\n    allow: true"), 3, "“reach” says nothing"),
    (rules("    when: ~\n    allow: true"), 3, "“when” says nothing"),
    ("rules:\n  - allow: true", 2, "rule “0”: rule: this is missing"),
    ("rules:\n  - rule: ''\n    allow: true", 2, "rule: this is empty"),
    ("rules:\n  - rule: 5\n    allow: true", 2, "rule “5”: rule: text belongs here"),
    (rules("    allow: true\n") + rules("    allow: true")[7:], 1, "two rules are called “A rule”"),
    (rules("    when: {risk: read}"), 2, "say what follows: allow, approvals, refuse, brake, q"),
    (rules("    allow: true\n    approvals: 1"), 2, "allow, approvals and refuse exclude each oth"),
    (
        rules("    refuse: Never\n    approvals: 1"),
        2,
        "allow, approvals and refuse exclude each other",
    ),
    (
        rules("    refuse: Never\n    blackout: 2026-12-25"),
        2,
        "what is refused needs no brake, quiet hours or blackout days",
    ),
    (rules("    blackout: 25.12.2026"), 3, "blackout: a day looks like 2026-12-25, several like"),
    (rules("    blackout: [2026-12-25, 2026-12-26..2026-12-25]"), 3, "these days end before they"),
    (rules("    blackout: []"), 3, "blackout: name at least one"),
    (rules("    refuse: Never\n    brake: 2m"), 2, "what is refused needs no brake, quiet"),
    (
        rules("    refuse: Never\n    quiet: 21:00-08:00"),
        2,
        "what is refused needs no brake, qui",
    ),
    (rules("    refuse: ''"), 3, "refuse: this is empty"),
    (rules("    allow: false"), 3, "allow: one of true"),
    (rules("    allow: true\n    from: finance"), 2, "from says whose approvals: say how many"),
    (rules("    approvals: 1\n    from: []"), 4, "from: name at least one"),
    (rules("    approvals: 0"), 3, "approvals: this has to be greater than or equal to 1"),
    (rules("    approvals: 11"), 3, "approvals: this has to be less than or equal to 10"),
    (rules("    approvals: true"), 3, "approvals: a whole number belongs here"),
    (rules("    approvals: '2'"), 3, "approvals: a whole number belongs here"),
    (rules("    approvals: 1\n    brake: 2"), 4, "brake: a time looks like 30s, 2m, 4h or 7d"),
    (rules("    approvals: 1\n    brake: 123456s"), 4, "brake: a time looks like 30s"),
    (rules("    quiet: 22:00"), 3, "quiet: hours look like 21:00-08:00"),
    (rules("    quiet: 25:00-08:00"), 3, "quiet: hours look like 21:00-08:00"),
    (rules("    quiet: 08:00-08:00"), 3, "quiet: these hours have no length"),
    (rules("    unless: {}\n    allow: true"), 2, "an unless that says nothing always holds"),
    (rules("    unless: []\n    allow: true"), 3, "unless: name at least one"),
    (rules("    when: {risk: blas}\n    allow: true"), 3, "one of 'read', 'change', 'launch' or"),
    (rules("    when: {risk: []}\n    allow: true"), 3, "when risk: name at least one"),
    (rules("    when: {roles: []}\n    allow: true"), 3, "when roles: name at least one"),
    (rules("    when: {account: ''}\n    allow: true"), 3, "when account: this is empty"),
    (rules("    when: {roles: 7}\n    allow: true"), 3, "when roles: a list belongs here"),
    (rules("    when: {weekday: monday}\n    allow: true"), 3, "weekday: one of 'mon', 'tue'"),
    (rules("    when: {hours: soon}\n    allow: true"), 3, "hours look like 21:00-08:00"),
    (rules("    when: {reach: 9}\n    allow: true"), 3, "reach: words with their values belong"),
    (rules("    when: {reach: {}}\n    allow: true"), 3, "reach: name least, most or both"),
    (rules("    when: {rows: {least: -1}}\n    allow: true"), 3, "greater than or equal to 0"),
    (rules("    when: {codes: {most: -1}}\n    allow: true"), 3, "greater than or equal to 0"),
    (
        rules("    when: {reach: {least: 9, most: 8}}\n    allow: true"),
        3,
        "least is more than most",
    ),
    (rules("    when: {reach: {least: .inf}}\n    allow: true"), 3, "has to be a finite number"),
    (rules("    when: {first_use: perhaps}\n    allow: true"), 3, "has to be a valid boolean."),
    (
        rules("    when:\n      action: [campaign.list, campaign.psuh]\n    allow: true"),
        4,
        "rule “A rule”: when action: there is no action “campaign.psuh”",
    ),
    (rules("    when: {area: campaigns}\n    allow: true"), 3, "there is no area “campaigns”"),
    (rules("    when: {risks: read}\n    allow: true"), 3, "when risks: there is no such word"),
    ("expire: 0d\n" + rules("    allow: true"), 1, "expire: this takes longer than no time"),
    ("remind: soon\n" + rules("    allow: true"), 1, "remind: a time looks like"),
    ("escalate: {after: 0h, to: x}\n" + rules("    allow: true"), 1, "longer than no time"),
    ("escalate: {after: 1h, to: []}\n" + rules("    allow: true"), 1, "to: name at least one"),
    ("escalate: {after: 1h}\n" + rules("    allow: true"), 1, "escalate to: this is missing"),
    ("seeds: {ana: aB3dE6}\n" + rules("    allow: true"), 1, "a seed is a Slack user id and the"),
    ("seeds: {U0ANA: short}\n" + rules("    allow: true"), 1, "a seed is a Slack user id and the"),
    ("holders: {U0ANA: usr_9}\n" + rules("    allow: true"), 1, "a holder is a Slack user id, a"),
    ("seeds: [U0ANA]\n" + rules("    allow: true"), 1, "seeds: words with their values belong"),
]


@pytest.mark.parametrize(("text", "line", "words"), BAD, ids=[words for *_, words in BAD])
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(BadPolicy) as found:
        read(text, "mine.yml")
    assert words in str(found.value)
    assert found.value.line == line
    assert str(found.value).startswith(f"mine.yml, line {line}: " if line else "mine.yml: ")
    assert "Input should" not in str(found.value)


SHORT = """
rules:
  - rule: Blasts
    when: {risk: blast, reach: {least: 1000}}
    approvals: 2
    brake: 2m
"""
SAME = [
    SHORT + "\n# at the end\n",
    SHORT.replace("approvals: 2", "approvals:   2   # two"),
    SHORT.replace("{risk: blast, reach: {least: 1000}}", "{reach: {least: 1000}, risk: [blast]}"),
    SHORT.replace("brake: 2m", "brake: 120s\n    from: approver"),
    "expire: 7d\nremind: 4h\nworking_hours: 09:00-18:00" + SHORT,
]
OTHERWISE = [
    SHORT.replace("Blasts", "All blasts"),
    SHORT.replace("blast,", "launch,"),
    SHORT.replace("1000", "1001"),
    SHORT.replace("least", "most"),
    SHORT.replace("approvals: 2", "approvals: 1"),
    SHORT.replace("approvals: 2", "refuse: Never").replace("brake: 2m", ""),
    SHORT.replace("2m", "3m"),
    SHORT + "    from: finance\n",
    SHORT + "    quiet: 21:00-08:00\n",
    SHORT + "    unless: {account: test}\n",
    SHORT + "  - {rule: Reads, when: {risk: read}, allow: true}\n",
    *(
        f"{line}\n{SHORT}"
        for line in (
            "expire: 6d",
            "remind: 5h",
            "working_hours: 09:00-17:00",
            "escalate: {after: 1d, to: heads}",
            "break_glass: heads",
            "no_ping: U0CY",
            "seeds: {U0ANA: aB3dE6}",
        )
    ),
]


def test_the_version_is_of_the_meaning_and_not_of_the_text() -> None:
    version = read(SHORT).version
    assert {read(text).version for text in SAME} == {version}
    others = {read(text).version for text in OTHERWISE}
    assert len(others) == len(OTHERWISE)
    assert version not in others
    assert len(version) == 12


def test_the_built_in_policy_is_as_the_product_says() -> None:
    policy = builtin()
    assert [rule.name for rule in policy.rules][:1] == ["Reads"]
    blasts = next(rule for rule in policy.rules if rule.name == "Blasts")
    assert (blasts.approvals, blasts.brake) == (2, timedelta(minutes=2))
    assert blasts.quiet == Hours(time(21), time(8))
    assert (policy.expiry, policy.remind) == (timedelta(days=7), timedelta(hours=4))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy that is in force."""
    file = tmp_path / "policy.yml"
    file.write_text(SHORT)
    return file


def test_a_changed_file_is_in_force(file: Path) -> None:
    told: list[tuple[str, str]] = []
    book = Rulebook(file, lambda kind, words: told.append((kind, words)))
    assert book.name == str(file)
    first = book.current
    book.look_again()
    assert told == []

    file.write_text(SHORT.replace("2m", "3m"))
    book.look_again()
    assert book.current.rules[0].brake == timedelta(minutes=3)
    assert told == [("policy changed", f"{first.version} → {book.current.version}")]

    file.write_text(SHORT.replace("2m", "3m") + "# and a word about it\n")
    book.look_again()
    assert len(told) == 1


def test_a_file_that_broke_changes_nothing_and_says_so_once(file: Path) -> None:
    told: list[tuple[str, str]] = []
    book = Rulebook(file, lambda kind, words: told.append((kind, words)))
    good = book.current
    file.write_text(SHORT.replace("2m", "long"))
    book.look_again()
    book.look_again()
    assert book.current is good
    words = "rule “Blasts”: brake: a time looks like 30s, 2m, 4h or 7d."
    assert book.problem == f"{file}, line 6: {words}"
    assert told == [("policy kept", f"{book.problem} The one before stays in force.")]

    file.unlink()
    book.look_again()
    assert book.problem == f"{file}: it cannot be read (No such file or directory)."
    file.write_bytes(b"\xff\xfe")
    book.look_again()
    assert book.problem == f"{file}: it is no text in UTF-8."
    assert (len(told), book.current) == (3, good)

    file.write_text(SHORT + "# as it was\n")
    book.look_again()
    assert (book.problem, book.current) == ("", good)
    assert told[3:] == [("policy kept", "The file can be read again; it says the same.")]
    book.look_again()
    assert len(told) == 4


def test_without_a_file_the_built_in_policy_stays(tmp_path: Path) -> None:
    told: list[str] = []
    book = Rulebook(None, lambda kind, _: told.append(kind))
    book.look_again()
    assert (book.current, book.name, book.problem, told) == (builtin(), "built-in policy", "", [])
    with pytest.raises(BadPolicy, match="it cannot be read"):
        of_file(tmp_path / "none.yml")
    with pytest.raises(BadPolicy, match="it cannot be read"):
        Rulebook(tmp_path, lambda *_: None)
