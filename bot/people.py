"""Who is who: people and user groups of the workspace, cached for a short while."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from actions.errors import Declined
from actions.policy import Person
from actions.rules import APPROVER, OPERATOR

FRESH = 60.0
"""Seconds for which an answer of Slack is good; Slack's own news of a change ends it sooner."""

SLACK_ID = re.compile(r"^[UW][A-Z0-9]{2,}$")

OUTSIDE = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
"""Marks of people who are no members."""


class PersonUnknown(Declined):
    """Slack cannot say who you are just now, so nothing was done. Please try again."""


@dataclass(frozen=True)
class Kept:
    """An answer, and until when it is good."""

    value: Any
    until: float


@dataclass(frozen=True)
class Home:
    """The workspace that the app is installed in, and the organization that it is part of."""

    team: str = ""
    enterprise: str = ""

    def is_of(self, user: Mapping[str, Any]) -> bool:
        """Whether somebody is of this workspace: who shares a channel with it is no stranger."""
        org: Mapping[str, Any] = user.get("enterprise_user") or {}
        if self.team in (user.get("team_id"), *org.get("teams", ())):
            return True
        return bool(self.enterprise) and org.get("enterprise_id") == self.enterprise


@dataclass(frozen=True)
class Group:
    """A user group of the workspace."""

    id: str
    users: frozenset[str]


class SlackPeople:
    """Looks people up in Slack. When Slack does not answer, nobody has any rights."""

    def __init__(
        self,
        client: WebClient,
        roles: Mapping[str, str],
        zone: str,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._roles, self._zone, self._now = client, roles, zone, now
        self._kept: dict[str, Kept] = {}
        self._lock, self._home = Lock(), Home()

    def __call__(self, id: str) -> Person:
        """The person; raises `PersonUnknown`."""
        if not is_slack_id(id):
            return at_the_console(id)
        try:
            user = self._fresh(f"user:{id}", lambda: self._user(id))
            home = self._at_home()
        except (SlackApiError, SlackClientError, OSError) as error:
            raise PersonUnknown from error
        groups = self._known_groups()
        handles = {handle for handle, group in groups.items() if id in group.users}
        roles = {role for handle in handles for role in self._gives(handle)}
        return Person(
            id=id,
            name=user.get("real_name") or user.get("name") or id,
            zone=user.get("tz") or self._zone,
            member=home.is_of(user) and not any(user.get(mark) for mark in OUTSIDE),
            roles=frozenset(roles),
        )

    def members(self, roles: frozenset[str]) -> list[str]:
        """Ids of those who have one of these roles; raises `PersonUnknown`."""
        return sorted(set().union(*(group.users for group in self._with(roles))))

    def groups(self, roles: frozenset[str]) -> list[str]:
        """Ids of the user groups that give one of these roles; raises `PersonUnknown`."""
        return sorted(group.id for group in self._with(roles))

    @property
    def handles(self) -> frozenset[str]:
        """Of the user groups that give a role by the settings."""
        return frozenset(self._roles)

    def handle_of(self, id: str) -> str:
        """What a user group is called; raises `PersonUnknown`."""
        return next((name for name, group in self._known_groups().items() if group.id == id), "")

    def _with(self, roles: frozenset[str]) -> list[Group]:
        found = self._known_groups()
        return [group for handle, group in found.items() if self._gives(handle) & roles]

    def _gives(self, handle: str) -> set[str]:
        """The roles of a user group: its handle, and what the settings make of it.

        One that merely is called like a role of the settings does not give that role.
        """
        given = {handle} - {APPROVER, OPERATOR}
        return given | ({self._roles[handle]} if handle in self._roles else set())

    def _known_groups(self) -> dict[str, Group]:
        try:
            found: dict[str, Group] = self._fresh("groups", self._groups)
        except (SlackApiError, SlackClientError, OSError) as error:
            raise PersonUnknown from error
        return found

    def forget(self) -> None:
        """Ask Slack again next time."""
        with self._lock:
            self._kept.clear()

    def _at_home(self) -> Home:
        """The workspace of this app; it stays what it is, so it is asked for once."""
        if not self._home.team:
            known = self._client.auth_test()
            self._home = Home(known["team_id"], known.get("enterprise_id") or "")
        return self._home

    def missing_groups(self) -> list[str]:
        """Handles of groups that give a role here but do not exist in the workspace."""
        groups = self._fresh("groups", self._groups)
        return [handle for handle in self._roles if handle not in groups]

    def _user(self, id: str) -> Mapping[str, Any]:
        try:
            user: Mapping[str, Any] = self._client.users_info(user=id)["user"]
        except SlackApiError as error:
            if error.response.get("error") != "user_not_found":
                raise
            return {"deleted": True}
        return user

    def _groups(self) -> dict[str, Group]:
        listed = self._client.usergroups_list(include_users=True)["usergroups"]
        found = ((each["handle"], each["id"], each.get("users", [])) for each in listed)
        return {handle: Group(id, frozenset(users)) for handle, id, users in found}

    def _fresh(self, key: str, ask: Callable[[], Any]) -> Any:
        with self._lock:
            kept = self._kept.get(key)
        if kept and kept.until > self._now():
            return kept.value
        value = ask()
        with self._lock:
            self._kept[key] = Kept(value, self._now() + FRESH)
        return value


def roles(approvers: str, operators: str) -> dict[str, str]:
    """Handle of a user group → the role its members have."""
    return {approvers: APPROVER, operators: OPERATOR}


def at_the_console(id: str) -> Person:
    """Somebody at the command line: may ask, has no say in approvals."""
    return Person(id=id, name=id)


def is_slack_id(id: str) -> bool:
    """Whether Slack can be told to write to this person."""
    return bool(SLACK_ID.match(id))
