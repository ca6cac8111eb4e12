"""Who may ask, who has to agree, when it may go out. Pure: facts in, answers out.

A policy is data (`actions/rulebook.py` reads it). Every rule that matches counts, and of each thing
that they say the strictest holds: so their order does not matter, and a rule can only add care.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from actions.action import AnyAction, Risk
from actions.rules import Days, Facts, Hours, Rule
from actions.terms import Escalation, Groups, Need, Terms

LATENESS = {
    Risk.READ: timedelta(hours=24),
    Risk.CHANGE: timedelta(hours=24),
    Risk.LAUNCH: timedelta(hours=24),
    Risk.BLAST: timedelta(minutes=15),
}
SPEAKING = frozenset({"push", "sms", "email"})
"""What actions are called that send somebody a message."""

BATCH_LATENESS = timedelta(days=7)

DRIFT = Decimal("0.10")
"""A blast may reach a tenth more or fewer people than was agreed, not further off."""

UNCOVERED = "No rule of the policy covers this."


@dataclass(frozen=True)
class Person:
    """Somebody as the workspace knows them, at this moment."""

    id: str
    name: str
    zone: str = "UTC"
    member: bool = True
    """False for guests, strangers, bots and people who have left."""
    roles: frozenset[str] = frozenset()


People = Callable[[str], Person]
"""Looks a person up by id; raises when it cannot be known, so that rights fail closed."""


@dataclass(frozen=True)
class Policy:
    """All rules, and how long people have; `version` names exactly this text."""

    version: str
    rules: tuple[Rule, ...]
    expiry: timedelta = timedelta(days=7)
    remind: timedelta = timedelta(hours=4)
    working_hours: Hours = Hours(time(9), time(18))
    escalation: Escalation | None = None
    break_glass: Groups = frozenset()
    """Groups whose members may let their own request go alone, with a typed reason."""
    no_ping: frozenset[str] = frozenset()
    """People who may decide without being written to."""
    seeds: Mapping[str, str] = field(default_factory=dict)
    """Person → the coupon session on their own phone."""
    holders: Mapping[str, str] = field(default_factory=dict)
    """Person → the loyalty card on their own phone and who they are on it: `loy_500/usr_9`."""

    @property
    def groups(self) -> frozenset[str]:
        """All that it names."""
        named = frozenset(group for rule in self.rules for group in rule.named)
        others = self.escalation.groups if self.escalation else frozenset()
        return named | self.break_glass | others

    def own(self, person: str) -> frozenset[str]:
        """What is known to be on the phone of that person, and on nobody else's."""
        found = (self.seeds.get(person), self.holders.get(person))
        return frozenset(filter(None, found))


def decide(policy: Policy, facts: Facts, *, looked: bool = True) -> Terms:
    """What the policy asks for: of all matching rules, the strictest of each thing.

    Before anybody `looked`, it is what may come of it at the most, and only what is sure to be
    refused is refused.
    """
    matching = [rule for rule in policy.rules if rule.matches(facts, looked=looked)]
    refusals = [rule for rule in matching if rule.refuse]
    if refusals or not matching:
        rules = tuple(rule.name for rule in refusals)
        words = " ".join(dict.fromkeys(rule.refuse for rule in refusals)) or UNCOVERED
        return Terms(policy.version, refusal=words, rules=rules)
    needs = _strictest(
        Need(rule.approvals, rule.groups, rule.name) for rule in matching if rule.approvals
    )
    return Terms(
        policy.version,
        needs=needs,
        brake=max(rule.brake for rule in matching),
        quiet=tuple(dict.fromkeys(rule.quiet for rule in matching if rule.quiet)),
        blackout=tuple(sorted({days for rule in matching for days in rule.blackout})),
        clock=facts.clock,
        rules=tuple(rule.name for rule in matching),
        escalation=policy.escalation if needs else None,
    )


def _strictest(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Those that no other one includes; of two alike, the first."""
    kept: list[Need] = []
    for need in needs:
        if not any(_includes(other, need) for other in kept):
            kept = [other for other in kept if not _includes(need, other)] + [need]
    return tuple(kept)


def _includes(wide: Need, narrow: Need) -> bool:
    """Whether whoever meets the one has met the other."""
    return wide.groups <= narrow.groups and wide.count >= narrow.count


def covers(agreed: Terms, asked: Terms) -> bool:
    """Whether whoever has met the one has met the other; a refusal nobody meets."""
    return not asked.refusal and all(
        any(_includes(met, need) for met in agreed.needs) for need in asked.needs
    )


def may_ask(person: Person) -> bool:
    """Members may ask; whether for this, the rules say."""
    return person.member


def may_approve(person: Person, terms: Terms, waited: timedelta = timedelta()) -> bool:
    """Members of a group that has to agree."""
    return person.member and any(
        person.roles & terms.eligible(need, waited) for need in terms.needs
    )


def may_batch(action: AnyAction) -> bool:
    """Changes to one thing, over many rows; not when each answer is for one pair of eyes.

    A message to each of many people is a blast, and no sheet makes it less.
    """
    return action.risk is Risk.CHANGE and action.secrets is None and action.verb not in SPEAKING


def lateness(action: AnyAction) -> timedelta:
    """How late a run may start; later than that a person decides."""
    if action.area == "single_use" and action.risk is Risk.LAUNCH:
        return BATCH_LATENESS
    return LATENESS[action.risk]


def drifted(agreed: int | None, now: int | None) -> bool:
    """Whether it reaches others than was agreed; an unknown reach counts as more."""
    if agreed is None:
        return False
    return now is None or abs(now - agreed) > agreed * DRIFT


def quiet_until(hours: Iterable[Hours], zone: str, now: datetime) -> datetime | None:
    """When the quiet hours that it is now in are over, on the clock of `now`; None outside."""
    local = now.astimezone(ZoneInfo(zone))
    ends = []
    for each in hours:
        if each.hold(local.time()):
            end = datetime.combine(local.date(), each.until, local.tzinfo)
            end = end if end > local else end + timedelta(days=1)
            # an hour that a clock change doubles ends when it is over for the second time
            ends += [end.replace(fold=fold).astimezone(now.tzinfo) for fold in (0, 1)]
    return max(ends, default=None)


def blackout_until(days: Sequence[Days], zone: str, at: datetime) -> datetime | None:
    """When the blackout days in which it then is are over, on the clock of `at`; None outside."""
    local = at.astimezone(ZoneInfo(zone))
    day = local.date()
    while any(each.hold(day) for each in days):
        day += timedelta(days=1)
    if day == local.date():
        return None
    end = datetime.combine(day, time(), local.tzinfo)
    return end.astimezone(at.tzinfo)


def digest(
    *,
    account: str,
    action: str,
    inputs: Sequence[Mapping[str, Any]],
    when: datetime | None,
    crontab: str,
    timezone: str,
    reach: int | None,
    terms: Mapping[str, Any],
    until: date | None = None,
    runs: int | None = None,
    salt: str = "",
) -> str:
    """SHA-256, hex, over the canonical bytes of all that people agree to.

    What a series without an end does not say is not in them: elder digests stay as they are.
    Without the salt nobody finds out by trying what was private in it.
    """
    ends = {"until": until.isoformat() if until else None, "runs": runs, "salt": salt or None}
    agreed = {
        "account": account,
        "action": action,
        "inputs": list(inputs),
        "when": when.isoformat() if when else None,
        "crontab": crontab,
        "timezone": timezone,
        "reach": reach,
        "terms": terms,
        **{name: value for name, value in ends.items() if value is not None},
    }
    canonical = json.dumps(agreed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
