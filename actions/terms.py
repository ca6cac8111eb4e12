"""What a policy asks of one request: whose yes, how long a brake, when it has to wait. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import PlainSerializer

from actions.rules import Days, Hours

Groups = Annotated[frozenset[str], PlainSerializer(sorted)]
"""Roles and handles of user groups."""


@dataclass(frozen=True)
class Need:
    """So many different people, each of one of these groups."""

    count: int
    groups: Groups
    rule: str


@dataclass(frozen=True)
class Escalation:
    """Nobody has decided after this long: these groups may decide too."""

    after: timedelta
    groups: Groups


@dataclass(frozen=True)
class Terms:
    """What a request has to go through, and which rules say so."""

    policy: str
    needs: tuple[Need, ...] = ()
    brake: timedelta = timedelta()
    quiet: tuple[Hours, ...] = ()
    blackout: tuple[Days, ...] = ()
    clock: str = "UTC"
    """The zone in which these hours and days are meant: the account's."""
    refusal: str = ""
    rules: tuple[str, ...] = ()
    escalation: Escalation | None = None

    @property
    def quorum(self) -> int:
        """How many people have to agree, at the least."""
        return max((need.count for need in self.needs), default=0)

    def eligible(self, need: Need, waited: timedelta) -> frozenset[str]:
        """Whose yes counts for it, after so long."""
        if self.escalation and waited >= self.escalation.after:
            return need.groups | self.escalation.groups
        return need.groups

    def missing(self, given: Sequence[frozenset[str]], waited: timedelta) -> dict[Need, int]:
        """How many more each need wants, beside people with these roles; empty when all is there.

        One person may answer two needs, of which each asks for people of another kind; nobody
        counts twice for one.
        """
        found = {}
        for need in self.needs:
            groups = self.eligible(need, waited)
            short = need.count - sum(1 for roles in given if roles & groups)
            if short > 0:
                found[need] = short
        return found
