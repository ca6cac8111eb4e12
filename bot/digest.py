"""Once a week, in words: what ran, who agreed, what was refused, what is still open."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.board import Board
from bot.views.digest import MOST, Week, digest_message
from store.db import Store
from store.kinds import Kind
from store.queries import week

AT = time(9)
"""On Mondays, on the clock of the team."""
WEEK = timedelta(days=7)
COUNTED = (Kind.DECLINED, Kind.BROKE_GLASS, Kind.STOPPED_ALL, Kind.GAP, Kind.READ, Kind.EXPORTED)

log = structlog.get_logger()


class Digest:
    """A job; of several processes one writes, and once. A week without anything is one line."""

    def __init__(
        self, store: Store, board: Board, channel: str, zone: str, now: Callable[[], datetime]
    ) -> None:
        self._store, self._board, self._channel = store, board, channel
        self._zone, self._now = ZoneInfo(zone), now

    def tell(self) -> None:
        """Of the week before this one, if that was not told; later, if nobody could on Monday."""
        local = self._now().astimezone(self._zone)
        monday = local.date() - timedelta(days=local.weekday())
        if local < datetime.combine(monday, AT, self._zone):
            return
        key = f"digest:{monday.isoformat()}"
        with self._store.claim("digest") as mine:
            if not mine or self._board.where(key):
                return
            until = datetime.combine(monday, time(), self._zone)
            since = datetime.combine(monday - WEEK, time(), self._zone)
            found = self._week(since, until)
            if found is None:
                return
            try:
                self._board.once(key, self._channel, digest_message(found))
            except (SlackApiError, SlackClientError, OSError) as error:
                log.warning("the digest waits", error=str(error)[:200])

    def _week(self, since: datetime, until: datetime) -> Week | None:
        """What happened; nothing, where there was no record yet."""
        with self._store.look() as tx:
            if not week.is_elder(tx, until):
                return None
            open_count, eldest = week.unclear(tx, MOST)
            waits = [
                (id, action, at - was) for id, action, was, at in week.granted(tx, since, until)
            ]
            return Week(
                since=since,
                until=until,
                ran=week.ran(tx, since, until),
                yeses=week.yeses(tx, since, until),
                refusals=week.refusals(tx, since, until, MOST),
                counts=week.counts(tx, since, until, *COUNTED, Kind.REFUSED),
                unclear=open_count,
                eldest=eldest,
                longest=sorted(waits, key=lambda wait: wait[2], reverse=True)[:MOST],
            )
