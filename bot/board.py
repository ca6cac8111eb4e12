"""Messages as they stand in Slack: posted once, edited in place, answered in their thread."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.views.blocks import Message
from store import queries
from store.db import Store
from store.queries import consent, surfaces
from store.tables import Posted

GONE = ("message_not_found", "channel_not_found", "is_archived", "not_in_channel")
CLOSED = (
    *("channel_not_found", "user_not_found", "user_disabled", "account_inactive"),
    *("cannot_dm_bot", "messages_tab_disabled", "is_archived", "restricted_action"),
)
"""Errors after which it is no use to write to this person again."""

log = structlog.get_logger()


class Board:
    """Knows where each message stands. Raises the errors of Slack, unless it says otherwise."""

    def __init__(self, store: Store, client: WebClient) -> None:
        self._store, self.client = store, client

    def where(self, key: str) -> Posted | None:
        """Where the message of that key stands."""
        with self._store.glance() as tx:
            return queries.posted(tx, key)

    def keep(self, key: str, channel: str, ts: str) -> None:
        """That message stands there from now on."""
        with self._store.begin() as tx:
            tx.merge(Posted(key=key, channel=channel, ts=ts))

    def forget(self, key: str) -> None:
        """The next message of that key is a new one."""
        with self._store.begin() as tx:
            tx.delete(tx.merge(Posted(key=key, channel="", ts="")))

    def show(
        self, key: str, channel: str, message: Message, *, thread_ts: str | None = None
    ) -> None:
        """Edit the message where it stands, or post it; its place is kept."""
        where = self.where(key)
        if not where or not self._edit(where, message):
            self._post(key, channel, message, thread_ts)

    def once(self, key: str, channel: str, message: Message) -> bool:
        """Post it unless that was done before; says whether it can be read there now."""
        if self.where(key):
            return True
        try:
            self._post(key, channel, message)
        except SlackApiError as error:
            if error.response.get("error") not in CLOSED:
                raise
            log.warning("somebody cannot be written to", person=channel, error=str(error)[:200])
            return False
        return True

    def tell(self, person: str, message: Message) -> bool:
        """Write to somebody; says whether Slack took it, and raises nothing."""
        try:
            self.client.chat_postMessage(channel=person, **message.to_dict())
        except (SlackApiError, SlackClientError, OSError) as error:
            log.warning("somebody could not be told", person=person, error=str(error)[:200])
            return False
        return True

    def reply(self, where: Posted, message: Message, *, aloud: bool = False) -> None:
        """In the thread of a message; `aloud`, the channel sees it too."""
        self.client.chat_postMessage(
            channel=where.channel,
            thread_ts=where.ts,
            reply_broadcast=aloud or None,
            **message.to_dict(),
        )

    def reply_once(self, key: str, where: Posted, message: Message, *, aloud: bool = False) -> None:
        """The same, unless it was said before."""
        if not self.where(key):
            self.reply(where, message, aloud=aloud)
            self.keep(key, where.channel, where.ts)

    def link(self, where: Posted | None) -> str:
        """The address of a message; empty when Slack does not give it now."""
        return address(self.client, where) if where else ""

    def card_of(self, request: str) -> str:
        """The address of the approvers' card of a request, or else of the asker's."""
        places = (self.where(f"{request}:{audience}") for audience in surfaces.CARDS)
        return self.link(next(filter(None, places), None))

    def may_count(self, key: str, now: datetime, pause: timedelta) -> bool:
        """Whether a countdown may be drawn there again, for whichever replica asks first."""
        with self._store.begin() as tx:
            return consent.may_count(tx, key, now, now - pause)

    def _post(self, key: str, channel: str, message: Message, thread_ts: str | None = None) -> None:
        answer: Any = self.client.chat_postMessage(
            channel=channel, thread_ts=thread_ts, **message.to_dict()
        )
        self.keep(key, str(answer["channel"]), str(answer["ts"]))

    def _edit(self, where: Posted, message: Message) -> bool:
        try:
            self.client.chat_update(channel=where.channel, ts=where.ts, **message.to_dict())
        except SlackApiError as error:
            if error.response.get("error") in GONE:
                return False
            raise
        return True


def address(client: WebClient, where: Posted) -> str:
    """Of a message; empty when Slack does not give it now."""
    try:
        found = client.chat_getPermalink(channel=where.channel, message_ts=where.ts)
    except (SlackApiError, SlackClientError, OSError):
        return ""
    return str(found.get("permalink") or "")
