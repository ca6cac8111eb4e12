"""Once a day: is the record whole? What is missing is told where checkpoints of it go."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from actions.completeness import Completeness
from bot.board import Board
from bot.views.record import gap_message
from store.db import Store
from store.queries import complete

WEEK = timedelta(days=7)
"""So long it is tried to tell of a gap."""

log = structlog.get_logger()


class Checking:
    """A job; of several processes one does it."""

    def __init__(
        self,
        store: Store,
        completeness: Completeness,
        board: Board,
        channel: str,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._completeness = store, completeness
        self._board, self._channel, self._now = board, channel, now

    def check(self) -> None:
        """Compare, if that was not done today; and tell what has not been told yet."""
        with self._store.claim("complete") as mine:
            if not mine:
                return
            if self._completeness.is_due():
                self._completeness.check()
            self._tell()

    def _tell(self) -> None:
        with self._store.look() as tx:
            found = complete.gaps(tx, self._now() - WEEK)
        for gap in found:
            try:
                self._board.once(f"gap:{gap.seq}", self._channel, gap_message(gap))
            except (SlackApiError, SlackClientError, OSError) as error:
                log.warning("a gap of the record is not told yet", error=str(error)[:200])
                return
