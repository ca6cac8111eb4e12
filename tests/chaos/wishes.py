"""All that people ask for, each with a mark that Coupontools is sent as well."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from actions.desk import AT_ONCE, When
from tests.flows.asking import SPLASH, TEMPLATE

OTHER = "cam_123507"
"""Where codes are made: that must not change whom a push reaches."""

Row = dict[str, Any]


@dataclass
class Wish:
    """Something that somebody wanted; its label is found again in what Coupontools was sent."""

    label: str
    kind: str
    rows: list[Row]
    when: When = AT_ONCE
    token: str = ""
    """Under which it is on record, if it is."""
    heard: bool = False
    """Whether the person was told that it is."""

    @property
    def labels(self) -> list[str]:
        """One for each row."""
        if self.kind in ("sheet", "code"):
            return [row["customid"] for row in self.rows]
        return [self.label]


@dataclass(frozen=True)
class Idea:
    """What a wish is made of: its label, the time, a coupon that can be changed, and chance."""

    label: str
    now: datetime
    session: str
    chance: random.Random


def _push(idea: Idea) -> Wish:
    return Wish(idea.label, "push", [{"campaign": SPLASH, "message": idea.label}])


def _campaign(idea: Idea) -> Wish:
    rows = [{"template": TEMPLATE, "name": idea.label}]
    if idea.chance.random() < 0.7:
        return Wish(idea.label, "campaign", rows)
    at = idea.now + timedelta(seconds=idea.chance.uniform(1, 90))
    return Wish(idea.label, "planned", rows, When(at))


def _series(idea: Idea) -> Wish:
    rows = [{"campaign": SPLASH, "message": idea.label}]
    first = (idea.now + timedelta(minutes=1)).replace(second=0, microsecond=0)
    return Wish(idea.label, "series", rows, When(first, "* * * * *", "UTC"))


def _change(idea: Idea) -> Wish:
    what = {"operation": "claimed", "customfield1": idea.label}
    return Wish(idea.label, "change", [{"couponsession": idea.session, **what}])


def _code(idea: Idea) -> Wish:
    return Wish(idea.label, "code", [{"campaign": OTHER, "customid": f"{idea.label}-0"}])


def _codes(idea: Idea) -> Wish:
    made = {"automated_codes": "yes", "code_prefix": idea.label, "code_length": 10}
    row = {"campaign": OTHER, "amount": 10, **made, "code_type": "numeric"}
    return Wish(idea.label, "codes", [row])


def _sheet(idea: Idea) -> Wish:
    many = range(idea.chance.randint(5, 25))
    rows = [{"campaign": OTHER, "customid": f"{idea.label}-{row}"} for row in many]
    return Wish(idea.label, "sheet", rows)


def _read(idea: Idea) -> Wish:
    return Wish(idea.label, "read", [{}])


KINDS: dict[str, Callable[[Idea], Wish]] = {
    "push": _push,
    "campaign": _campaign,
    "series": _series,
    "change": _change,
    "code": _code,
    "codes": _codes,
    "sheet": _sheet,
    "read": _read,
}
ACTIONS = {
    "push": "campaign.push_all",
    "series": "campaign.push_all",
    "campaign": "campaign.create",
    "planned": "campaign.create",
    "change": "session.update",
    "code": "single_use.create",
    "sheet": "single_use.create",
    "codes": "single_use.create_many",
    "read": "campaign.list",
}
IN_SLACK = ("push", "campaign", "change", "code", "codes")
"""What is typed and submitted, more often than not."""
WEIGHTS = {"push": 5, "campaign": 5, "change": 4, "code": 5, "codes": 2, "sheet": 1, "read": 2}
REPEATABLE = ("change", "read")
