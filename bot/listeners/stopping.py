"""`/coupon stop-all` and `resume-all`, and the button under the news of a stop."""

from datetime import datetime
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from actions.errors import UnknownThing
from bot.listeners.counter import Counter
from bot.listeners.pressing import Body, Pressing, person_of, value_of
from bot.listeners.telling import tell
from bot.stops import Stops
from store.secrets import Forged
from store.tables import Account

STOPPED = "Everything outgoing is stopped. Two approvers can let it go again: `/coupon resume-all`."
AGREED = "Noted. It takes one more approver to let everything go again."
GOING = "Everything goes out again."


class StopAll:
    """Stops are told in the channel at once, whoever made them."""

    def __init__(self, counter: Counter, stops: Stops, pressing: Pressing) -> None:
        self._counter, self._stops, self._pressing = counter, stops, pressing

    def register(self, app: App) -> None:
        """Listen to the button; the commands come from `/coupon`."""
        app.action("resume_all")(self.pressed)

    def stop(self, client: WebClient, body: Body, reason: str) -> None:
        """`/coupon stop-all too many pushes`; raises `Declined`."""
        account = self._counter.desk.account().name
        self._counter.stopping.stop_all(account, actor=person_of(body), reason=reason)
        self._stops.tell()
        tell(client, body, STOPPED)

    def resume(self, client: WebClient, body: Body, _: str) -> None:
        """`/coupon resume-all`; raises `Declined`."""
        account = self._counter.desk.account().name
        found = self._counter.stopping.resume_all(account, actor=person_of(body))
        self._told(client, body, found)

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        self._pressing.decide(ack, client, body, "resume all", lambda: self._press(client, body))

    def _press(self, client: WebClient, body: Body) -> None:
        account, since = self._about(value_of(body))
        found = self._counter.stopping.resume_all(account, actor=person_of(body), stopped_at=since)
        self._told(client, body, found)

    def _told(self, client: WebClient, body: Body, account: Account) -> None:
        self._stops.tell()
        if (body.get("view") or {}).get("type") != "home":  # that is drawn anew, and says it
            tell(client, body, AGREED if account.stopped_at else GOING)

    def _about(self, stamp: str) -> tuple[str, datetime]:
        """Account and moment of the stop that the button is about."""
        try:
            about = self._counter.vault.stamped(stamp).removeprefix("all:")
            account, _, since = about.partition(":")
            return account, datetime.fromisoformat(since)
        except (Forged, ValueError):
            raise UnknownThing(f"There is nothing on record as “{stamp[:80]}”.") from None
