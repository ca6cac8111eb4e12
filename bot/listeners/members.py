"""Slack tells of people and groups that have changed: what is known of them is asked again."""

from typing import Any

import structlog
from slack_bolt import App

from actions.errors import Declined
from bot.people import SlackPeople
from schedules.stopping import Stopping

CHANGES = ("subteam_updated", "subteam_members_changed")

log = structlog.get_logger()


def register(app: App, people: SlackPeople, stopping: Stopping) -> None:
    """Listen to all of it; what is planned by somebody who has left is held at once."""

    def changed() -> None:
        people.forget()

    def changed_person(event: dict[str, Any]) -> None:
        people.forget()
        try:
            stopping.hold_all_of(event["user"]["id"])
        except Declined as error:  # Slack cannot say; the next run will find out
            log.info("not known whether somebody has left", error=str(error)[:200])

    for event in CHANGES:
        app.event(event)(changed)
    app.event("user_change")(changed_person)
