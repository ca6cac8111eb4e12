"""A read is answered: in its modal, and what has no place there in direct messages."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.models.views import View

from actions.card import Attachment, Card
from actions.desk import Desk
from actions.drafts import Drafts
from actions.origins import Origins
from bot.errors import explain
from bot.files import keep_picture, send
from bot.listeners.submissions import put
from bot.views.card import result_view, trouble_view
from bot.views.chart import png

ON_ITS_WAY = "The whole list comes into your messages with me, as CSV."

log = structlog.get_logger()


class Answering:
    """Asks Coupontools and fills the modal that waits under the name `place`."""

    def __init__(
        self, desk: Desk, drafts: Drafts, origins: Origins, card_of: Callable[[str], str]
    ) -> None:
        self._desk, self._drafts = desk, drafts
        self._origins, self._card_of = origins, card_of

    def __call__(
        self, client: WebClient, place: str, name: str, raw: Mapping[str, Any], actor: str
    ) -> None:
        title = self._desk.catalog[name].title
        try:
            card = self._read(name, raw, actor)
            whole = self._whole(name, raw, card, actor)
        except Exception as error:
            put(client, place, trouble_view(title, explain(error)))
            return
        file = None if whole else card.attachment
        said = ON_ITS_WAY if file else ""
        if put(client, place, result_view(title, card, whole=whole, file=said)):
            self._complete(client, place, title, card, whole, file, actor)

    def _read(self, name: str, raw: Mapping[str, Any], actor: str) -> Card:
        """What was found; of a code of a batch, with the way to the card of that."""
        answer = self._origins.read(self._desk, name, raw, actor=actor)
        if answer.origin is None:
            return answer.card
        return replace(answer.card, link=self._card_of(answer.origin.request))

    def _whole(self, name: str, raw: Mapping[str, Any], card: Card, actor: str) -> str:
        """What the button for the whole list carries, where there may be more than is shown."""
        if self._desk.catalog[name].rows is None or card.table is None:
            return ""
        draft, _ = self._drafts.keep("", name, {"action": name, "raw": dict(raw)}, actor=actor)
        return draft

    def _complete(
        self,
        client: WebClient,
        place: str,
        title: str,
        card: Card,
        whole: str,
        file: Attachment | None,
        actor: str,
    ) -> None:
        """The file and the picture: they take longer than the rest."""
        said = _sent(client, title, file, actor) if file else ""
        picture = _picture(client, card)
        if said or picture:
            view = result_view(title, card, whole=whole, picture=picture, file=said)
            _put_patiently(client, place, view) if picture else put(client, place, view)


def _sent(client: WebClient, title: str, file: Attachment, actor: str) -> str:
    """Send it to the person; says what became of it."""
    try:
        said = client.chat_postMessage(channel=actor, text=f"{title}: the whole list, as CSV.")
        send(client, file, channel=said["channel"], title=title, thread_ts=said["ts"])
    except (SlackApiError, SlackClientError, OSError) as error:
        return f"The file could not be sent. {explain(error)}"
    return "The whole list is in your messages with me, as CSV."


def _picture(client: WebClient, card: Card) -> str:
    """The id of a picture of the chart; none when Slack does not take it."""
    if card.chart is None:
        return ""
    try:
        return keep_picture(client, png(card.chart), name="chart.png", alt=card.chart.alt)
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("a picture was not taken", error=type(error).__name__)
        return ""


def _put_patiently(client: WebClient, place: str, view: View) -> None:
    """A picture is refused until Slack has looked at it; the words stay if it never is taken."""
    for pause in (0.3, 1.0, 2.0, 0.0):
        try:
            put(client, place, view)
            return
        except SlackApiError as error:
            log.info("the picture is not taken yet", error=error.response.get("error"))
        time.sleep(pause)
