"""Slack tells of people and groups that have changed: what is known of them is asked again."""

from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import App

from actions.deciding import Deciding
from actions.desk import Now
from actions.errors import Declined
from actions.policy import Policy
from bot.people import SlackPeople
from schedules.stopping import Stopping
from store.kinds import Kind
from store.lifecycle import note

SLACK = "slack"
"""Who says so on record."""

log = structlog.get_logger()


class Members:
    """What is planned by somebody who has left is held at once; who gains a role is on record."""

    def __init__(
        self,
        people: SlackPeople,
        stopping: Stopping,
        deciding: Deciding,
        policy: Callable[[], Policy],
        now: Now,
    ) -> None:
        self._people, self._stopping = people, stopping
        self._deciding, self._policy, self._now = deciding, policy, now

    def register(self, app: App) -> None:
        """Listen to all of it."""
        app.event("subteam_updated")(self.group_changed)
        app.event("subteam_members_changed")(self.members_changed)
        app.event("user_change")(self.person_changed)

    def group_changed(self) -> None:
        self._people.forget()

    def members_changed(self, event: dict[str, Any]) -> None:
        self._people.forget()
        handle = self._handle(str(event["subteam_id"]))
        if handle in self._people.handles | self._policy().groups:
            joined = [f"+{id}" for id in event.get("added_users", ())]
            left = [f"-{id}" for id in event.get("removed_users", ())]
            words = f"{handle}: {', '.join([*joined, *left])}"
            with self._deciding.begin() as tx:
                note(tx, Kind.ROLE_CHANGED, actor=SLACK, at=self._now(), because=words)

    def person_changed(self, event: dict[str, Any]) -> None:
        self._people.forget()
        try:
            self._stopping.hold_all_of(event["user"]["id"])
        except Declined as error:  # Slack cannot say; the next run will find out
            log.info("not known whether somebody has left", error=str(error)[:200])

    def _handle(self, group: str) -> str:
        try:
            return self._people.handle_of(group)
        except Declined as error:
            log.warning("not known which group has changed", error=str(error)[:200])
            return ""
