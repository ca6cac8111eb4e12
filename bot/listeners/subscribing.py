"""`/coupon subscribe` and `unsubscribe`, and *Remove* at home."""

import re
from collections.abc import Sequence
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from actions.desk import Desk
from actions.errors import Declined, UnknownThing
from actions.lookups import Lookups
from actions.subscribing import Subscribing
from actions.wanting import Wish, read
from bot.board import GONE
from bot.grammar import parse
from bot.listeners.commands import Verb
from bot.listeners.pressing import Body, Pressing, person_of, value_of
from bot.listeners.telling import tell
from bot.views import subscribing as views
from store.hooks import Subscription

CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>")
OUTSIDE = (
    "I cannot write in <#{channel}>, so nothing is subscribed. Invite me there first "
    "(`/invite @Vouchdesk`), then type it again."
)


class Subscriptions:
    """Takes what was typed or pressed, and answers in words."""

    def __init__(
        self, subscribing: Subscribing, desk: Desk, lookups: Lookups, pressing: Pressing
    ) -> None:
        self._subscribing, self._desk = subscribing, desk
        self._lookups, self._pressing = lookups, pressing

    def register(self, app: App) -> None:
        """Listen to the button; the commands come from `/coupon`."""
        app.action("unsubscribe")(self.pressed)

    @property
    def verbs(self) -> dict[str, Verb]:
        """What is typed after `/coupon`."""
        return {"subscribe": self.subscribe, "unsubscribe": self.unsubscribe}

    def subscribe(self, client: WebClient, body: Body, rest: str) -> None:
        """`/coupon subscribe #channel claimed …`; alone it lists. Raises `Declined`."""
        typed = parse(rest)
        if not typed.bare and not typed.given:
            tell(client, body, views.listed(self._subscribing.of()))
            return
        channels, words = _channels(typed.bare)
        channel = channels[0] if channels else str(body["channel_id"])
        wish = read(words, typed.given)
        account = wish.account or self._desk.account().name
        self._check(wish)
        actor = person_of(body)
        made = self._subscribing.begin(wish, channel=channel, account=account, actor=actor)
        self._announce(client, made, actor)
        tell(client, body, views.begun(made))

    def unsubscribe(self, client: WebClient, body: Body, rest: str) -> None:
        """`/coupon unsubscribe #channel` or `sub_…`; raises `Declined`."""
        channels, words = _channels(parse(rest).bare)
        ids = [word for word in words if word.startswith("sub_")]
        if len(ids) != len(words) or len(channels) > 1 or (ids and channels):
            raise Declined(f"Name a channel, or the id of a subscription. {views.HELP}")
        if not ids:
            channel = channels[0] if channels else str(body["channel_id"])
            ids = [each.id for each in self._subscribing.of(channel)]
            if not ids:
                raise UnknownThing(f"<#{channel}> has subscribed to nothing.")
        actor = person_of(body)
        tell(client, body, views.ended([self._subscribing.end(id, actor=actor) for id in ids]))

    def pressed(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        stamp, actor = value_of(body), person_of(body)
        end = self._subscribing.end_stamped
        self._pressing.decide(ack, client, body, "unsubscribe", lambda: end(stamp, actor=actor))

    def _announce(self, client: WebClient, made: Subscription, actor: str) -> None:
        """The channel is told who has subscribed it; where we may not write there is nothing."""
        try:
            client.chat_postMessage(channel=made.channel, **views.begun_message(made).to_dict())
        except SlackApiError as error:
            self._subscribing.end(made.id, actor=actor, because=" (we cannot write there)")
            if error.response.get("error") in GONE:
                raise Declined(OUTSIDE.format(channel=made.channel)) from None
            raise

    def _check(self, wish: Wish) -> None:
        """That campaign is one of the account's, as far as its list is known."""
        account = self._desk.account()
        if not wish.campaign or not self._lookups.options("campaign.list", account, ""):
            return
        if self._lookups.known("campaign.list", account, wish.campaign) is None:
            raise UnknownThing(f"There is no campaign {wish.campaign[:60]}.")


def _channels(bare: Sequence[str]) -> tuple[list[str], list[str]]:
    """The channels that are named, and all other words."""
    found = [(word, CHANNEL.fullmatch(word)) for word in bare]
    for word, match in found:
        if not match and word.startswith("#"):
            raise Declined(f"There is no channel {word[:80]} that I know of.")
    return [match[1] for _, match in found if match], [word for word, match in found if not match]
