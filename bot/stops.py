"""Everything of an account is stopped: the channel of the approvers is told, until it goes on."""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlmodel import Session

from bot.board import Board
from bot.views.stopped import Stop, going_message, stopped_message
from schedules.stopping import AGREED, RESUMED, STOPPED
from store import queries
from store.db import Store
from store.secrets import Vault
from store.tables import Account

log = structlog.get_logger()


class Stops:
    """Draws the message anew when something about it changes; as a job it may run at any time."""

    def __init__(
        self, store: Store, board: Board, vault: Vault, channel: str, now: Callable[[], datetime]
    ) -> None:
        self._store, self._board, self._vault = store, board, vault
        self._channel, self._now = channel, now
        self._drawn: dict[str, Stop] = {}
        self._lock = Lock()

    def standing(self) -> Sequence[Stop]:
        """What is stopped now."""
        with self._store.look() as tx:
            stopped = [account for account in queries.accounts(tx) if account.stopped_at]
            return [self._stop(tx, account) for account in stopped]

    def tell(self) -> None:
        """Tell what has changed; Slack being away delays it, no more."""
        with self._lock:
            with self._store.look() as tx:
                names = [account.name for account in queries.accounts(tx)]
            stopped = {stop.account: stop for stop in self.standing()}
            try:
                for name in names:
                    self._tell(name, stopped.get(name))
            except (SlackApiError, SlackClientError, OSError) as error:
                log.warning("the news of a stop waits", error=str(error)[:200])

    def _tell(self, account: str, stop: Stop | None) -> None:
        key = f"stopped:{account}"
        if stop and self._drawn.get(account) != stop:
            self._board.show(key, self._channel, stopped_message(stop))
            self._drawn[account] = stop
        elif stop is None and self._board.where(key):
            by, at = self._over(account)
            self._board.show(key, self._channel, going_message(account, by, at))
            self._board.forget(key)
            self._drawn.pop(account, None)

    def _over(self, account: str) -> tuple[Sequence[str], datetime]:
        """Who let it go again, and when."""
        with self._store.look() as tx:
            said = [
                line
                for kind in (AGREED, RESUMED)
                for line in queries.audit(tx, account=account, kind=kind, most=1)
            ]
        return [line.actor for line in said], said[-1].at if said else self._now()

    def _stop(self, tx: Session, account: Account) -> Stop:
        at = account.stopped_at or self._now()
        line = next(iter(queries.audit(tx, account=account.name, kind=STOPPED, most=1)), None)
        return Stop(
            account=account.name,
            at=at,
            by=line.actor if line else account.stopped_by,
            reason=line.because if line else "",
            agreed=account.resumed_by,
            stamp=self._vault.stamp(f"all:{account.name}:{at.isoformat()}"),
        )
