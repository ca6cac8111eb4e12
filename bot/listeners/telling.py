"""Telling one person something, wherever they just pressed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Timer
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.errors import explain
from bot.views.card import trouble_view

LATEST = 2.0
"""Seconds after which Slack is answered whatever is still to be done: it gives up after three."""

log = structlog.get_logger()


def tell(client: WebClient, body: Mapping[str, Any], text: str) -> None:
    """Say it to this person alone: beside the message or command, else in a modal."""
    try:
        if url := body.get("response_url"):
            WebhookClient(url).send(text=text, response_type="ephemeral", replace_original=False)
        elif view := body.get("view"):
            _in_view(client, body, view, text)
        else:
            client.chat_postMessage(channel=_person(body), text=text)
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("nobody could be told", error=str(error)[:200])


@contextmanager
def in_time(ack: Ack) -> Iterator[Ack]:
    """Slack is answered at the end of it, so that a click is not lost with its process.

    Or before, by whoever knows that it is on record; or when Slack would not wait any longer.
    """
    if ack.response is not None:  # answered first: so many press
        yield ack
        return
    late = Timer(LATEST, ack)
    late.daemon = True
    late.start()
    try:
        yield ack
    finally:
        late.cancel()
        ack()


def register(app: App) -> None:
    """Whatever a listener does not handle becomes words for the person, and one log line."""

    @app.error
    def trouble(error: Exception, body: dict[str, Any], client: WebClient) -> BoltResponse:
        tell(client, body, explain(error))
        return BoltResponse(status=200, body="")


def guarded(client: WebClient, body: Mapping[str, Any], work: Callable[[], object]) -> bool:
    """Do it; whatever is in the way is told to the person who pressed. Says whether it was done."""
    try:
        work()
    except Exception as error:
        tell(client, body, explain(error))
        return False
    return True


def _in_view(
    client: WebClient, body: Mapping[str, Any], view: Mapping[str, Any], text: str
) -> None:
    if view.get("type") == "home" and body.get("trigger_id"):
        client.views_open(trigger_id=body["trigger_id"], view=trouble_view("Vouchdesk", text))
    elif view.get("type") == "modal" and body.get("type") == "view_submission":
        client.chat_postMessage(channel=_person(body), text=text)
    else:
        client.views_update(view_id=view["id"], view=trouble_view("Vouchdesk", text))


def _person(body: Mapping[str, Any]) -> str:
    return str(body.get("user", {}).get("id") or body.get("user_id"))
