"""The shortcut on a message: what it names is looked up for whoever picked it."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.models.views import View

from actions import rights
from actions.card import Card, Offer
from actions.desk import Desk
from actions.errors import Declined
from actions.lookups import Lookups
from actions.replies import Campaigns
from bot.errors import explain
from bot.gleaning import gleaned
from bot.grammar import FIND
from bot.listeners.submissions import Answer, put
from bot.listeners.telling import guarded
from bot.views.card import MOST_OFFERS, result_view, trouble_view, waiting_view

NOTHING = Card(
    "This message names no coupon: no link to one, no code, e-mail address or phone number.",
    offers=(Offer("Type it instead", "session.search"),),
)


class Finding:
    """Takes codes, addresses and people out of a message; one is looked up at once."""

    def __init__(self, desk: Desk, answer: Answer, lookups: Lookups) -> None:
        self._desk, self._answer, self._lookups = desk, answer, lookups

    def register(self, app: App) -> None:
        app.message_shortcut("find_coupon")(self.find)

    def find(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        guarded(client, body, lambda: self._find(body, client))

    def _find(self, body: Mapping[str, Any], client: WebClient) -> None:
        actor, place = body["user"]["id"], f"find:{body['user']['id']}:{body['action_ts']}"
        rights.to_ask(self._desk.person(actor))
        waiting = waiting_view(FIND, "Reading the message …", place)
        client.views_open(trigger_id=body["trigger_id"], view=waiting)
        try:
            offers = gleaned(body["message"], self._campaigns())
        except Declined as error:
            put(client, place, trouble_view(FIND, explain(error)))
            return
        if len(offers) == 1:
            self._answer(client, place, offers[0].action, dict(offers[0].given), actor)
        else:
            put(client, place, _choice(offers))

    def _campaigns(self) -> Campaigns | None:
        listed = self._lookups.answer("campaign.list", self._desk.account())
        return listed if isinstance(listed, Campaigns) else None


def _choice(offers: list[Offer]) -> View:
    """Several things: which one is meant, is for a person to say."""
    if not offers:
        return result_view(FIND, NOTHING)
    more = len(offers) - MOST_OFFERS
    rest = f" These are the first {MOST_OFFERS} of them." if more > 0 else ""
    words = f"This message names {len(offers)} things that can be looked up.{rest}"
    return result_view(FIND, Card(words, offers=tuple(offers[:MOST_OFFERS])))
