"""`/coupon` and its short forms: what was typed opens a form, filled in as far as it goes."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.models.views import View

from actions import rights
from actions.desk import Desk
from actions.errors import NotAllowed
from actions.voices import Voices
from bot.forms import WHEN_FIELDS
from bot.grammar import (
    APPROVALS,
    CALENDAR,
    SHORT_FORMS,
    GrammarError,
    action_of,
    help_text,
    parse,
    place,
    verb_of,
)
from bot.listeners.calendar import CalendarModal, typed as calendar_typed
from bot.listeners.opening import Opener
from bot.listeners.pressing import Pressing, person_of, shows
from bot.listeners.sheets import Sheets
from bot.listeners.telling import guarded, tell
from bot.listeners.waiting import Waiting
from bot.stops import Stops
from bot.stories import Stories
from bot.views.home import launcher_view

HELP = ("help", "?")
SHEET = "sheet"
Body = Mapping[str, Any]
Verb = Callable[[WebClient, Body, str], object]
"""Does what is typed as `/coupon <verb> <rest>`; raises `Declined` or `TooLate`."""


class Launcher:
    """What `/coupon` alone opens."""

    def __init__(self, desk: Desk, voices: Voices, stories: Stories, stops: Stops) -> None:
        self._desk, self._voices = desk, voices
        self._stories, self._stops = stories, stops

    def view(self, actor: str, channel: str) -> View:
        """As things stand for that person; raises `NotAllowed`."""
        voices, stories = self._voices(actor), self._stories
        rights.to_ask(voices[0].of)
        return launcher_view(
            self._desk.catalog,
            stories.mine(actor),
            stories.deciding(voices),
            stories.coming(),
            {"channel": channel},
            stops=self._stops.standing(),
        )


class Commands:
    """What each command does; all are acknowledged first."""

    def __init__(
        self,
        desk: Desk,
        opener: Opener,
        sheets: Sheets,
        launcher: Launcher,
        waiting: Waiting,
        calendar: CalendarModal,
        pressing: Pressing,
        verbs: Mapping[str, Verb],
    ) -> None:
        self._desk, self._opener, self._sheets = desk, opener, sheets
        self._launcher, self._waiting, self._calendar = launcher, waiting, calendar
        self._pressing, self._verbs = pressing, verbs

    def coupon(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._attempt(client, body, "open", lambda: self._coupon(body, client))

    def short_form(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._attempt(client, body, "open", lambda: self._short_form(body, client))

    def new_campaign(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        trigger, actor = body["trigger_id"], body["user"]["id"]
        name = "campaign.create"
        self._attempt(
            client,
            body,
            "open",
            lambda: self._opener.open(client, name, {}, trigger=trigger, actor=actor),
        )

    def queue(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """`/coupon-approvals`"""
        ack()
        self._attempt(client, body, "open", lambda: self._queue(body, client))

    def schedule(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """`/coupon-schedule`"""
        ack()
        self._attempt(client, body, "open", lambda: self._schedule(body, client))

    def calendar(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """*Calendar …*, at home and in the launcher."""
        ack()
        trigger, actor = body["trigger_id"], body["user"]["id"]
        show = shows(client, body)
        self._attempt(
            client,
            body,
            "open",
            lambda: self._calendar.open(client, trigger=trigger, actor=actor, show=show),
        )

    def _attempt(
        self, client: WebClient, body: Body, verb: str, work: Callable[[], object]
    ) -> None:
        """Do it; whoever may not is told so, and a line of the record says so."""

        def attempted() -> None:
            try:
                work()
            except NotAllowed as error:
                self._pressing.decline(verb, error, person_of(body), "")
                raise

        guarded(client, body, attempted)

    def _schedule(self, body: Body, client: WebClient) -> None:
        text = body.get("text", "")
        if text.strip().lower() in HELP:
            tell(client, body, help_text(body["command"], self._desk.catalog))
            return
        trigger, actor, shown = body["trigger_id"], body["user_id"], calendar_typed(text)
        self._calendar.open(
            client, trigger=trigger, actor=actor, show=client.views_open, shown=shown
        )

    def _queue(self, body: Body, client: WebClient) -> None:
        typed = parse(body.get("text", ""))
        if typed.bare[:1] and typed.bare[0] in HELP:
            tell(client, body, help_text(body["command"], self._desk.catalog))
        else:
            self._waiting.open(client, trigger=body["trigger_id"], actor=body["user_id"])

    def _coupon(self, body: Body, client: WebClient) -> None:
        verb, rest = verb_of(body.get("text", ""))
        if verb:
            self._do(verb, rest, body, client)
            return
        typed = parse(body.get("text", ""))
        if typed.bare[:1] and typed.bare[0] in HELP:
            tell(client, body, help_text("/coupon", self._desk.catalog))
        elif typed.words[:1] == (SHEET,):
            name = action_of(typed.words[1:], self._desk.catalog) if typed.words[1:] else ""
            trigger, actor = body["trigger_id"], body["user_id"]
            self._sheets.open(client, name, trigger=trigger, actor=actor)
        elif typed.words:
            name = action_of(typed.words, self._desk.catalog)
            self._open(body, client, name, {**place(name, typed.loose), **typed.given})
        else:
            view = self._launcher.view(body["user_id"], body["channel_id"])
            client.views_open(trigger_id=body["trigger_id"], view=view)

    def _do(self, verb: str, rest: str, body: Body, client: WebClient) -> None:
        words = verb.replace("-", " ")
        work = self._verbs[verb]
        self._pressing.attempt(client, body, words, lambda: work(client, body, rest), rest)

    def _short_form(self, body: Body, client: WebClient) -> None:
        name, typed = SHORT_FORMS[body["command"]], parse(body.get("text", ""))
        if typed.bare[:1] and typed.bare[0] in HELP:
            tell(client, body, help_text(body["command"], self._desk.catalog))
        else:
            self._open(body, client, name, {**place(name, typed.bare), **typed.given})

    def _open(self, body: Body, client: WebClient, name: str, given: dict[str, str]) -> None:
        fields = self._desk.catalog[name].inputs.model_fields
        for odd in given.keys() - fields.keys() - set(WHEN_FIELDS):
            raise GrammarError(f"There is no field “{odd[:80]}” here, only: {', '.join(fields)}.")
        self._opener.open(
            client,
            name,
            given,
            trigger=body["trigger_id"],
            actor=body["user_id"],
            channel=body["channel_id"],
        )


def register(app: App, commands: Commands) -> None:
    """Listen to the commands and to the shortcut."""
    app.command("/coupon")(commands.coupon)
    for command in SHORT_FORMS:
        app.command(command)(commands.short_form)
    app.command(APPROVALS)(commands.queue)
    app.command(CALENDAR)(commands.schedule)
    app.action("calendar")(commands.calendar)
    app.shortcut("new_campaign")(commands.new_campaign)
