"""*Whole list as CSV* was pressed: the file comes by direct message."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from actions.card import Attachment
from actions.drafts import Drafts
from actions.errors import Declined
from actions.exporting import Exporting
from bot.errors import explain
from bot.files import send
from bot.listeners.telling import guarded
from bot.views.card import told_view

TITLE = "Whole list as CSV"


class Exports:
    """The button in a modal carries a draft of the question, that on a message a run."""

    def __init__(self, exporting: Exporting, drafts: Drafts) -> None:
        self._exporting, self._drafts = exporting, drafts

    def from_modal(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._begin(client, body, self._of_draft))

    def from_message(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._begin(client, body, self._of_run))

    def _of_draft(self, draft: str, actor: str) -> Attachment:
        _, kept = self._drafts.keep(draft, "", {}, actor=actor)
        if "action" not in kept:
            raise Declined("The question was kept for a day. Ask it again.")
        return self._exporting(kept["action"], kept["raw"], actor=actor)

    def _of_run(self, run: str, actor: str) -> Attachment:
        return self._exporting.of_run(run, actor=actor)

    def _begin(
        self, client: WebClient, body: dict[str, Any], of: Callable[[str, str], Attachment]
    ) -> None:
        """What is declined is told where it was pressed, what goes wrong later where it comes."""
        actor = body["user"]["id"]
        file = of(body["actions"][0]["value"], actor)
        said = client.chat_postMessage(channel=actor, text=f"Reading the whole list: {file.name} …")
        _tell_where(client, body)
        try:
            send(client, file, channel=said["channel"], title=file.name, counts="row")
        except Exception as error:
            words = f"{file.name}: {explain(error)}"
            client.chat_postMessage(channel=said["channel"], text=words)


def _tell_where(client: WebClient, body: dict[str, Any]) -> None:
    """A modal hides the direct messages; one more on top of it, if there is room for it."""
    if body.get("view") is None:
        return
    words = "It is being read, page by page. The file comes into your messages with me."
    with suppress(SlackApiError):
        client.views_push(trigger_id=body["trigger_id"], view=told_view(TITLE, words))


def register(app: App, exports: Exports) -> None:
    """Listen to the button, in modals and on messages."""
    app.action("whole:modal")(exports.from_modal)
    app.action("whole:message")(exports.from_message)
