"""Slack tells of people and groups that have changed: what is known of them is asked again."""

from slack_bolt import App

from bot.people import SlackPeople

CHANGES = ("user_change", "subteam_updated", "subteam_members_changed")


def register(app: App, people: SlackPeople) -> None:
    """Listen to all of it."""

    def changed() -> None:
        people.forget()

    for event in CHANGES:
        app.event(event)(changed)
