"""`/coupon-schedule`: what comes, by day, in a modal that is drawn anew as people decide."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from actions import rights
from actions.voices import Voices
from bot.agenda import Agenda
from bot.calendar_file import CalendarFiles
from bot.errors import explain
from bot.files import send
from bot.grammar import GrammarError, parse
from bot.listeners.submissions import put
from bot.listeners.telling import guarded
from bot.views.calendar import EVERY, TITLE, calendar_view
from bot.views.card import told_view, trouble_view, waiting_view
from bot.views.lines import day_of
from bot.views.spread import Shown
from schedules.calendar import Show

LOOKING = "Looking what comes …"
WORDS = {"waiting": Show.WAITING, "late": Show.LATE}
FILE = "Calendar file"
ON_ITS_WAY = "It is being written. The file comes into your messages with me."
FIRST_ONLY = "There are more runs: these are the first."
MENUS = re.compile(r"^calendar:(show|account|day|earlier|later|today)$")

Way = Callable[..., Any]
"""How the modal is opened: by itself, or on top of another one."""


class CalendarModal:
    """Opens it, turns its pages, and draws it again after a decision."""

    def __init__(self, agenda: Agenda, files: CalendarFiles, voices: Voices) -> None:
        self._agenda, self._files, self._voices = agenda, files, voices

    def open(
        self,
        client: WebClient,
        *,
        trigger: str,
        actor: str,
        show: Way,
        shown: Shown = Shown(),  # noqa: B008  frozen
    ) -> None:
        """Slack is answered at once; what comes is put into the same modal."""
        place = f"calendar:{trigger}"[:255]
        show(trigger_id=trigger, view=waiting_view(TITLE, LOOKING, place))
        try:
            view = self._drawn(actor, shown)
        except Exception as error:
            view = trouble_view(TITLE, explain(error))
        put(client, place, view)

    def redraw(
        self, client: WebClient, view_id: str, shown: Shown, actor: str, note: str = ""
    ) -> None:
        """The page again, in the modal where it is open."""
        client.views_update(view_id=view_id, view=self._drawn(actor, shown, note))

    def turn(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """Another page, other days, or of something else."""
        ack()
        view, actor = body["view"], body["user"]["id"]

        def turned() -> None:
            shown = Shown.read(json.loads(view["private_metadata"]))
            wanted = self._turned(shown, body["actions"][0], actor)
            self.redraw(client, view["id"], wanted, actor)

        guarded(client, body, turned)

    def file(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """*Calendar file (.ics)*: it comes by direct message."""
        ack()
        guarded(client, body, lambda: self._send(client, body))

    def _send(self, client: WebClient, body: Mapping[str, Any]) -> None:
        """What is declined is told where it was pressed, what goes wrong later where it comes."""
        actor = body["user"]["id"]
        shown = Shown.read(json.loads(body["view"]["private_metadata"]))
        file = self._files(actor=actor, account=shown.account)
        more = f" {FIRST_ONLY}" if file.is_cut else ""
        said = client.chat_postMessage(channel=actor, text=f"Writing {file.name} …{more}")
        with suppress(SlackApiError):  # a modal hides the direct messages; there may be no room
            client.views_push(trigger_id=body["trigger_id"], view=told_view(FILE, ON_ITS_WAY))
        try:
            send(client, file, channel=said["channel"], title=file.name, counts="run")
        except Exception as error:
            words = f"{file.name}: {explain(error)}"
            client.chat_postMessage(channel=said["channel"], text=words)

    def _turned(self, shown: Shown, action: Mapping[str, Any], actor: str) -> Shown:
        """What is shown after that was chosen."""
        today = day_of(self._agenda.now, self._voices(actor)[0].of.zone)
        begin = replace(shown, place="", back=(), next="")
        match action["action_id"].partition(":")[2]:
            case "show":
                return replace(begin, show=Show(action["selected_option"]["value"]))
            case "account":
                name = action["selected_option"]["value"]
                return replace(begin, account="" if name == EVERY else name)
            case "day":
                chosen = action.get("selected_date") or ""
                return replace(begin, day=chosen if chosen > today.isoformat() else "")
            case "earlier":
                return shown.earlier(today)
            case "later":
                return shown.later()
            case _:
                return replace(begin, day="")

    def _drawn(self, actor: str, shown: Shown, note: str = "") -> View:
        voices = self._voices(actor)
        rights.to_ask(voices[0].of)
        return calendar_view(self._agenda.spread(voices, shown), note)


def typed(text: str) -> Shown:
    """`/coupon-schedule waiting`, `late`, or a day; raises `GrammarError`."""
    said, shown = parse(text), Shown()
    for word in (*said.bare, *said.given):
        if word.lower() in WORDS:
            shown = replace(shown, show=WORDS[word.lower()])
        else:
            shown = replace(shown, day=_day(word))
    return shown


def _day(word: str) -> str:
    try:
        return date.fromisoformat(word).isoformat()
    except ValueError:
        words = f"It is not clear what “{word[:80]}” is for"
        raise GrammarError(f"{words}: type waiting, late, or a day as 2026-12-24.") from None


def register(app: App, calendar: CalendarModal) -> None:
    """Listen to its menus and buttons; those that open it are in `pressing` and `commands`."""
    app.action(MENUS)(calendar.turn)
    app.action("calendar:file")(calendar.file)
