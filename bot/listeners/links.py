"""Somebody has shared a link to a coupon: it gets a card."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

import structlog
from slack_bolt import App
from slack_sdk import WebClient

from actions.addresses import address_of, campaign_at
from actions.desk import Desk
from actions.errors import Declined
from actions.lookups import Lookups
from actions.replies import Campaigns
from bot.errors import explain
from bot.people import is_slack_id
from bot.views.unfurl import unfurl

LIST = "campaign.list"
TYPED = "composer"
MOST_CARDS = 5
MOST_REMEMBERED = 2_000
"""Deliveries, by their ids: Slack repeats one within the hour, if at all."""

log = structlog.get_logger()


class Links:
    """Puts a card under links to coupons; to whom nothing may be shown, nothing is."""

    def __init__(self, desk: Desk, lookups: Lookups) -> None:
        self._desk, self._lookups = desk, lookups
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def register(self, app: App) -> None:
        """Slack is answered first: nothing is lost with a card that does not come."""
        app.event("link_shared")(self.shared)

    def shared(self, body: Mapping[str, Any], event: Mapping[str, Any], client: WebClient) -> None:
        """A delivery that was seen before does nothing; one that went wrong may come again."""
        id = str(body.get("event_id") or "")
        if self._was_seen(id):
            return
        try:
            if cards := self._cards(body, event):
                _show(client, event, cards)
        except Declined as error:
            log.info("a link gets no card", why=str(error)[:200])
        except Exception as error:  # nobody waits for a card, so nobody is told
            self._forget(id)
            log.warning("a link gets no card", why=explain(error)[:200])

    def _cards(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
        """A card for each address that is known here; raises `Declined`."""
        actor = str(event.get("user") or "")
        if not is_slack_id(actor) or _may_be_read_elsewhere(body, event):
            return {}
        urls = [str(link.get("url") or "") for link in event.get("links") or ()]
        found = {url: address for url in urls[:MOST_CARDS] if (address := address_of(url))}
        if not found:
            return {}
        account = self._desk.account()
        self._desk.allow_read(self._desk.catalog[LIST], account, actor)
        listed = self._lookups.answer(LIST, account)
        if not isinstance(listed, Campaigns):
            return {}
        known = ((url, address, campaign_at(address, listed)) for url, address in found.items())
        return {url: unfurl(campaign, address) for url, address, campaign in known if campaign}

    def _was_seen(self, id: str) -> bool:
        with self._lock:
            seen = id in self._seen
            self._seen[id] = None
            while len(self._seen) > MOST_REMEMBERED:
                self._seen.popitem(last=False)
        return seen

    def _forget(self, id: str) -> None:
        with self._lock:
            self._seen.pop(id, None)


def _may_be_read_elsewhere(body: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """By another company; of a message that is still being written, Slack does not say where."""
    return bool(body.get("is_ext_shared_channel")) or event.get("source") == TYPED


def _show(client: WebClient, event: Mapping[str, Any], cards: dict[str, Any]) -> None:
    """Under the message: by the id of the sharing where there is one, else by its place."""
    id, source = event.get("unfurl_id"), event.get("source")
    if id and source:
        client.chat_unfurl(unfurl_id=id, source=source, unfurls=cards)
    else:
        client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=cards)
