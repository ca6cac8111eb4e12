"""Tells channels what they have subscribed to: a message a day that counts on, or a threshold."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from actions.wanting import EACH, is_quiet, reached
from bot.board import Board
from bot.views.subscribing import Names, day_message, reached_message
from store.db import Store
from store.hooks import Subscription
from store.queries import subscriptions

EVERY = 2.0
"""Seconds after which somebody looks whether there is anything to tell."""
PAUSE = timedelta(seconds=15)
"""Between two drawings of one message, however much happens."""
AGAIN = timedelta(minutes=1)
"""After so long a channel is tried again that Slack does not let us write to."""

log = structlog.get_logger()


class Subscribed:
    """A job; of several processes one does it. What it tells was counted before."""

    def __init__(
        self, store: Store, board: Board, names: Names, now: Callable[[], datetime]
    ) -> None:
        self._store, self._board, self._names, self._now = store, board, names, now
        self._tried: dict[str, datetime] = {}

    def tell(self) -> None:
        """Tell all that is to be told now; what Slack does not take waits."""
        with self._store.claim("subscriptions") as mine:
            if not mine:
                return
            with self._store.look() as tx:
                found = subscriptions.live(tx)
            for each in found:
                if not self._rests(each):
                    self._tell(each)

    def _rests(self, each: Subscription) -> bool:
        tried = self._tried.get(each.id)
        is_soon = tried is not None and self._now() - tried < AGAIN
        return is_soon or is_quiet(each, self._now())

    def _tell(self, each: Subscription) -> None:
        try:
            if each.rule == EACH:
                self._tell_days(each)
            else:
                self._tell_threshold(each)
            self._tried.pop(each.id, None)
        except (SlackApiError, SlackClientError, OSError) as error:
            self._tried[each.id] = self._now()
            log.warning("a subscription waits", channel=each.channel, error=str(error)[:200])

    def _tell_days(self, each: Subscription) -> None:
        with self._store.look() as tx:
            days = subscriptions.untold(tx, each.id)
        for day in days:
            self._tell_day(each, day)

    def _tell_day(self, each: Subscription, day: date) -> None:
        key, now = f"subscription:{each.id}:{day}", self._now()
        if self._board.where(key) and not self._board.may_count(key, now, PAUSE):
            return
        with self._store.look() as tx:
            lines = subscriptions.lines(tx, each.id, day)
        self._board.show(key, each.channel, day_message(each, day, lines, self._names))
        with self._store.begin() as tx:
            subscriptions.told(tx, lines)
        self._board.may_count(key, now, PAUSE)

    def _tell_threshold(self, each: Subscription) -> None:
        now = self._now()
        mark = reached(each, now)
        if mark is None:
            return
        about = each.last_at.isoformat() if each.rule == "silence" and each.last_at else mark
        message = reached_message(each, mark, now, self._names)
        self._board.once(f"subscription:{each.id}:{each.rule}:{about}", each.channel, message)
        with self._store.begin() as tx:
            subscriptions.has_told(tx, each.id, mark, now)
