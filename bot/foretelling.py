"""Says some time before that a planned batch is about to begin, each moment once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from actions.action import Catalog
from bot.board import Board
from bot.news import APPROVERS, ASKER
from bot.stories import Stories
from bot.views.news import soon
from bot.views.story import Story
from bot.views.times import span
from store.db import Store
from store.queries import surfaces

AHEAD = timedelta(minutes=15)
"""So long before: enough to stop it."""
EVERY = 15.0

log = structlog.get_logger()


class Foretelling:
    """A job; of several processes one does it."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        board: Board,
        stories: Stories,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._board, self._stories, self._now = store, board, stories, now
        self._long = [name for name, action in catalog.items() if action.is_long]

    def tell(self) -> None:
        """In the threads of both cards; what the approvers read, their channel sees too."""
        with self._store.claim("foretell") as mine:
            if not mine:
                return
            now = self._now()
            with self._store.look() as tx:
                found = surfaces.requests_soon(tx, self._long, now, now + AHEAD)
                stories = filter(None, (self._stories.readable(tx, each) for each in found))
                coming = list(stories)
            for story in coming:
                self._tell(story)

    def _tell(self, story: Story) -> None:
        request = story.request
        if request.next_at is None:
            return
        message = soon(story, span(request.next_at - self._now()))
        for audience in (APPROVERS, ASKER):
            where = self._board.where(f"{request.id}:{audience}")
            key = f"{request.id}:soon:{audience}:{request.next_at:%Y%m%dT%H%M%S}"
            try:
                if where:
                    self._board.reply_once(key, where, message, aloud=audience == APPROVERS)
            except (SlackApiError, SlackClientError, OSError) as error:
                log.warning("what is to come waits", error=str(error)[:200])
