"""Results that a channel is told besides: who has asked for that, and where Slack lets us write."""

from collections.abc import Callable

import structlog
from slack_sdk.errors import SlackApiError

from actions import rights
from actions.announced import announced
from actions.card import Card
from actions.desk import Now
from actions.errors import NotAllowed
from actions.policy import People
from bot.board import CLOSED, GONE, Board
from bot.handing import Handing
from bot.views.blocks import Message
from bot.views.posted import asked_by, begun, closed
from bot.views.story import Story
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.tables import Consent, Operation

log = structlog.get_logger()


class Posting:
    """Posts in channels, each thing once. Gives what the asker is told where that cannot be."""

    def __init__(
        self, store: Store, board: Board, handing: Handing, people: People, now: Now
    ) -> None:
        self._store, self._board, self._handing = store, board, handing
        self._people, self._now = people, now

    def announce(self, story: Story, became: str) -> Message | None:
        """The channel is told what it will be told, and by whom: before the first time."""
        request = story.request
        channel = announced(story.action.inputs, story.inputs[0]) if story.inputs else ""
        if not channel or not request.crontab or became != Consent.GRANTED:
            return None
        message = begun(story, self._people(request.actor).name)
        key = f"{request.id}:told:{channel}"
        return self._tried(channel, lambda: self._board.show(key, channel, message))

    def result(self, story: Story, run: Operation, card: Card) -> Message | None:
        """What a run has brought; whoever asked must still be one who may have it posted."""
        channel, key = announced(story.action.inputs, run.inputs), f"{run.id}:told"
        if not channel or self._board.where(key):
            return None
        person = self._people(story.request.actor)
        try:
            rights.to_announce(person, tells_a_channel=True)
        except NotAllowed as error:
            return closed(channel, str(error))
        line = asked_by(story.request, person.name)
        if told := self._tried(channel, lambda: self._handing.post(key, channel, card, line)):
            return told
        with self._store.begin() as tx:
            note(tx, Kind.POSTED, actor=person.id, at=self._now(), about=run, because=channel)
        return None

    def _tried(self, channel: str, post: Callable[[], None]) -> Message | None:
        try:
            post()
        except SlackApiError as error:
            if error.response.get("error") not in (*GONE, *CLOSED):
                raise
            log.warning("a channel cannot be told", channel=channel, error=str(error)[:200])
            return closed(channel)
        return None
