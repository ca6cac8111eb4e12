"""Running the bot: HTTP, Socket Mode, or both, until it is told to stop."""

import gc
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from threading import Thread, Timer
from types import FrameType

import structlog
import uvicorn
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError

from actions.desk import Now
from bot.app import GRACE, Bot, build
from bot.core import one_core
from bot.doctor import slack_problems
from bot.logs import to_stderr
from bot.office import utc_now
from bot.settings import HalfConfigured, Settings
from schedules.replicas import LostItsPlace
from store.db import Store

log = structlog.get_logger()

HERE = "127.0.0.1:3000"
SWITCH = 0.03
"""Seconds until a busy thread makes room for another: of many at work, most would only push."""
LAST = 5.0
"""Seconds after the grace, until whatever still hangs is left behind."""


def serve(settings: Settings, http: str | None, socket_mode: bool, now: Now = utc_now) -> None:
    """Serve until interrupted; raises `HalfConfigured` or `DatabaseInUse` before anything runs."""
    settings.require()
    to_stderr(settings.vouchdesk_log_level, secrets=settings.secrets)
    if socket_mode and not settings.socket_mode:
        raise HalfConfigured(["SLACK_APP_TOKEN (needed for Socket Mode)"])
    host, port = address(http or HERE)
    with ExitStack() as running:
        running.enter_context(one_core() if settings.vouchdesk_one_core else nullcontext())
        running.enter_context(Store(settings.database_url).alone())
        bot = build(settings, now)
        _check_slack(bot)
        running.enter_context(started(bot))
        server = Server(bot, host, port)
        if socket_mode or (settings.socket_mode and http is None):
            handler = SocketModeHandler(bot.bolt, settings.slack_app_token.get_secret_value())
            handler.connect()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            server.hang_up = handler.close
            running.callback(handler.close)
            log.warning("connected", by="Socket Mode")
        log.warning("listening", host=host, port=port)
        sys.setswitchinterval(SWITCH)
        gc.freeze()  # what is there by now stays: looking through it again and again costs time
        server.run()
    if bot.engine.is_lost:
        raise LostItsPlace(LostItsPlace.__doc__)


class Server(uvicorn.Server):
    """Told to stop, it says that it drains, lets what is at work end, and only then closes."""

    def __init__(self, bot: Bot, host: str, port: int) -> None:
        config = uvicorn.Config(
            bot.http,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=int(LAST),
        )
        super().__init__(config)
        self._bot = bot
        self.hang_up: Callable[[], object] = _nothing
        """Ends a connection by which Slack sends us work."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  uvicorn's
        if self._bot.door.closing:
            os._exit(128 + sig)  # told twice: at once
        self._bot.door.close()
        last = Timer(GRACE + LAST, self._leave)
        last.daemon = True
        last.start()
        Thread(target=self._drain, name="drain", daemon=True).start()

    def _drain(self) -> None:
        log.warning("draining", seconds=GRACE)
        try:
            self.hang_up()
            self._bot.rest()
        finally:
            self.should_exit = True

    def _leave(self) -> None:
        """What still hangs is on record as sent: the next start, or another process, sees to it."""
        log.warning("some calls did not end in time")
        os._exit(1 if self._bot.engine.is_lost else 0)


def _nothing() -> None:
    """There is no such connection."""


@contextmanager
def started(bot: Bot) -> Iterator[Bot]:
    """The bot at work, and stopped in the end whatever happens."""
    bot.start()
    try:
        yield bot
    finally:
        bot.stop()


def address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`; raises ValueError."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal():
        raise ValueError(f"{text} is no HOST:PORT, such as {HERE}")
    return host or "127.0.0.1", int(port)


def free_port() -> int:
    """A port on loopback that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _check_slack(bot: Bot) -> None:
    """Refuse with too few rights; when Slack cannot be asked, begin anyway."""
    try:
        problems = slack_problems(bot.client)
    except (SlackApiError, SlackClientError, OSError) as error:
        log.warning("Slack cannot be asked for our rights", error=str(error)[:200])
        return
    if problems:
        raise HalfConfigured(problems)
