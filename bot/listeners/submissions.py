"""A form was submitted."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from actions.announced import is_read_now
from actions.desk import Desk, Now, When
from actions.errors import InvalidInputs
from bot.errors import explain
from bot.forms import read_when
from bot.forms.derived import EDITS
from bot.listeners.pages import Pages
from bot.views.card import trouble_view, waiting_view
from schedules.planning import plan
from store.secrets import Vault
from store.tables import Request

log = structlog.get_logger()

Answer = Callable[[WebClient, str, str, Mapping[str, Any], str], None]
"""Reads the action of that name, for that person, into the view of that place."""


class Submissions:
    """Turns a submitted form into the next page, an answer, or a request on record."""

    def __init__(self, desk: Desk, pages: Pages, answer: Answer, vault: Vault, now: Now) -> None:
        self._desk, self._pages, self._now = desk, pages, now
        self._answer, self._vault = answer, vault

    def submit(
        self, ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient
    ) -> None:
        try:
            if following := self._pages.following(body, view):
                ack(response_action="update", view=following)
            else:
                self._finish(ack, body, view, client)
        except InvalidInputs as error:
            ack(response_action="errors", errors=placed(error.problems, view))
        except Exception as error:
            title = view["title"]["text"]
            # On top of the form, which stays as it was filled in: closing this is trying again.
            ack(response_action="push", view=trouble_view(title, explain(error)))

    def _finish(
        self, ack: Ack, body: Mapping[str, Any], view: Mapping[str, Any], client: WebClient
    ) -> None:
        metadata, actor = json.loads(view["private_metadata"]), body["user"]["id"]
        name, zone = metadata["action"], self._desk.person(actor).zone
        raw = self._pages.everything(actor, view)
        said = read_when(view["state"]["values"], zone)
        when = plan({"timezone": zone} | said, self._now())
        if edits := metadata.get(EDITS):
            id, _, version = self._vault.stamped(edits).rpartition(":")
            self._desk.change(id, int(version), raw, actor=actor, when=when)
            ack(response_action="clear")
            return
        if not said and is_read_now(self._desk.catalog[name], raw):
            self._read(ack, view, client, name, raw, actor)
            return
        request = self._ask(name, raw, actor, when, body, view)
        ack(response_action="clear")
        self._confirm(client, metadata.get("channel", ""), request)

    def _ask(
        self,
        name: str,
        raw: Mapping[str, Any],
        actor: str,
        when: When,
        body: Mapping[str, Any],
        view: Mapping[str, Any],
    ) -> Request:
        team = (body.get("team") or {}).get("id", "")
        return self._desk.ask(name, raw, actor=actor, when=when, token=view["id"], team=team)

    def _read(
        self,
        ack: Ack,
        view: Mapping[str, Any],
        client: WebClient,
        name: str,
        raw: Mapping[str, Any],
        actor: str,
    ) -> None:
        """Slack is answered at once; what Coupontools says comes into the same modal."""
        title, place = self._desk.catalog[name].title, f"read:{view['id']}"
        self._desk.check(name, raw)
        ack(response_action="update", view=waiting_view(title, "Asking Coupontools …", place))
        self._answer(client, place, name, raw, actor)

    def _confirm(self, client: WebClient, channel: str, request: Request) -> None:
        """A line where the command was typed; the card itself comes by direct message."""
        if not channel:
            return
        title = self._desk.catalog[request.action].title
        words = f"On record: *{title}*. Follow it in your messages with me."
        try:
            client.chat_postEphemeral(channel=channel, user=request.actor, text=words)
        except SlackApiError as error:
            log.info("no line where it was typed", error=error.response.get("error"))


def register(app: App, submissions: Submissions) -> None:
    """Listen to submitted forms."""
    app.view("form")(submissions.submit)


def put(client: WebClient, place: str, view: View) -> bool:
    """Show it in the view of that name, which is there only once Slack has taken our answer."""
    for pause in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6):
        try:
            client.views_update(external_id=place, view=view)
            return True
        except SlackApiError as error:
            if error.response.get("error") != "not_found":
                raise
        time.sleep(pause)
    log.info("the form was closed before the answer came")
    return False


def placed(problems: Mapping[str, str], view: Mapping[str, Any]) -> dict[str, str]:
    """Each problem under its block; one whose field is not shown goes under the first block."""
    shown = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    found = {name: words for name, words in problems.items() if name in shown}
    for name, words in problems.items():
        if name not in shown:
            title = name.replace("_", " ").capitalize()
            found.setdefault(shown[0], f"{title}: {words}" if title else words)
    return found
