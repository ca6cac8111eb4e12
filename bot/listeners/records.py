"""`/coupon-audit` and `/coupon why`: lines of the record, and the whole story of each."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

from actions import rights
from actions.action import Catalog
from actions.desk import Now
from actions.errors import NotAllowed
from actions.policy import People, Person
from bot.errors import explain
from bot.files import send
from bot.filters import looked_back, told, wanted
from bot.grammar import AUDIT, GrammarError, help_text, parse
from bot.listeners.pressing import Body, Pressing, person_of, value_of
from bot.listeners.telling import tell
from bot.record_files import RecordFiles
from bot.views.card import told_view
from bot.views.record import EACH, RecordShown, record_view, why_view
from bot.why import Whys
from store.db import Store
from store.queries import record
from store.queries.record import Wanted

ALL, OWN = "All of it is yours to see.", "You see what you did yourself."
TITLE, ON_ITS_WAY = (
    "Lines as CSV",
    "It is being written. The file comes into your messages with me.",
)


class Records:
    """Approvers and operators see all lines, others their own; who may not is on record."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        people: People,
        whys: Whys,
        files: RecordFiles,
        pressing: Pressing,
        now: Now,
    ) -> None:
        self._store, self._catalog, self._people, self._whys = store, catalog, people, whys
        self._files, self._pressing, self._now = files, pressing, now

    def register(self, app: App) -> None:
        """Listen to the command and to the buttons."""
        app.command(AUDIT)(self.typed)
        app.action("why")(self.pressed_why)
        app.action("record:older")(self.older)
        app.action("record:newer")(self.newer)
        app.action("record:csv")(self.take)

    def typed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._pressing.attempt(client, body, "audit", lambda: self._open(client, body))

    def why(self, client: WebClient, body: Body, rest: str) -> None:
        """`/coupon why req_…`"""
        if not rest.strip():
            raise GrammarError("Say of what: `/coupon why req_…`, or the number of a line.")
        client.views_open(trigger_id=body["trigger_id"], view=self._why(person_of(body), rest))

    def pressed_why(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        who, id = person_of(body), value_of(body)
        self._pressing.attempt(
            client,
            body,
            "why",
            lambda: client.views_push(trigger_id=body["trigger_id"], view=self._why(who, id)),
        )

    def older(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._turn(client, body, lambda below: (*below, int(value_of(body))))

    def newer(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._turn(client, body, lambda below: below[:-1])

    def take(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """*Send me all as CSV*: it comes by direct message."""
        ack()
        self._pressing.attempt(client, body, "take lines", lambda: self._send(client, body))

    def _open(self, client: WebClient, body: Body) -> None:
        text = str(body.get("text") or "")
        if text.strip().lower() in ("help", "?"):
            tell(client, body, help_text(AUDIT, self._catalog))
            return
        view = self._drawn(person_of(body), text, ())
        client.views_open(trigger_id=body["trigger_id"], view=view)

    def _turn(
        self,
        client: WebClient,
        body: Body,
        to: Callable[[tuple[int, ...]], tuple[int, ...]],
    ) -> None:
        kept, view = json.loads(body["view"]["private_metadata"]), body["view"]["id"]
        below = to(tuple(kept["below"]))

        def turned() -> None:
            drawn = self._drawn(person_of(body), kept["text"], below)
            client.views_update(view_id=view, view=drawn)

        self._pressing.attempt(client, body, "audit", turned)

    def _drawn(self, who: str, text: str, below: tuple[int, ...]) -> View:
        reader = self._people(who)
        asked, all_of_it = self._wanted(reader, text)
        wanted = replace(asked, below=below[-1] if below else None)
        with self._store.look() as tx:
            page = record.page(tx, wanted, EACH)
        shown = RecordShown(
            text=text,
            filters=told(wanted),
            scope=ALL if all_of_it else OWN,
            below=below,
            note=looked_back(page),
            may_take=all_of_it,
        )
        return record_view(page, shown, reader.zone)

    def _wanted(self, reader: Person, text: str) -> tuple[Wanted, bool]:
        """What may be shown of what was typed, and whether this person may see all."""
        rights.to_ask(reader)
        typed = parse(text)
        given: Mapping[str, str] = {"text": " ".join(typed.bare), **typed.given}
        asked, all_of_it = wanted(given, self._now(), reader.zone), rights.sees_all(reader)
        if not all_of_it:
            if asked.person not in ("", reader.id):
                raise NotAllowed("Only approvers and operators can see what others did.")
            asked = replace(asked, person=reader.id)
        return asked, all_of_it

    def _why(self, who: str, id: str) -> View:
        return why_view([*self._whys(id, self._people(who))])

    def _send(self, client: WebClient, body: Body) -> None:
        """What goes wrong later is told where the file would have come."""
        who = person_of(body)
        reader = self._people(who)
        asked, all_of_it = self._wanted(
            reader, json.loads(body["view"]["private_metadata"])["text"]
        )
        if not all_of_it:
            raise NotAllowed("Only approvers and operators can take lines along.")
        file = self._files(asked, "csv", actor=who, surface="slack")
        said = client.chat_postMessage(channel=who, text=f"Writing {file.name} …")
        with suppress(SlackApiError):  # a modal hides the direct messages; there may be no room
            client.views_push(trigger_id=body["trigger_id"], view=told_view(TITLE, ON_ITS_WAY))
        try:
            send(client, file, channel=said["channel"], title=file.name, counts="line")
        except Exception as error:
            words = f"{file.name}: {explain(error)}"
            client.chat_postMessage(channel=said["channel"], text=words)
