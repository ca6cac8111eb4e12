"""When Slack wants to be asked again: it takes about a message a second for each person."""

from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError

EDITS = "chat.update"
"""The method that is counted for the whole workspace, not for each person."""


def asked_for(error: Exception) -> float:
    """Seconds of patience that an error asks for; 0: none."""
    if not isinstance(error, SlackApiError):
        return 0.0
    return float(error.response.headers.get("Retry-After", 0) or 0)


class Patience:
    """Whose news has to rest, and until when."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def give(self, person: str, error: SlackApiError, now: datetime) -> None:
        """Slack has had enough for now: of edits, or of messages to that person."""
        whom = EDITS if str(error.response.api_url).endswith(EDITS) else person
        self._until[whom] = now + timedelta(seconds=asked_for(error))

    def resting(self, now: datetime) -> set[str]:
        """People who get no messages just now; `EDITS` among them when nothing can be edited."""
        self._until = {whom: until for whom, until in self._until.items() if now < until}
        return {*self._until}
