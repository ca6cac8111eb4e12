"""`/coupon` and its short forms: what was typed opens a form, filled in as far as it goes."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from actions import rights
from actions.desk import Desk
from bot.forms import WHEN_FIELDS
from bot.grammar import SHORT_FORMS, GrammarError, action_of, help_text, parse, place
from bot.listeners.delegating import WORD as DELEGATE
from bot.listeners.delegating import Delegating
from bot.listeners.opening import Opener
from bot.listeners.sheets import Sheets
from bot.listeners.telling import guarded, tell
from bot.stories import Stories
from bot.views.home import launcher_view

HELP = ("help", "?")
SHEET = "sheet"
Body = Mapping[str, Any]


class Commands:
    """What each command does; all are acknowledged first."""

    def __init__(
        self,
        desk: Desk,
        opener: Opener,
        stories: Stories,
        sheets: Sheets,
        delegating: Delegating,
    ) -> None:
        self._desk, self._opener, self._stories = desk, opener, stories
        self._sheets, self._delegating = sheets, delegating

    def coupon(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._coupon(body, client))

    def short_form(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._short_form(body, client))

    def new_campaign(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        trigger, actor = body["trigger_id"], body["user"]["id"]
        name = "campaign.create"
        guarded(
            client,
            body,
            lambda: self._opener.open(client, name, {}, trigger=trigger, actor=actor),
        )

    def _coupon(self, body: Body, client: WebClient) -> None:
        typed = parse(body.get("text", ""))
        if typed.bare[:1] and typed.bare[0] in HELP:
            tell(client, body, help_text("/coupon", self._desk.catalog))
        elif typed.words[:1] == (SHEET,):
            name = action_of(typed.words[1:], self._desk.catalog) if typed.words[1:] else ""
            trigger, actor = body["trigger_id"], body["user_id"]
            self._sheets.open(client, name, trigger=trigger, actor=actor)
        elif typed.words[:1] == (DELEGATE,):
            tell(client, body, self._delegating(typed.bare[1:], actor=body["user_id"]))
        elif typed.words:
            name = action_of(typed.words, self._desk.catalog)
            self._open(body, client, name, {**place(name, typed.loose), **typed.given})
        else:
            self._launch(body, client)

    def _short_form(self, body: Body, client: WebClient) -> None:
        name, typed = SHORT_FORMS[body["command"]], parse(body.get("text", ""))
        if typed.bare[:1] and typed.bare[0] in HELP:
            tell(client, body, help_text(body["command"], self._desk.catalog))
        else:
            self._open(body, client, name, {**place(name, typed.bare), **typed.given})

    def _launch(self, body: Body, client: WebClient) -> None:
        actor, stories = body["user_id"], self._stories
        person = self._desk.person(actor)
        rights.to_ask(person)
        view = launcher_view(
            self._desk.catalog,
            stories.mine(actor),
            stories.waiting(person),
            stories.coming(),
            {"channel": body["channel_id"]},
        )
        client.views_open(trigger_id=body["trigger_id"], view=view)

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
    app.shortcut("new_campaign")(commands.new_campaign)
