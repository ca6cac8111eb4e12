"""Handing over what a run has brought: the card, its chart or a picture of it, its file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from actions.card import Attachment, Card, Chart
from bot.board import Board
from bot.files import LARGEST, send, send_picture
from bot.views.blocks import Message, section
from bot.views.chart import png
from bot.views.result import result_message
from store.db import Store
from store.kinds import Kind
from store.lifecycle import note
from store.shelf import CutFile
from store.tables import Operation, Posted

FILE_SENT = Kind.FILE_SENT
"""What the record calls it."""

log = structlog.get_logger()


class Handing:
    """Replies in the thread of a message. Raises the errors of Slack."""

    def __init__(
        self, store: Store, board: Board, now: Callable[[], datetime], most: int = LARGEST
    ) -> None:
        self._store, self._board, self._now, self._most = store, board, now, most

    def result(
        self, where: Posted, card: Card, *, whole: str = "", about: Operation | None, to: str
    ) -> None:
        """The card with all that belongs to it; that a file went to somebody is on record."""
        try:
            self._board.reply(where, result_message(card, whole))
        except SlackApiError as error:
            if card.chart is None or error.response.get("error") != "invalid_blocks":
                raise
            self._board.reply(where, result_message(replace(card, chart=None), whole))
            self._show_picture(where, card.chart)
        if card.attachment:
            self.file(where, card.attachment, card.text, about=about, to=to)

    def file(
        self, where: Posted, file: Attachment, title: str, *, about: Operation | None, to: str
    ) -> None:
        """The file alone."""
        try:
            sent = send(
                self._board.client,
                file,
                channel=where.channel,
                title=title,
                thread_ts=where.ts,
                most=self._most,
            )
        except CutFile as error:
            log.error("a file is cut", operation=about.id if about else "")
            self._board.reply(where, Message(str(error), [section(f":warning: {error}")]))
            return
        words = f"{file.name}: {sent.rows:,} rows" + (f", {sent.files} files" * (sent.files > 1))
        with self._store.begin() as tx:
            note(tx, FILE_SENT, actor=to, at=self._now(), about=about, because=words)

    def _show_picture(self, where: Posted, chart: Chart) -> None:
        """This workspace does not know charts. Without its picture the card says all the same."""
        try:
            send_picture(
                self._board.client,
                png(chart),
                name="chart.png",
                title=chart.title,
                alt=chart.alt,
                channel=where.channel,
                thread_ts=where.ts,
            )
        except (SlackApiError, SlackClientError, OSError) as error:
            log.warning("a picture was not taken", error=type(error).__name__)
