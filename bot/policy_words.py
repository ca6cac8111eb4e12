"""A policy's facts, terms and verdicts as words for the command line. Pure."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from actions.rules import Condition, Days, Facts, Hours, Rule, Span
from actions.terms import Terms
from actions.wording import DAYS

UNITS = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))


def facts_told(facts: Facts) -> Iterator[tuple[str, str]]:
    """Each fact and its value, as rules see them."""
    for field in fields(facts):
        yield field.name, told(getattr(facts, field.name))


def terms_told(terms: Terms) -> str:
    """What has to happen, in one line; the same for terms that ask for the same."""
    if terms.refusal:
        return f"refused: {terms.refusal}"
    asked = sorted((need.count, told(need.groups)) for need in terms.needs)
    needs = " + ".join(f"{count} of {groups}" for count, groups in asked)
    parts = [needs or "nobody has to agree"]
    if terms.brake:
        parts.append(f"brake {told(terms.brake)}")
    parts += [f"quiet {words}" for words in sorted(map(told, terms.quiet))]
    parts += [f"blackout {words}" for words in map(told, terms.blackout)]
    return ", ".join(parts)


def why_not(rule: Rule, facts: Facts, *, looked: bool) -> str:
    """Why a rule does not match: what is so, and what it wants; empty when it matches."""
    word = rule.why_not(facts, looked=looked)
    if word.startswith("unless"):
        number = int(word.removeprefix("unless "))
        return f"unless {_condition(rule.unless[number - 1])}"
    if word not in Condition.__dataclass_fields__:
        return word
    wanted = getattr(rule.when, word)
    shown = " or ".join(DAYS[day] for day in wanted) if word == "weekday" else told(wanted)
    return f"{word} is {_seen(word, facts)}, not {shown}"


def told(value: Any) -> str:
    """A value of a policy as people write it."""
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case int() | Decimal():
            return f"{value:,}"
        case frozenset() | tuple():
            return " or ".join(sorted(str(each) for each in value)) or "none"
        case Span():
            ends = (("at least", value.least), ("at most", value.most))
            return ", ".join(f"{words} {end:,}" for words, end in ends if end is not None)
        case _:
            return _of_time(value)


def _of_time(value: Any) -> str:
    match value:
        case Hours():
            return f"{value.start:%H:%M}-{value.until:%H:%M}"
        case Days():
            return f"{value.first}" + (f"..{value.last}" if value.last > value.first else "")
        case datetime():
            return f"{value:%a %Y-%m-%d %H:%M %Z}"
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            seconds = int(value.total_seconds())
            unit, length = next(each for each in UNITS if seconds % each[1] == 0)
            return f"{seconds // length}{unit}"
        case _:
            return str(value)


def _seen(word: str, facts: Facts) -> str:
    """The fact that a word of a condition looks at."""
    match word:
        case "area":
            return facts.action.partition(".")[0]
        case "hours":
            return told(facts.at.time())
        case "weekday":
            return DAYS[facts.at.weekday()]
        case _:
            return told(getattr(facts, word))


def _condition(condition: Condition) -> str:
    said = {field.name: getattr(condition, field.name) for field in fields(condition)}
    return ", ".join(
        f"{word} is {told(value)}" for word, value in said.items() if value not in (None, ())
    )
