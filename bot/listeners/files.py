"""What becomes of the codes of a batch: their file for somebody, and how they are used."""

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from actions import rights
from actions.errors import UnknownThing
from bot.errors import explain
from bot.handing import Handing
from bot.listeners.counter import Counter
from bot.listeners.pressing import Body, Pressing, person_of, request_of, value_of
from bot.listeners.telling import guarded
from bot.results import Results
from bot.stories import Stories
from bot.views.card import result_view, trouble_view, waiting_view
from store.tables import Posted

TITLE = "How they are used"
GONE = "There is no file of it here any more: codes are kept for some days only."


class Files:
    """What the buttons *Send me the file* and *How are they used?* do, for who presses them."""

    def __init__(
        self,
        counter: Counter,
        stories: Stories,
        results: Results,
        handing: Handing,
        pressing: Pressing,
    ) -> None:
        self._counter, self._stories, self._results = counter, stories, results
        self._handing, self._pressing = handing, pressing

    def register(self, app: App) -> None:
        """Listen to them."""
        app.action("send_file")(self.pressed)
        app.action("count_used")(self.counted)

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._pressing.attempt(client, body, "send file", lambda: self._send(body, client))

    def counted(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._count(body, client))

    def _count(self, body: Body, client: WebClient) -> None:
        """The modal is opened first: counting may take longer than Slack waits."""
        waiting = waiting_view(TITLE, "One moment …", f"used:{body['trigger_id']}"[:255])
        opened = client.views_open(trigger_id=body["trigger_id"], view=waiting)["view"]["id"]
        try:
            shown = result_view(TITLE, self._counter.usage(value_of(body), actor=person_of(body)))
        except Exception as error:
            self._pressing.decline("count used", error, person_of(body), value_of(body))
            shown = trouble_view(TITLE, explain(error))
        client.views_update(view_id=opened, view=shown)

    def _send(self, body: Body, client: WebClient) -> None:
        who, id = person_of(body), value_of(body)
        story = self._stories.told(request_of(id))
        run = next((run for run in story.operations if run.id == id), None) if story else None
        if story is None or run is None:
            raise UnknownThing(f"There is nothing on record as “{id[:80]}”.")
        rights.to_take(self._counter.desk.person(who), story.request.actor)
        card = self._results.card(id)
        if card is None or card.attachment is None:
            raise UnknownThing(GONE)
        said = client.chat_postMessage(channel=who, text=f"{card.text}. Here they are:")
        where = Posted(key="", channel=str(said["channel"]), ts=str(said["ts"]))
        self._handing.file(where, card.attachment, card.text, about=run, to=who)
