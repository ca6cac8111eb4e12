"""Tells the audit channel, and a file, what was signed about the record: out of the database."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.board import Board
from bot.views.checkpoint import statement_message
from store.db import Store
from store.queries import chain
from store.signing import Sort, read
from store.tables import Signed

LONGEST_PAUSE = 300.0
LAST = 4096
"""Bytes at the end of the file, among which its last line is."""

log = structlog.get_logger()


class Witness:
    """A job; several processes may call it at any time. What is told may be told twice."""

    def __init__(
        self,
        store: Store,
        board: Board,
        channel: str,
        file: Path | None,
        now: Callable[[], datetime],
    ) -> None:
        self._store, self._board, self._channel = store, board, channel
        self._file, self._now = file, now
        self._tries, self._again_at = 0, now()

    def tell(self) -> None:
        """What is new; Slack being away delays it, no more."""
        with self._store.claim("witness") as mine:
            if mine and self._file:
                try:
                    self._add(self._file)
                except OSError as error:  # a full disk keeps nobody from telling the channel
                    log.error("checkpoints cannot be filed", error=str(error)[:200])
            if mine and self._channel and self._now() >= self._again_at:
                self._post()

    def _post(self) -> None:
        """Every stub, and the newest checkpoint: it speaks of all that came before it too."""
        with self._store.glance() as tx:
            new = chain.untold(tx)
        stubs = [each for each in new if each.kind == Sort.STUB]
        newest = [each for each in new if each.kind == Sort.CHECKPOINT][-1:]
        try:
            for each in stubs + newest:
                self._board.client.chat_postMessage(
                    channel=self._channel, **statement_message(read(each.words)).to_dict()
                )
        except (SlackApiError, SlackClientError, OSError) as error:
            self._tries += 1
            pause = min(LONGEST_PAUSE, 2.0 ** min(self._tries, 10))
            self._again_at = self._now() + timedelta(seconds=pause)
            log.warning("a checkpoint waits", error=str(error)[:200])
            return
        self._tries = 0
        if new:
            with self._store.begin() as tx:
                chain.told(tx, new[-1].id or 0, self._now())

    def _add(self, file: Path) -> None:
        """All that the file does not have, one line each; it is never written over."""
        whole, _, rest = _tail(file).rpartition(b"\n")  # a rest breaks off: it is written again
        last = whole.rpartition(b"\n")[2].decode(errors="replace")
        with self._store.glance() as tx:
            known = chain.signed_as(tx, last) if last else None
            new = chain.signed_after(tx, known.id or 0 if known else 0)
        if new:
            _append(file, bool(rest), new)


def _tail(file: Path) -> bytes:
    """The end of the file, or nothing."""
    if not file.exists():
        return b""
    with file.open("rb") as lines:
        lines.seek(max(0, file.stat().st_size - LAST))
        return lines.read()


def _append(file: Path, breaks_off: bool, new: Sequence[Signed]) -> None:
    words = "\n" * breaks_off + "".join(f"{each.words}\n" for each in new)
    there = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        os.write(there, words.encode())
        os.fsync(there)
    finally:
        os.close(there)
