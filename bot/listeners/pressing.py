"""A button was pressed: what it carries, and how to answer on a card, at home, or in the list."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from actions.errors import Declined, StaleCard, UnknownThing
from bot.announcer import Announcer
from bot.errors import explain
from bot.listeners.calendar import CalendarModal
from bot.listeners.counter import Counter
from bot.listeners.home import Home
from bot.listeners.telling import guarded, in_time, tell
from bot.listeners.waiting import Waiting
from bot.stories import Stories
from bot.views.calendar import CALENDAR
from bot.views.spread import Shown
from bot.views.waiting import QUEUE
from store import queries
from store.lifecycle import TooLate
from store.secrets import Forged

log = structlog.get_logger()

Body = Mapping[str, Any]
Place = Mapping[str, Any]
"""Nothing on a card; `home`; the id of the open `list` and its `page`, and what it shows; or of the
open `calendar` and what is `shown` of it."""


class Pressing:
    """Whoever is told no is told alone, and a line of the record says so."""

    def __init__(
        self,
        counter: Counter,
        announcer: Announcer,
        stories: Stories,
        home: Home,
        waiting: Waiting,
        calendar: CalendarModal,
    ) -> None:
        self._counter, self._announcer, self._stories = counter, announcer, stories
        self._home, self._waiting, self._calendar = home, waiting, calendar

    def attempt(
        self,
        client: WebClient,
        body: Body,
        verb: str,
        work: Callable[[], object],
        about: str = "",
    ) -> bool:
        """Do it, answer the person who pressed, and draw the place anew where they pressed.

        `about` is the request where no button says it.
        """
        who, place, note = person_of(body), place_of(body), ""
        try:
            work()
        except Exception as error:
            note = explain(error)
            self._record(verb, error, who, about or value_of(body))
            if not stays(place):
                tell(client, body, note)
            self._put_right(error, about or value_of(body))
        guarded(client, body, lambda: self.redraw(client, who, place, note))
        return not note

    def decide(
        self, ack: Ack, client: WebClient, body: Body, verb: str, work: Callable[[], object]
    ) -> None:
        """Attempt it; Slack is answered once it is on record, or the person knows why not."""
        with in_time(ack) as answer:

            def then_answer() -> None:
                work()
                answer()

            self.attempt(client, body, verb, then_answer)

    def decline(self, verb: str, error: Exception, who: str, value: str) -> None:
        """Put the no on record, unless it is; and the cards, if an old one was pressed, right."""
        self._record(verb, error, who, value)
        self._put_right(error, value)

    def _record(self, verb: str, error: Exception, who: str, value: str) -> None:
        if isinstance(error, Declined | TooLate):
            id = request_of(value)
            self._counter.deciding.decline(verb, error, actor=who, of=queries.request_seen, id=id)

    def _put_right(self, error: Exception, value: str) -> None:
        if isinstance(error, TooLate | StaleCard):
            try:
                self._announcer.put_right(request_of(value))
            except (SlackApiError, SlackClientError, OSError) as trouble:
                log.warning("a card stays as it was", error=str(trouble)[:200])

    def redraw(self, client: WebClient, who: str, place: Place, note: str = "") -> None:
        """The home tab, the list or the calendar, as things stand now."""
        if "list" in place:
            self._waiting.redraw(client, place, who, note)
        elif "calendar" in place:
            shown = Shown.read(place["shown"])
            self._calendar.redraw(client, place["calendar"], shown, who, note)
        elif "home" in place:
            self._home.publish(client, who, place["kept"])

    def about(self, body: Body) -> tuple[str, int]:
        """Request and version of the button; raises `UnknownThing` for a card it is not on."""
        request, version = self.read(value_of(body))
        self._check_place(body, request)
        return request, version

    def of_run(self, body: Body) -> str:
        """The run of the button; raises `StaleCard` when it has gone on since that was drawn."""
        run = value_of(body)
        self._check_place(body, request_of(run))
        drawn = str(body["actions"][0].get("block_id") or "").rpartition("/")[2]
        if drawn.isdecimal() and self._stories.round_of(run) not in (None, int(drawn)):
            raise StaleCard("It has gone on since this card was drawn; here is how it stands now.")
        return run

    def _check_place(self, body: Body, request: str) -> None:
        spot = body.get("container") or {}
        if spot.get("type") == "message":
            shown = self._stories.request_at(spot["channel_id"], spot["message_ts"])
            if shown not in (None, request):
                raise UnknownThing("This button does not belong to this card.")

    def read(self, stamp: str) -> tuple[str, int]:
        """Request and version; raises `UnknownThing` for what we did not draw."""
        try:
            request, _, version = self._counter.vault.stamped(stamp).rpartition(":")
            return request, int(version)
        except (Forged, ValueError):
            raise UnknownThing(f"There is nothing on record as “{stamp[:80]}”.") from None


def place_of(body: Body) -> Place:
    """Where it was pressed, as far as that has to be drawn anew."""
    view = body.get("view") or {}
    if view.get("type") == "home":
        return {"home": True, "kept": [], **json.loads(view.get("private_metadata") or "{}")}
    if view.get("callback_id") == QUEUE:
        return {"list": view["id"], "kept": [], **json.loads(view["private_metadata"])}
    if view.get("callback_id") == CALENDAR:
        return {"calendar": view["id"], "shown": json.loads(view["private_metadata"])}
    return {}


def stays(place: Place) -> bool:
    """Whether it is a modal that is drawn anew, with what is to be said on top of it."""
    return "list" in place or "calendar" in place


def shows(client: WebClient, body: Body) -> Callable[..., Any]:
    """How a modal is shown from there: on top of the open one, if there is one."""
    modal = (body.get("view") or {}).get("type") == "modal"
    return client.views_push if modal else client.views_open


def person_of(body: Body) -> str:
    """Who pressed, or typed a command."""
    return str((body.get("user") or {}).get("id") or body.get("user_id"))


def value_of(body: Body) -> str:
    """What the pressed button carries; nothing for a command."""
    return str(body["actions"][0].get("value") or "") if body.get("actions") else ""


def request_of(value: str) -> str:
    """The request that a button of a request or of an operation belongs to."""
    return value.partition(":")[0].partition(".")[0]
